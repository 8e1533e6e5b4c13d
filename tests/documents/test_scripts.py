"""Every script of a real register is printed with glyphs of its own: PDF/A makes a missing one an error."""

import csv
from pathlib import Path

from defiso.core.scripts import is_right_to_left
from defiso.documents.drawing import draw_pdf
from defiso.documents.sheet import spoken
from tests.documents.reading import words_of
from tests.documents.sheets import sheet

REGISTER = Path(__file__).parent.parent / "data/register.csv"
SITES_AT_ONCE = 400


def test_no_name_address_or_scope_of_the_register_lacks_a_glyph() -> None:
    with REGISTER.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("Certified Entity Name", "Certified Entity English Name", "Street", "City", "Certification Scope")
    texts = sorted({row[column] for row in rows for column in (*columns, "Additional Sites") if row[column]})
    assert len(texts) > 3000

    for start in range(0, len(texts), SITES_AT_ONCE):
        sites = [{"name": text, "address": text} for text in texts[start : start + SITES_AT_ONCE]]
        draw_pdf(sheet(sites=sites, organisation__legalName=texts[start]))


def test_scripts_from_everywhere_are_printed_as_their_own_letters() -> None:
    read_back = ["株式会社東京精密", "北京精密机械有限公司", "台北精密機械有限公司", "서울정밀주식회사"]
    read_back += ["ООО «Северсталь»", "Αφοί Παπαδόπουλοι ΑΕ", "Łódź Żółć", "Công ty Đại Việt"]
    joined = ["บริษัท ไทยอาหาร จำกัด", "חברת המזון", "شركة الأغذية", "राष्ट्रीय इस्पात", "জাতীয় ইস্পাত"]
    joined += ["தேசிய எஃகு", "జాతీయ ఉక్కు", "ક્રુપા સ્ટીલ", "ਸਟੀਲ", "ಉಕ್ಕು", "ഉരുക്ക്", "වානේ", "ଇସ୍ପାତ"]
    joined += ["ក្រុមហ៊ុន", "ບໍລິສັດ", "ကုမ္ပဏီ", "ኩባንያ"]  # whose glyphs are read back in another order
    read_back += ["Հայկական պողպատ", "საქართველოს ფოლადი"]
    sites = [{"name": name, "country": "TW" if "台" in name else ""} for name in read_back + joined]

    words = words_of(draw_pdf(sheet(sites=sites)))

    assert [name for name in read_back if name not in words] == []


def test_han_characters_have_the_shapes_of_their_region() -> None:
    shapes = {
        ("東京 の 会社", ""): "JP",
        ("서울 株式會社", ""): "KR",
        ("精密機械", "TW"): "TC",
        ("精密機械", "JP"): "JP",
        ("精密机械", "CN"): "SC",
    }

    for (text, country), region in shapes.items():
        said = spoken(text, country=country)
        assert said is not None
        assert said["han"] == region
    told = spoken("精密機械", language="zh-Hant")
    assert told is not None
    assert (told["han"], told["lang"]) == ("TC", "zh")


def test_a_text_runs_from_right_to_left_if_its_first_letter_does() -> None:
    assert is_right_to_left("(شركة) ISO 9001")
    assert is_right_to_left("12 שלום")
    assert not is_right_to_left("ISO 9001 شركة")
    assert not is_right_to_left("123")
