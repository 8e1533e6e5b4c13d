"""What is on the paper: everything ISO/IEC 17021-1:2015, 8.2.2 asks, as text, in any script, and nothing more."""

import io
import json

import pytest
import zxingcpp
from PIL import Image

from defiso.documents.drawing import draw_page, draw_pdf, draw_picture
from defiso.documents.errors import UnprintableError
from tests.documents.reading import pages_of, read, words_of
from tests.documents.sheets import ADDRESS, body, sheet


def test_the_first_page_says_all_that_a_certificate_must() -> None:
    words = words_of(
        draw_pdf(
            sheet(
                effectiveDate="2026-03-03",
                expiryDate="2029-03-02",
                revision=2,
                replaces="OLD-7",
                previousExpiryDate="2025-12-31",
                recertificationDate="2026-02-11",
            )
        )
    )

    for must in (
        "Gießerei Müller GmbH & Co. KG",
        "Hüttenstraße 1, 44135 Dortmund, Germany",
        "ISO 9001:2015",
        "Quality management systems",
        "Casting and machining of grey iron",
        "ISO9001-2026-ABC123",
        "Hafenweg 5, Dortmund, Germany",
        "3 March 2026",
        "2 March 2029",
        "2 March 2020",
        "31 December 2025",
        "11 February 2026",
        "2, replaces revision 1, OLD-7",
        "Acme Certification",
        "12 Harbour Street, London",
        "https://acme.example",
        "Check the current status at",
        ADDRESS,
        "Page 1 of 1",
    ):
        assert must in words


def test_accreditation_is_told_as_claimed_in_words() -> None:
    assert (
        "Acme Certification states that it is accredited for this certification by DAkkS under number D-ZM-1 (IAF MLA)."
        in words_of(draw_pdf(sheet()))
    )
    assert "This certification is not accredited." in words_of(draw_pdf(sheet(accreditation={"accredited": False})))


def test_names_of_people_and_audits_are_not_printed() -> None:
    words = words_of(draw_pdf(sheet()))

    assert "Lead auditor" not in words
    assert "Decision-maker" not in words


def test_what_looks_like_markup_or_code_is_printed_as_it_was_typed() -> None:
    hostile = '#panic("x") *bold* $1/0$ @ref <label> \\ // `raw` #read("/etc/passwd") = heading [x] ~ --- "quoted"'

    words = words_of(draw_pdf(sheet(scope=hostile, organisation__legalName=hostile[:60], number=hostile[:20])))

    assert hostile in words


def test_a_line_break_in_an_address_stays_one() -> None:
    document = draw_pdf(sheet(organisation__address="Hüttenstraße 1\n44135 Dortmund"))

    lines = [line.strip() for line in read(document).pages[0].extract_text().splitlines()]
    assert "Hüttenstraße 1" in lines
    assert "44135 Dortmund, Germany" in lines


def test_forty_sites_are_on_numbered_pages_that_name_the_certificate() -> None:
    sites = [
        {"name": f"Works {n}", "address": f"Hafenweg {n}, Dortmund", "country": "DE", "scope": f"Casting line {n}"}
        for n in range(1, 41)
    ]

    pages = pages_of(draw_pdf(sheet(sites=sites)))

    assert "40 sites, listed on the pages that follow" in pages[0]
    assert len(pages) == 3
    for position, page in enumerate(pages, start=1):
        assert f"Page {position} of 3" in page
        assert "Certificate ISO9001-2026-ABC123 · Revision 1" in page
    assert all(f"Hafenweg {n}, Dortmund" in " ".join(pages[1:]) for n in range(1, 41))
    assert all(f"Casting line {n}" in " ".join(pages[1:]) for n in range(1, 41))


def test_a_scope_that_does_not_fit_the_first_page_has_pages_of_its_own() -> None:
    scope = " ".join(f"activity number {n}," for n in range(900))

    pages = pages_of(draw_pdf(sheet(scope=scope, sites=[])))

    assert "The scope is set out on the pages that follow" in pages[0]
    assert "Expires" in pages[0].title()
    assert "activity number 0," in pages[1]
    assert "activity number 899," in pages[-1]


def test_the_largest_certificate_there_can_be_is_drawn_and_a_word_without_end_is_broken() -> None:
    sites = [{"name": "N" * 300, "address": "A " * 200, "country": "DE", "scope": "s " * 150} for _ in range(150)]

    pages = pages_of(draw_pdf(sheet(scope="x" * 20_000, sites=sites)))

    assert len(pages) > 20
    assert sum(page.count("x") for page in pages) >= 20_000
    assert sum(page.count("N") for page in pages) >= 150 * 300


