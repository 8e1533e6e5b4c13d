"""That a number was never issued can be proven; of one that was, and of a confidential one, there is no such proof."""

import io

import pytest
from django.core.management import CommandError, call_command

from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note
from defiso.core.state_map import MapProof, root_from, value_in
from defiso.credentials.notes import note_keys_of
from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from defiso.verification.never_issued import prove_never_issued
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at


@pytest.fixture
def issued(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme, number="FM 1")
    issue(acme, number="FM 2", confidential=True, confidentialityReason="A secret site.")
    anchor_everything()
    return acme


def test_the_proof_leads_to_a_signed_checkpoint_without_the_number(issued: Tenant) -> None:
    said = browser_at(issued).get("/certificates/FM-3/never-issued.json").json()

    note = Note.from_octets(said["checkpoint"].encode())
    assert any(note.is_signed_by(key) for key in note_keys_of(issued))
    key = certificate_key("acme", "FM-3")
    assert said["key"] == key.hex()
    proof = MapProof.from_json(said["map_proof"])
    assert root_from(proof, key) == Checkpoint.from_text(note.text).map_root
    assert value_in(proof, key) is None


@pytest.mark.parametrize("number", ["FM-1", "FM-2", "~"])
def test_there_is_no_proof_of_what_was_issued_confidential_or_not(issued: Tenant, number: str) -> None:
    answer = browser_at(issued).get(f"/certificates/{number}/never-issued.json")

    assert answer.status_code == 404
    assert "There is no proof that this body never issued" in answer.content.decode()


def test_a_page_that_finds_nothing_offers_the_proof(issued: Tenant) -> None:
    page = browser_at(issued).get("/certificates/FM-3").content.decode()

    assert "/certificates/FM-3/never-issued.json" in page


def test_the_command_says_so_with_the_day_and_fails_for_one_that_was_issued(issued: Tenant) -> None:
    said = io.StringIO()

    call_command("never_issued", "fm 3", tenant="acme", stdout=said)

    proven = prove_never_issued(tenant=issued, number="FM-3")
    assert "had issued no certificate FM-3" in said.getvalue()
    assert str(proven.signed.at.year) in said.getvalue()
    with pytest.raises(CommandError, match="no proof"):
        call_command("never_issued", "FM 1", tenant="acme", stdout=said)
