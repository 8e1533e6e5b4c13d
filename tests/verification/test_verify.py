import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from defiso.anchoring.checking import forget_checked_anchors
from defiso.anchoring.proofs import forget_anchored_rows
from defiso.certificates.acts.draft import draft_certificate, edit_draft
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.chain.client import configured_chain
from defiso.core import ids
from defiso.core.checks import Result
from defiso.core.clock import iso, now, today
from defiso.core.dates import write_day
from defiso.store.connection import connection, counted_calls
from defiso.tenants.models import Tenant
from defiso.transparency.map_rows import forget_map_nodes
from defiso.verification.answers import forget_answers
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.evidence import evidence_of, forget_checked_evidence
from defiso.verification.history import forget_history
from defiso.verification.records import read_records
from defiso.verification.services import verify_certificate
from defiso.verification.verdicts import Verification
from tests.anchoring.anvil import Anvil
from tests.certificates.making import content
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at

NUMBER = "ISO9001-2026-ABC123"
VERDICT_OF_A_WAITING_ONE = """{
  "tenant": "acme",
  "number": "ISO9001-2026-ABC123",
  "revision": 1,
  "overall": "pending_anchor",
  "checked_at": "CHECKED_AT",
  "verdicts": {
    "content": {
      "result": "pass",
      "reason": "Nothing in the document was changed since it was signed."
    },
    "issuer": {
      "result": "pass",
      "reason": "It was signed with a key that Acme Certification publishes."
    },
    "anchor": {
      "result": "unknown",
      "reason": "It is being written to the blockchain; this takes a few moments."
    },
    "status": {
      "result": "pass",
      "reason": "Active today."
    }
  },
  "accreditation": {
    "level": "claimed",
    "reason": "The certification body says that it is accredited for this by DAkkS, \
number D-ZM-1. Nobody has confirmed that here."
  },
  "anchor": null
}"""


def verify(tenant: Tenant, on: date | None = None) -> Verification:
    return verify_certificate(tenant=tenant, number=NUMBER, on=on)


def results(verification: Verification) -> dict[str, str]:
    return {name: verdict.result.value for name, verdict in verification.verdicts.items()}


