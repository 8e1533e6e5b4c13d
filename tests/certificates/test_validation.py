"""Which contents are allowed, at the edges of each rule."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.certificates.content import credential_subject, from_json, to_json
from defiso.certificates.limits import OF_SEVERAL_LINES, TEXTS
from defiso.certificates.validation import draft_problems, problems_in, read_day, validate_content
from defiso.core.characters import hidden_character
from defiso.core.dates import years_after
from tests.certificates.making import content

DATES = {"decisionDate": "2024-06-01", "effectiveDate": "2024-06-01", "issueDate": "2024-06-01"}


def codes_of(**changes: Any) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in problems_in(content(**changes))}


def test_a_complete_content_has_no_problem() -> None:
    assert validate_content(content()) == {}


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("number", "number"),
        ("organisation__legalName", "organisation.legalName"),
        ("organisation__address", "organisation.address"),
        ("organisation__country", "organisation.country"),
        ("scope", "scope"),
        ("certificationType", "certificationType"),
        ("accreditation__accredited", "accreditation.accredited"),
        ("effectiveDate", "effectiveDate"),
        ("issueDate", "issueDate"),
        ("expiryDate", "expiryDate"),
    ],
)
def test_what_is_required_is_missed(path: str, member: str) -> None:
    assert (member, "missing_required") in codes_of(**{path: None})


@pytest.mark.parametrize("blank", ["   ", "—", "...", "\u200c"])
def test_a_name_without_a_letter_or_digit_is_missing(blank: str) -> None:
    assert ("organisation.legalName", "missing_required") in codes_of(organisation__legalName=blank)


@pytest.mark.parametrize(("path", "most"), [(path, most) for path, most in TEXTS.items() if "*" not in path])
def test_each_text_may_be_as_long_as_its_limit_and_no_longer(path: str, most: int) -> None:
    changes = {path.replace(".", "__"): "x" * most}
    too_long = {path.replace(".", "__"): "x" * (most + 1)}

    assert (path, "too_long") not in codes_of(**changes)
    assert (path, "too_long") in codes_of(**too_long)


def test_a_draft_may_have_gaps_but_a_name_and_a_standard() -> None:
    assert draft_problems(content(scope=None, expiryDate=None, number=None)) == []
    assert [problem.field for problem in draft_problems(content(organisation__legalName=None))] == [
        "organisation.legalName"
    ]
    assert [problem.field for problem in draft_problems(content(standard=None))] == ["standard.title"]


@pytest.mark.parametrize(
    ("expiry", "codes"),
    [
        ("2024-05-31", {"expiry_before_issue"}),
        ("2024-06-01", {"expiry_before_issue"}),
        ("2024-06-02", set()),
        ("2027-05-31", set()),
        ("2027-06-01", set()),
        ("2027-06-02", {"cycle_too_long"}),
        ("9999-12-31", {"cycle_too_long"}),
        ("2025-02-29", {"bad_date"}),
        ("20250301", {"bad_date"}),
        ("1899-12-31", {"bad_date"}),
    ],
)
def test_a_first_cycle_lasts_from_a_day_to_three_years(expiry: str, codes: set[str]) -> None:
    found = codes_of(**DATES, originalCertificationDate="2024-06-01", expiryDate=expiry)

    assert {code for _field, code in found} == codes


@pytest.mark.parametrize(
    ("original", "expiry", "codes"),
    [
        ("2021-06-02", "2027-12-01", set()),  # decided half a year before the last cycle ended
        ("2021-06-02", "2027-12-02", {"cycle_too_long"}),
        ("2023-06-01", "2027-06-02", {"cycle_too_long"}),  # no cycle can have ended yet
        ("2024-06-01", "2027-06-02", {"cycle_too_long"}),
        (None, "2027-06-02", {"cycle_too_long"}),
    ],
)
def test_a_recertification_counts_from_the_end_of_the_cycle_before(original: str, expiry: str, codes: set[str]) -> None:
    found = codes_of(**DATES | {"originalCertificationDate": original}, expiryDate=expiry)

    assert {code for _field, code in found} == codes


def test_an_issue_date_is_not_before_the_decision() -> None:
    dates = {"decisionDate": "2024-06-02", "effectiveDate": "2024-06-02", "issueDate": "2024-06-01"}

    assert codes_of(**dates, expiryDate="2027-06-01") == {("issueDate", "issue_before_decision")}


def test_three_years_from_a_leap_day_end_in_february() -> None:
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert years_after(date(9998, 1, 1), 3) == date.max


def test_dates_that_contradict_each_other_are_named() -> None:
    assert ("originalCertificationDate", "original_after_issue") in codes_of(originalCertificationDate="2999-01-01")
    assert ("effectiveDate", "effective_before_decision") in codes_of(**DATES | {"decisionDate": "2024-06-02"})
    assert ("replaces", "replaces_itself") in codes_of(replaces="iso9001 2026 abc123")


def test_terms_that_are_in_no_list_are_refused() -> None:
    standard = {"code": "9001", "edition": "2015", "title": "ISO 9001:2026", "name": "Quality management systems"}

    assert ("standard.title", "unknown_standard") in codes_of(standard=standard)
    assert ("organisation.country", "unknown_country") in codes_of(organisation__country="Germany")
    assert ("sites.0.country", "unknown_country") in codes_of(sites=[{"address": "a", "country": "XX"}])
    assert ("iafCodes.1", "unknown_iaf_code") in codes_of(iafCodes=["1", "40"])
    assert ("naceCodes.0", "unknown_nace_code") in codes_of(naceCodes=["2451"])
    assert ("audits.0.type", "unknown_audit_type") in codes_of(audits=[{"type": "surprise", "date": "2026-01-01"}])
    assert ("scopeLanguage", "unknown_language") in codes_of(scopeLanguage="English")


def test_accreditation_names_its_body_and_confidentiality_its_reason() -> None:
    assert codes_of(accreditation={"accredited": True}) == {("accreditation.body", "missing_required")}
    assert codes_of(accreditation={"accredited": False}) == set()
    assert codes_of(confidential=True) == {("confidentialityReason", "missing_required")}


@pytest.mark.parametrize(
    "character",
    "\x00\x08\t\x1b\x7f\x85\u061c\u200b\u200e\u202a\u202e\u2028\u2060\u2066\u2069\ud800\ufdd0\ufeff\uffff\U000e0041",
)
def test_a_character_that_cannot_be_seen_is_refused_everywhere(character: str) -> None:
    for path in ("number", "organisation__legalName", "scope"):
        assert (path.replace("__", "."), "control_characters") in codes_of(**{path: f"A{character}B"})


def test_line_breaks_are_for_texts_of_several_lines() -> None:
    assert ("scope", "control_characters") not in codes_of(scope="Casting\nand machining")
    assert ("organisation.legalName", "control_characters") in codes_of(organisation__legalName="A\nB")
    assert TEXTS.keys() >= OF_SEVERAL_LINES


def test_joiners_belong_in_names_but_not_in_numbers() -> None:
    assert codes_of(organisation__legalName="شرکت نمونه\u200cای") == set()
    assert ("number", "control_characters") in codes_of(number="ISO\u200d9001")


@pytest.mark.parametrize(
    "character", "\U000e0100\U000e01ef\u2800\U0001d173\U0001bca0\U00013430\U0001345f\ufffd\u3164\ue000"
)
def test_a_number_has_only_what_everybody_can_see_and_type(character: str) -> None:
    problems = [problem for problem in problems_in(content(number=f"ISO{character}9001")) if problem.field == "number"]

    assert {problem.code for problem in problems} == {"control_characters"}
    assert f"U+{ord(character):04X}" in problems[0].sentence


def test_a_content_too_large_for_its_row_is_refused() -> None:
    sites = [{"address": "ü" * 500, "country": "DE", "scope": "ü" * 600}] * 100

    assert ("scope", "too_long") in codes_of(sites=sites)
    assert ("sites", "too_long") in codes_of(sites=[{"address": "a", "country": "DE"}] * 151)
    assert ("number", "too_long") in codes_of(number="ﷺ" * 60)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_text_that_passes_survives_as_json(text: str) -> None:
    before = content(organisation__legalName=text)

    assert hidden_character(text) or from_json(to_json(before)) == before


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(9990, 1, 1)))
def test_a_day_later_than_three_years_is_always_too_long_for_a_first_cycle(day: date) -> None:
    last = years_after(day, 3)
    dates = {name: day.isoformat() for name in (*DATES, "originalCertificationDate")}

    assert last - day <= timedelta(days=1096)
    assert ("expiryDate", "cycle_too_long") not in codes_of(**dates, expiryDate=last.isoformat())
    assert ("expiryDate", "cycle_too_long") in codes_of(**dates, expiryDate=(last + timedelta(days=1)).isoformat())


@pytest.mark.parametrize("text", ["", "2026-1-1", "2026-01-01T00:00", "０２６-01-01", None, 20260101])
def test_only_an_iso_day_is_a_day(text: object) -> None:
    assert read_day(text) is None


def test_the_public_subject_leaves_people_and_our_handling_out() -> None:
    subject = credential_subject(content(sites=[], confidentialityReason="x"))

    assert not {"audits", "decidedBy", "confidential", "confidentialityReason", "sites"} & set(subject)
    assert subject["accreditation"]["accredited"] is True