def test_further_languages_say_which_text_binds() -> None:
    further = [{"language": "de", "text": "Gießen und Zerspanen"}, {"language": "ar", "text": "صب المعادن"}]

    words = words_of(draw_pdf(sheet(scopes=further)))

    assert "Gießen und Zerspanen" in words
    assert "The text in English is binding." in words


@pytest.mark.parametrize("word", ["DRAFT", "SUSPENDED", "WITHDRAWN", "EXPIRED", "VOID", "CANCELLED", "TRANSFERRED"])
def test_the_word_is_across_every_page_and_the_sentence_on_the_first(word: str) -> None:
    sites = [{"address": f"Hafenweg {n}", "country": "DE"} for n in range(60)]

    pages = pages_of(draw_pdf(sheet(sites=sites, printed={"word": word, "standing": "Do not rely on it."})))

    assert len(pages) > 1
    assert all(word in page for page in pages)
    assert "Do not rely on it." in pages[0]


def test_the_signed_credential_is_attached_byte_for_byte_to_a_pdf_a_3() -> None:
    credential = json.dumps({"name": "Gießerei 東京"}, ensure_ascii=False)

    reader = read(draw_pdf(sheet(printed={"credential": credential})))

    assert reader.attachments == {"credential.json": [credential.encode()]}
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_the_same_sheet_gives_the_same_bytes_and_another_does_not() -> None:
    assert draw_pdf(sheet()) == draw_pdf(sheet())
    assert sheet().digest == sheet().digest
    assert sheet().digest != sheet(scope="Casting").digest
    assert sheet().digest != sheet(tenant=body(name="Another body")).digest


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_there_are_a4_and_letter_and_a_body_has_its_own(paper: str, size: tuple[int, int]) -> None:
    for made in (sheet(printed={"paper": paper}), sheet(tenant=body(paper_size=paper))):
        box = read(draw_pdf(made)).pages[0].mediabox
        assert (round(box.width), round(box.height)) == size


def test_a_page_can_be_had_as_a_picture_and_the_last_stands_for_those_beyond() -> None:
    assert draw_page(sheet()).startswith(b"<svg ")
    assert draw_page(sheet(), 1) == draw_page(sheet(), 99) == draw_page(sheet(), 0)


def test_a_page_can_be_had_as_a_png_too() -> None:
    assert draw_picture(sheet()).startswith(b"\x89PNG")


def test_a_character_without_a_typeface_is_refused_and_never_a_box() -> None:
    with pytest.raises(UnprintableError, match="there is no typeface for here"):
        draw_pdf(sheet(organisation__legalName="Cuneiform 𒀀 Ltd"))


def test_the_code_on_the_paper_is_the_address_of_the_public_page() -> None:
    with Image.open(io.BytesIO(draw_picture(sheet(printed={"word": "SUSPENDED"})))) as picture:
        (code,) = zxingcpp.read_barcodes(picture)

    assert code.text == ADDRESS


def test_the_file_is_dated_as_the_certificate_and_not_by_the_clock() -> None:
    information = read(draw_pdf(sheet(issueDate="2026-03-03"))).metadata

    assert information is not None
    assert information["/CreationDate"] == "D:20260303000000Z"


def test_a_number_without_a_space_stays_in_its_column() -> None:
    lines = read(draw_pdf(sheet(number="W" * 60))).pages[0].extract_text().splitlines()

    assert [line.strip() for line in lines if line.strip() in ("W" * 18, "W" * 6)] == ["W" * 18] * 3 + ["W" * 6]


@pytest.mark.parametrize("character", ["\u200d", "\u200c", "\u00ad", "\ufe0f", "\u0600", "\u180e", "\u0301", "☎", "№"])
def test_every_odd_character_that_a_name_may_have_is_printed(character: str) -> None:
    assert "Foods" in words_of(draw_pdf(sheet(organisation__legalName=f"Acme{character}Foods")))


@pytest.mark.parametrize("character", ["\ue000", "𒀀"])
def test_what_no_reader_can_know_is_refused(character: str) -> None:
    with pytest.raises(UnprintableError):
        draw_pdf(sheet(scope=f"Casting {character}"))
