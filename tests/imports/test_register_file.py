"""Reading a register: every kind of fault is named by its line, and nothing reaches further than the file."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.certificates.states import Status
from defiso.certificates.validation import Code
from defiso.imports import reading
from defiso.imports.columns import COLUMNS, content_of
from defiso.imports.errors import Fault, RegisterRefusedError
from defiso.imports.reading import REPORTED_AS, RegisterRow, read_register, row_of

DATA = Path(__file__).parent / "data"
REGISTER = Path(__file__).parent.parent / "data/register.csv"
TODAY = date(2026, 11, 23)


def read(path: Path) -> list[RegisterRow]:
    return read_register(path, language="en", today=TODAY)


def refused(path: Path) -> dict[int, str]:
    with pytest.raises(RegisterRefusedError) as refusal:
        read(path)
    return {problem.line: problem.code for problem in refusal.value.problems}


def good_row(**cells: str) -> dict[str, str]:
    with (DATA / "register-120.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    return row | {name.replace("_", " "): text for name, text in cells.items()}


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: dict[str, str]) -> Path:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "register.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        return path

    return write


def test_every_bad_line_is_named_with_its_code() -> None:
    with (DATA / "register-bad.expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {int(row["line"]): row["expected"] for row in csv.DictReader(file)}
    found = refused(DATA / "register-bad.csv")

    assert len(expected) == 33
    assert {line: found.get(line, "ok") for line in expected} == expected
    assert set(found) <= set(expected)


def test_a_good_register_is_read_whole() -> None:
    rows = read(REGISTER)

    assert len(rows) == 2000
    assert [rows[0].line, rows[-1].line] == [2, 2001]
    assert {status: sum(row.status is status for row in rows) for status in {row.status for row in rows}} == {
        Status.ACTIVE: 1538 + 299,
        Status.SUSPENDED: 59,
        Status.WITHDRAWN: 104,
    }
    assert len({row.slug for row in rows}) == 2000


def test_a_line_becomes_the_dictionary() -> None:
    row = row_of(2, good_row(Additional_Sites="1 Dock Road, Hull; 2 Quay, Hull ;"), language="en", today=TODAY)

    assert row.problems == []
    assert row.identity == "UID-01-000001"
    assert row.content == {
        "number": "45001-2024-000001",
        "revision": 1,
        "organisation": {
            "legalName": "Nicholls and Sons",
            "englishName": "Nicholls and Sons",
            "clientId": "CL-00001",
            "legalIds": [{"scheme": "VAT", "value": "GB961425548"}],
            "address": "Studio 56G Stacey Crossing, Lake Carolineview, L5 4HG",
            "country": "GB",
        },
        "sites": [
            {"address": "1 Dock Road, Hull", "country": "GB", "main": False},
            {"address": "2 Quay, Hull", "country": "GB", "main": False},
        ],
        "standard": {
            "code": "45001",
            "edition": "2018",
            "title": "ISO 45001:2018",
            "name": "Occupational health and safety management systems",
        },
        "scope": "Distribution and servicing of steel structures",
        "scopeLanguage": "en",
        "iafCodes": ["28"],
        "certificationType": "Management system",
        "accreditation": {"accredited": True, "body": "UKAS"},
        "originalCertificationDate": "2015-01-05",
        "effectiveDate": "2024-01-06",
        "issueDate": "2024-01-06",
        "expiryDate": "2027-01-05",
        "confidential": False,
    }


def test_an_unaccredited_line_names_no_accreditation_body() -> None:
    assert content_of(good_row(Accreditation_Status="Unaccredited"), language="en")["accreditation"] == {
        "accredited": False
    }


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Certification_Status": "Expired"}, "unknown_status"),
        ({"Certification_Issue_Date": "20261201", "Certification_Expiry_Date": "20291130"}, "bad_date"),
        ({"IAF_Code": "40"}, "unknown_standard"),
        ({"Certification_Identity_Number": "\u202eUID"}, "control_characters"),
        ({"Certification_Identity_Number": "x" * 61}, "too_long"),
        ({"Accreditation_Body_Acronym": ""}, "missing_required"),
        ({"Street": "", "City": "", "Post_Code": ""}, "missing_required"),
        ({"Additional_Sites": ";".join(["1 Dock Road"] * 151)}, "too_long"),
        ({"Certified_Entity_English_Name": "Acme\x9fLtd"}, "control_characters"),
        ({"City": "Hull\u2066"}, "control_characters"),
        ({"Certificate_Number": "\u00ad\u200d"}, "control_characters"),
        ({"Certificate_Number": "---"}, "missing_required"),
        ({"Certificate_Number": "ﷺ" * 50}, "too_long"),
    ],
)
def test_further_faults_have_the_nearest_code(file_of: Callable[..., Path], cells: dict[str, str], code: str) -> None:
    assert refused(file_of(good_row(Certificate_Number="A-1"), good_row(**cells))) == {3: code}


@pytest.mark.parametrize("cells", [{"IAF_Code": "19; 28,3"}, {"IAF_Code": "03"}, {"Country": "UK"}, {"IAF_Code": ""}])
def test_usual_spellings_are_understood(file_of: Callable[..., Path], cells: dict[str, str]) -> None:
    assert len(read(file_of(good_row(**cells)))) == 1


def test_lines_are_counted_as_an_editor_shows_them(file_of: Callable[..., Path]) -> None:
    several = good_row(Certificate_Number="A-1", Certification_Scope="One\nof three\nlines")

    assert refused(file_of(several, good_row(Country="Atlantis"), several | {"Certificate Number": "a 1"})) == {
        5: "unknown_country",
        6: "duplicate_number",
    }


def test_blank_lines_and_a_byte_order_mark_do_no_harm(file_of: Callable[..., Path]) -> None:
    path = file_of(good_row())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")

    assert len(read(path)) == 1


def test_columns_may_stand_in_any_order_with_others_between(tmp_path: Path) -> None:
    row = {"Remarks": "none"} | dict(reversed(good_row().items()))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    (tmp_path / "r.csv").write_text(text.getvalue(), encoding="utf-8", newline="")

    assert read(tmp_path / "r.csv")[0].content == content_of(good_row(), language="en")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Missing: Certification Identity Number"),
        (b"Certificate Number,Country\r\nA,B\r\n", "Missing: "),
        (",".join([*COLUMNS, "Country"]).encode(), "names a column twice"),
        (",".join(COLUMNS).encode() + b"\r\n\xff\xfe", "Line 2 is not UTF-8"),
        (b'"' + b"x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_register_is_refused_as_a_whole(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "r.csv").write_bytes(data)

    with pytest.raises(RegisterRefusedError, match=sentence):
        read(tmp_path / "r.csv")


def test_a_line_with_too_many_cells_or_an_endless_one_is_named(file_of: Callable[..., Path]) -> None:
    path = file_of(good_row())
    path.write_bytes(path.read_bytes() + b"," * 30 + b"\r\n" + b'"' + b"x" * 200_000)

    assert refused(path) == {3: "too_long", 4: "too_long"}


def test_file_and_lines_are_bounded(file_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(good_row(Certificate_Number="A-1"), good_row(Certificate_Number="A-2"))

    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    with pytest.raises(RegisterRefusedError, match="more than 1 lines"):
        read(path)
    monkeypatch.setattr(reading, "MOST_FILE_BYTES", 10)
    with pytest.raises(RegisterRefusedError, match="bytes"):
        read(path)


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=80)))
def test_whatever_a_line_holds_it_is_judged_and_not_stumbled_over(cells: dict[str, str]) -> None:
    row = row_of(2, good_row() | cells, language="en", today=TODAY)
    problem = reading._gravest(row)

    assert problem is None or problem.code in Fault


def test_every_code_of_validation_has_one_of_the_loader() -> None:
    assert set(REPORTED_AS) == set(Code)


def test_a_file_that_cannot_be_taken_apart_counts_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(",".join(COLUMNS) + '\n"never closed', encoding="utf-8")

    with pytest.raises(RegisterRefusedError, match=r"^1 of 1 lines cannot be loaded\."):
        read(path)


def test_a_recertification_may_last_longer_than_three_years_and_is_pointed_out() -> None:
    dates = {"Certification_Original_Issue_Date": "20190414", "Certification_Issue_Date": "20250601"}

    early, late = (
        row_of(2, good_row(**dates, Certification_Expiry_Date=expiry), language="en", today=TODAY)
        for expiry in ("20281201", "20281202")
    )

    assert early.problems == []
    assert early.warning.endswith("right if the cycle before ended on 1 December 2025.")
    assert [problem.fault for problem in late.problems] == [Fault.CYCLE_TOO_LONG]
