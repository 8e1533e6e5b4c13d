"""An accreditation is a level with a reason, beside the verdicts: it decides nothing and never looks like a pass."""

import re
from typing import Any

import pytest

from defiso.tenants.models import Tenant
from defiso.verification.accreditation import known_accreditation
from defiso.verification.services import verify_certificate
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at
from tests.verification.stored import REVISION, change, replace_in_document

NUMBER = "ISO9001-2026-ABC123"
CLAIM = {"accredited": True, "body": "UKAS", "number": "0042"}


@pytest.mark.parametrize(
    ("said", "level", "sentence"),
    [
        (CLAIM, "claimed", "The certification body says that it is accredited for this by UKAS, number 0042."),
        ({"accredited": False}, "none", "issued it without accreditation"),
    ],
)
def test_what_was_signed_decides_the_level_and_the_page_and_the_file_say_it(
    acme: Tenant, anvil: Anvil, said: dict[str, Any], level: str, sentence: str
) -> None:
    issue(acme, accreditation=said)
    anchor_everything()
    browser = browser_at(acme)

    page = browser.get(f"/certificates/{NUMBER}").content.decode()
    body = browser.get(f"/certificates/{NUMBER}/verdict.json").json()

    assert body["overall"] == "valid"
    assert body["accreditation"]["level"] == level
    assert sentence in body["accreditation"]["reason"]
    assert set(body["verdicts"]) == {"content", "issuer", "anchor", "status"}
    assert f'data-tone="neutral" data-accreditation="{level}"' in page
    assert body["accreditation"]["reason"] in page
    assert "Accredited by" not in page


def test_a_claim_is_never_shown_as_a_pass(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, accreditation=CLAIM)
    anchor_everything()

    page = browser_at(acme).get(f"/certificates/{NUMBER}").content.decode()

    note = re.search(r'data-accreditation="claimed".*?</li>', page, re.DOTALL)
    assert note
    assert "Claimed by the body" in note[0]
    assert "Passed" not in note[0]
    assert len(re.findall(r'data-result="pass"', page)) == 4


def test_what_was_altered_claims_nothing(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, accreditation={"accredited": False})
    anchor_everything()
    change(REVISION, replace_in_document('"accredited":false', '"accredited":true'))

    verification = verify_certificate(tenant=acme, number=NUMBER)

    assert verification.overall == "not_genuine"
    assert verification.accreditation.level == "none"


@pytest.mark.parametrize("subject", [{}, {"accreditation": {}}, {"accreditation": {"body": "UKAS"}}])
def test_a_record_that_says_nothing_is_told_so_and_claims_nothing(subject: dict[str, Any]) -> None:
    accreditation = known_accreditation(subject, is_genuine=True)

    assert accreditation.level == "none"
    assert accreditation.reason == "The record does not say whether an accreditation covers it."


def test_a_claim_without_the_accrediting_body_is_a_claim_that_names_none() -> None:
    accreditation = known_accreditation({"accreditation": {"accredited": True}}, is_genuine=True)

    assert accreditation.level == "claimed"
    assert "but not by whom" in accreditation.reason


def test_a_claim_in_a_document_that_failed_its_check_counts_for_nothing() -> None:
    assert known_accreditation({"accreditation": CLAIM}, is_genuine=False).level == "none"