def test_a_fresh_certificate_is_pending_and_then_valid_with_four_passes(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    before = verify(acme)
    anchor_everything()
    after = verify(acme)

    assert (before.overall, before.anchor) == ("pending_anchor", None)
    assert after.overall == "valid"
    assert set(results(after).values()) == {"pass"}
    assert after.anchor
    assert (after.anchor.chain_id, after.anchor.confirmations) == (31337, 1)


def test_the_number_is_found_however_it_is_written(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, number="FM 12345/A")

    assert verify_certificate(tenant=acme, number="fm-12345-a").number == "FM 12345/A"


def test_a_check_costs_two_calls_and_then_one_with_the_tenant_cached(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()
    verify(acme)
    forget_everything()
    with counted_calls() as first:
        verify(acme)
    with counted_calls() as second:
        verify(acme)

    assert first[:2] == [
        "BatchGetItem",  # head, newest checkpoint, document and place
        "BatchGetItem",  # the batch, its top and the chunk
    ]
    assert second == ["BatchGetItem"]


def test_another_certificate_of_a_body_that_is_known_costs_three_calls(acme: Tenant, anvil: Anvil) -> None:
    """The third is the way through the body's map. Its keys, and how it stands by platform and chain, are kept."""
    issue(acme)
    issue(acme, number="FM 2")
    anchor_everything()
    verify(acme)
    forget_anchored_rows()
    forget_map_nodes()

    with counted_calls() as calls:
        assert verify_certificate(tenant=acme, number="FM 2").overall == "valid"

    assert calls == ["BatchGetItem"] * 3


def test_a_waiting_certificate_costs_one_call_each_time(acme: Tenant) -> None:
    issue(acme)
    verify(acme)

    with counted_calls() as calls:
        verification = verify(acme)

    assert (verification.overall, calls) == ("pending_anchor", ["BatchGetItem"])


def test_only_a_later_revision_costs_a_call_of_its_own(acme: Tenant) -> None:
    issue(acme)
    records = read_records(tenant=acme, number=NUMBER, with_documents=True)
    records.head.revision = 2

    with counted_calls() as calls:
        evidence = evidence_of(acme, records)

    assert (evidence.content.result, calls) == (Result.UNKNOWN, ["BatchGetItem"])  # there is no second one


def test_the_head_is_told_as_it_was_stored_so_that_any_change_of_it_shows(acme: Tenant) -> None:
    issue(acme)

    rows = [read_records(tenant=acme, number=NUMBER, with_documents=more).row for more in (False, True)]

    stored = connection().client.get_item(
        TableName="defiso-certificates", Key={"PK": {"S": "TENANT#acme"}, "SK": {"S": f"CERT#{NUMBER}"}}
    )["Item"]
    assert rows == [stored, stored]


def test_the_public_page_costs_one_read_more_for_its_history_and_then_one_in_all(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()
    browser = browser_at(acme)
    browser.get(f"/certificates/{NUMBER}")
    forget_anchored_rows()
    forget_checked_evidence()
    forget_history()
    forget_answers()
    with counted_calls() as first:
        browser.get(f"/certificates/{NUMBER}")
    with counted_calls() as second:
        browser.get(f"/certificates/{NUMBER}")

    assert first == ["BatchGetItem", "BatchGetItem", "Query"]
    assert second == ["BatchGetItem"]


def test_each_status_gives_its_answer_and_restoring_makes_it_valid_again(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()
    in_a_month = today() + timedelta(days=30)

    suspend_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Major nonconformity", review_on=in_a_month)
    assert verify(acme).overall == "suspended"
    restore_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Closed")
    assert verify(acme).overall == "pending_anchor"
    anchor_everything()
    assert verify(acme).overall == "valid"
    withdraw_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Client ceased trading")
    assert verify(acme).overall == "withdrawn"
    assert verify(acme).headline.startswith("Withdrawn on ")


def test_after_its_last_day_it_is_expired_and_not_a_day_before(acme: Tenant, anvil: Anvil) -> None:
    certificate = issue(acme)
    anchor_everything()
    last_day = date.fromisoformat(str(certificate.expires_on))

    with time_machine.travel(f"{last_day}T23:59:00Z"):
        assert verify(acme).overall == "valid"
    with time_machine.travel(f"{last_day + timedelta(days=1)}T00:01:00Z"):
        assert verify(acme).overall == "expired"


def test_a_past_day_is_judged_by_the_events_of_that_time(acme: Tenant, anvil: Anvil) -> None:
    with time_machine.travel(now() - timedelta(days=10)):
        issue(acme)
        anchor_everything()
    withdraw_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Client ceased trading")

    assert verify(acme).overall == "withdrawn"
    assert verify(acme, on=today() - timedelta(days=5)).overall == "valid"
    before_it_was_known = verify(acme, on=today() - timedelta(days=20))
    assert before_it_was_known.overall == "could_not_check"
    assert before_it_was_known.verdicts["status"].result is Result.UNKNOWN


def test_a_past_day_is_not_judged_by_another_draft_that_had_the_number_on_a_machine_ahead(
    acme: Tenant, anvil: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = now() - timedelta(days=10)
    with time_machine.travel(long_ago + timedelta(hours=1)):
        draft_certificate(tenant=acme, actor=OWNER, content=content(number=NUMBER))
        edit_draft(tenant=acme, actor=OWNER, number=NUMBER, content=content(number="FM 2"), version=1)
    monkeypatch.setattr(ids, "_last", 0)  # another machine
    with time_machine.travel(long_ago):
        issue(acme)
        anchor_everything()

    assert verify(acme, on=today() - timedelta(days=5)).overall == "valid"


def test_a_past_day_names_the_date_of_its_own_status(acme: Tenant, anvil: Anvil) -> None:
    with time_machine.travel(now() - timedelta(days=20)):
        issue(acme)
        anchor_everything()
    with time_machine.travel(now() - timedelta(days=10)):
        suspended_on = today()
        review_on = suspended_on + timedelta(days=30)
        suspend_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Major nonconformity", review_on=review_on)
    withdraw_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Not closed")

    verification = verify(acme, on=today() - timedelta(days=5))

    assert verification.overall == "suspended"
    assert verification.headline == f"Suspended since {write_day(suspended_on)}. Do not rely on it."


def test_another_spelling_of_the_number_keeps_the_day_asked_for(acme: Tenant) -> None:
    response = browser_at(acme).get("/certificates/iso9001-2026-abc123?on=2026-03-01")

    assert response["Location"] == f"/certificates/{NUMBER}?on=2026-03-01"


@pytest.mark.parametrize("number", ["\ufdfa" * 200, "漢" * 200, "A" * 5000, ".."])
def test_a_number_that_fits_no_key_is_unknown_like_any_other(acme: Tenant, number: str) -> None:
    page = browser_at(acme).get(f"/certificates/{quote(number)}/verdict.json")
    registry = browser_at(None).get("/certificates/", {"number": number})

    assert page.status_code == 404
    assert registry.status_code in (404, 422)


def test_a_chain_out_of_reach_is_could_not_check_and_names_the_last_good_time(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()
    with time_machine.travel(now() - timedelta(minutes=12)):
        assert verify(acme).overall == "valid"
    anvil.kill()

    verification = verify(acme)

    assert verification.overall == "could_not_check"
    assert verification.verdicts["anchor"].result is Result.UNKNOWN
    assert "last confirmed 12 minutes ago" in verification.verdicts["anchor"].reason


def test_an_anchor_that_had_to_be_written_anew_is_never_called_false(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()
    before = verify(acme)
    anvil.kill()
    anvil.start()  # with nothing of what it had
    anvil.spend_a_nonce()
    anchor_everything()  # finds the loss, and that the old nonce is used up
    with time_machine.travel(now() + timedelta(seconds=5)):
        anchor_everything()
        forget_checked_anchors()
        after = verify(acme)

    assert before.anchor
    assert after.anchor
    assert before.anchor.tx_hash != after.anchor.tx_hash
    assert after.overall == "valid"


@pytest.mark.parametrize(
    "make",
    [
        lambda tenant: None,
        lambda tenant: issue(tenant, confidential=True, confidentialityReason="National security"),
    ],
    ids=["unknown", "confidential"],
)
def test_what_may_not_be_shown_looks_like_what_does_not_exist(
    acme: Tenant, anvil: Anvil, make: Callable[[Tenant], object]
) -> None:
    make(acme)
    browser = browser_at(acme)

    page = browser.get(f"/certificates/{NUMBER}")
    verdict = browser.get(f"/certificates/{NUMBER}/verdict.json")

    assert page.status_code == verdict.status_code == 404
    assert "confidential" in page.content.decode()
    assert verdict.json()["error"] == "unknown_certificate"
    assert "Müller" not in page.content.decode()
    with pytest.raises(UnknownCertificateError):
        verify(acme)


def test_verdict_json_has_the_published_shape(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()

    response = browser_at(acme).get(f"/certificates/{NUMBER}/verdict.json")

    body = response.json()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert list(body) == [
        "tenant",
        "number",
        "revision",
        "overall",
        "checked_at",
        "verdicts",
        "accreditation",
        "anchor",
    ]
    assert list(body["verdicts"]) == ["content", "issuer", "anchor", "status"]
    assert {tuple(verdict) for verdict in body["verdicts"].values()} == {("result", "reason")}
    assert list(body["accreditation"]) == ["level", "reason"]
    assert list(body["anchor"]) == ["chain_id", "tx_hash", "block", "confirmations", "root"]
    assert (body["tenant"], body["overall"]) == ("acme", "valid")


def test_verdict_json_is_the_same_to_the_byte_whatever_it_is_made_of(acme: Tenant) -> None:
    issue(acme)
    moment = now()

    with time_machine.travel(moment, tick=False):
        answer = browser_at(acme).get(f"/certificates/{NUMBER}/verdict.json").content.decode()

    assert answer == VERDICT_OF_A_WAITING_ONE.replace("CHECKED_AT", iso(moment))


def test_credential_json_has_the_signature_first_and_the_merkle_proof_once_anchored(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    browser = browser_at(acme)
    before = json.loads(browser.get(f"/certificates/{NUMBER}/credential.json").content)
    anchor_everything()
    after = json.loads(browser.get(f"/certificates/{NUMBER}/credential.json").content)

    assert before["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert [proof["type"] for proof in after["proof"]] == ["DataIntegrityProof", "MerkleProof2019"]
    assert after["proof"][0] == before["proof"]
    did = browser.get("/.well-known/did.json").json()
    assert after["issuer"] == did["id"]
    methods = {method["id"] for method in did["verificationMethod"]}
    assert {proof["verificationMethod"] for proof in after["proof"]} <= methods


def test_proof_json_leads_from_the_credential_to_the_root(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    browser = browser_at(acme)
    assert browser.get(f"/certificates/{NUMBER}/proof.json").json()["anchored"] is False
    anchor_everything()

    proof = browser.get(f"/certificates/{NUMBER}/proof.json").json()

    assert proof["anchored"] is True
    verdict = browser.get(f"/certificates/{NUMBER}/verdict.json").json()
    assert verdict["anchor"]["root"].removeprefix("0x") == proof["root"]


@pytest.mark.parametrize(("day", "status"), [("2026-13-01", 422), ("9999-01-01", 422), ("x", 422), ("", 200)])
def test_a_day_that_cannot_be_judged_is_refused_with_a_sentence(
    acme: Tenant, anvil: Anvil, day: str, status: int
) -> None:
    issue(acme)

    assert browser_at(acme).get(f"/certificates/{NUMBER}", {"on": day}).status_code == status


def test_the_public_page_links_to_the_transaction_where_people_look_things_up(acme: Tenant, settings: Any) -> None:
    issued = issue(acme)
    with Anvil(chain_id=1) as ethereum:
        settings.CHAIN_ID, settings.CHAIN_RPC_URLS = 1, [ethereum.url]
        configured_chain.cache_clear()
        anchor_everything()
        verification = verify_certificate(tenant=acme, number=issued.slug)
        page = browser_at(acme).get(f"/certificates/{verification.slug}").content.decode()
    configured_chain.cache_clear()

    assert verification.anchor
    assert verification.anchor.chain_name == "Ethereum"
    assert f'<a href="https://etherscan.io/tx/{verification.anchor.tx_hash}">' in page
