"""Audits with findings, further languages, transfers, lapses and integrated sets: what a content may tell of them."""

from typing import Any

import pytest

from defiso.certificates.content import credential_subject, internal_members, whole_content
from defiso.certificates.dictionaries import DICTIONARY, dictionary_of
from defiso.certificates.limits import MOST_FINDINGS
from defiso.certificates.validation import draft_problems, problems_in
from defiso.credentials.subject import misfit
from defiso.tenants.models import Tenant
from tests.certificates.making import content, make_certificate, make_draft

MAJOR = {"grade": "major", "text": "No calibration of the gauges.", "clause": "7.1.5", "verifiedOn": "2026-04-01"}
AUDIT = {
    "type": "initial",
    "startDate": "2026-02-09",
    "date": "2026-02-10",
    "auditors": ["Lead auditor at Acme"],
    "auditorUsers": ["01AUDITOR"],
    "findings": [MAJOR],
}
TRANSFER = {
    "certificationBody": "TÜV Nord",
    "number": "44 100 1",
    "reviewDate": "2026-03-01",
    "note": "Two minors open.",
}
WHOLE: dict[str, Any] = {
    "audits": [AUDIT],
    "scopes": [{"language": "de", "text": "Gießen und Zerspanen von Grauguss"}],
    "transferredFrom": TRANSFER,
    "previousExpiryDate": "2025-11-01",
    "recertificationDate": "2026-03-02",
    "integratedWith": ["ISO14001-2026-ABC123"],
}


def codes_of(**changes: Any) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in problems_in(content(**changes))}


def test_all_that_may_be_told_has_no_problem_and_the_shape_of_the_dictionary() -> None:
    whole = content(**WHOLE)

    assert problems_in(whole) == []
    assert misfit(whole, DICTIONARY) is None


def test_the_public_credential_says_neither_who_audited_and_found_what_nor_what_a_review_noted() -> None:
    said = credential_subject(content(**WHOLE))

    assert said["transferredFrom"] == {"certificationBody": "TÜV Nord", "number": "44 100 1"}
    assert said["integratedWith"] == WHOLE["integratedWith"]
    assert said["scopes"] == WHOLE["scopes"]
    assert not said.keys() & {"audits", "decidedBy", "decidedByUser"}
    assert misfit(said) is None


def test_what_the_credential_says_and_what_is_kept_beside_it_are_the_whole_content() -> None:
    whole = content(**WHOLE, decidedByUser="01DECIDER")

    assert whole_content(credential_subject(whole), internal_members(whole)) == whole


def test_what_is_kept_beside_a_document_never_overrides_what_it_says() -> None:
    internal = {"scope": "Anything", "transferredFrom": {"certificationBody": "Nobody", "note": "kept"}}

    whole = whole_content(credential_subject(content(**WHOLE)), internal)

    assert whole["scope"] == content()["scope"]
    assert whole["transferredFrom"] == {"certificationBody": "TÜV Nord", "number": "44 100 1", "note": "kept"}


def test_an_issued_certificate_keeps_all_of_it(tenant: Tenant) -> None:
    issued = make_certificate(tenant, **WHOLE)

    kept = dictionary_of(issued)

    assert {name: kept[name] for name in WHOLE} == WHOLE  # type: ignore[literal-required]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"audits": [{**AUDIT, "startDate": "2026-02-11"}]}, "audits.0.startDate", "dates_contradict"),
        ({"audits": [{**AUDIT, "startDate": "soon"}]}, "audits.0.startDate", "bad_date"),
        ({"audits": [{**AUDIT, "findings": [{}]}]}, "audits.0.findings.0.text", "missing_required"),
        ({"audits": [{**AUDIT, "findings": [{"text": "x"}]}]}, "audits.0.findings.0.grade", "missing_required"),
        (
            {"audits": [{**AUDIT, "findings": [{**MAJOR, "grade": "grave"}]}]},
            "audits.0.findings.0.grade",
            "unknown_grade",
        ),
        (
            {"audits": [{**AUDIT, "findings": [{**MAJOR, "verifiedOn": "2026-02-08"}]}]},
            "audits.0.findings.0.verifiedOn",
            "dates_contradict",
        ),
        ({"audits": [{**AUDIT, "findings": [MAJOR] * (MOST_FINDINGS + 1)}]}, "audits.0.findings", "too_long"),
        ({"audits": [{**AUDIT, "auditorUsers": ["01A"] * 21}]}, "audits.0.auditors", "too_long"),
        ({"scopes": [{"language": "en", "text": "Again"}]}, "scopes.0.language", "language_twice"),
        ({"scopes": [{"language": "German", "text": "x"}]}, "scopes.0.language", "unknown_language"),
        ({"scopes": [{"language": "de"}]}, "scopes.0.text", "missing_required"),
        ({"transferredFrom": {"number": "1"}}, "transferredFrom.certificationBody", "missing_required"),
        (
            {"transferredFrom": {"certificationBody": "TÜV", "number": "1"}},
            "transferredFrom.reviewDate",
            "missing_required",
        ),
        (
            {"transferredFrom": {**TRANSFER, "reviewDate": "2999-01-01"}},
            "transferredFrom.reviewDate",
            "dates_contradict",
        ),
        ({"previousExpiryDate": "2025-11-01"}, "recertificationDate", "missing_required"),
        ({"recertificationDate": "2025-11-01"}, "previousExpiryDate", "missing_required"),
        (
            {"previousExpiryDate": "2025-11-01", "recertificationDate": "2025-11-01"},
            "recertificationDate",
            "dates_contradict",
        ),
        ({"integratedWith": ["iso9001 2026 abc123"]}, "integratedWith.0", "integrated_with_itself"),
    ],
)
def test_what_contradicts_itself_or_is_missing_is_named_where_it_stands(
    changes: dict[str, Any], field: str, code: str
) -> None:
    assert (field, code) in codes_of(**changes)


def test_a_draft_may_be_kept_with_gaps_in_all_of_them(tenant: Tenant) -> None:
    gaps = {"audits": [{"type": "initial", "findings": [{}]}], "scopes": [{}], "transferredFrom": {"number": "1"}}

    assert draft_problems(content(**gaps)) == []
    assert dictionary_of(make_draft(tenant, **gaps))["transferredFrom"] == {"number": "1"}
