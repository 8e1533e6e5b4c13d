"""The worker anchors no credential that it has not seen and checked, whatever an event says."""

import copy
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import State
from defiso.audit.services import record_events
from defiso.certificates.models import Revision, revision_key
from defiso.core.multikeys import ed25519_multikey
from defiso.credentials import keyring
from defiso.credentials.models import SigningKey, signing_key_sk
from defiso.credentials.packing import pack
from defiso.credentials.services import create_signing_key, forget_cached_keys
from defiso.outbox.draining import MOST_ATTEMPTS, drain_outbox
from defiso.outbox.hold import Hold
from defiso.outbox.services import quarantined_events
from defiso.registry.models import CodeLookup
from defiso.store.connection import counted_calls
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.services import get_tenant
from defiso.worker.lanes import projections
from tests.anchoring.kit import issue, issue_many, issuing, pending_events
from tests.credentials.signing import stored_keys

BAD = "FM-BAD"


def drain_until_set_aside(hold: Hold) -> None:
    for _ in range(MOST_ATTEMPTS + 1):
        drain_outbox(hold, projections(), seconds=60)


def collected() -> list[str]:
    return [leaf.number_slug for batch in batches_in(*State) for leaf in read_leaves(batch)]


def change_document(change: Callable[[Revision], object]) -> None:
    row = Revision.get(tenant_key("acme"), revision_key(BAD, 1), consistent_read=True)
    change(row)
    with transaction() as writes:
        writes.put(row, given=Revision.PK.exists(), otherwise=AssertionError())


def sign_with_a_planted_key(monkeypatch: pytest.MonkeyPatch) -> None:
    private = Ed25519PrivateKey.generate()
    kid = ed25519_multikey(private.public_key())
    planted = SigningKey(tenant_key("acme"), signing_key_sk(kid), kid=kid, did="did:web:acme.localhost%3A8000")
    planted.public_multikey, planted.sealed_private = kid, b"nobody needs it"
    planted.created_at, planted.endorsement = "2026-01-01T00:00:00.000Z", stored_keys(get_tenant("acme"))[0].endorsement
    with transaction() as writes:
        writes.create(planted, otherwise=AssertionError())
    forget_cached_keys()
    with monkeypatch.context() as thief:
        thief.setattr("defiso.credentials.services.signing_key_of", lambda _tenant: (planted, private))
        issue("acme", BAD)


def of_another_certificate(_monkeypatch: object) -> None:
    genuine = issue("acme", "FM-GENUINE")
    row = Revision.get(tenant_key("acme"), revision_key("FM-GENUINE", 1))
    event, _leaf = issuing("acme", BAD, digest=genuine.digest)
    with transaction() as writes:
        copied = Revision(tenant_key("acme"), revision_key(BAD, 1), credential=row.credential, digest=row.digest)
        writes.create(copied, otherwise=AssertionError())
        record_events(writes, [event])


def without_document(_monkeypatch: object) -> None:
    event, _leaf = issuing("acme", BAD, digest="ab" * 32)
    with transaction() as writes:
        record_events(writes, [event])


def changed(change: Callable[[Revision], object]) -> Callable[[object], None]:
    def plant(_monkeypatch: object) -> None:
        issue("acme", BAD)
        change_document(change)

    return plant


@pytest.mark.parametrize(
    "plant",
    [
        pytest.param(sign_with_a_planted_key, id="signed with a planted key"),
        pytest.param(of_another_certificate, id="of another certificate"),
        pytest.param(without_document, id="without document"),
        pytest.param(changed(lambda row: setattr(row, "credential", pack("{}"))), id="another document"),
        pytest.param(changed(lambda row: setattr(row, "credential", b"\0")), id="a document that cannot be read"),
    ],
)
def test_the_worker_refuses_a_planted_credential_while_the_rest_go_on(hold, monkeypatch, plant):
    drain_outbox(hold, projections(), seconds=60)
    issue_many("acme", 20)
    plant(monkeypatch)
    issue_many("acme", 20, prefix="MORE")
    genuine = {f"{prefix}-{n:05d}" for prefix in ("BULK", "MORE") for n in range(20)}

    drain_until_set_aside(hold)

    assert [event.target_id for event in quarantined_events()] == [BAD]
    assert set(collected()) - {"FM-GENUINE"} == genuine
    assert len(collected()) == len(set(collected()))
    assert list(CodeLookup.query(f"CODE#{BAD}")) == []
    assert pending_events() == []


def test_a_key_that_is_newer_than_what_the_worker_remembers_is_read_before_its_credential_is_refused(hold):
    drain_outbox(hold, projections(), seconds=60)
    issue("acme", "FM-1")
    drain_outbox(hold, projections(), seconds=60)
    before = copy.copy(keyring._stored.get("acme"))
    with transaction() as writes:
        create_signing_key(tenant=get_tenant("acme"), writes=writes)
    forget_cached_keys()
    issue("acme", "FM-2")
    keyring._stored.put("acme", before)
    keyring._reread.put("acme", True)

    drain_outbox(hold, projections(), seconds=60)

    assert sorted(collected()) == ["FM-1", "FM-2"]


def test_the_documents_of_a_group_are_one_read(hold):
    drain_outbox(hold, projections(), seconds=60)
    issue("acme", "FM-1")
    drain_outbox(hold, projections(), seconds=60)
    issue("acme", "FM-2")
    with counted_calls() as one:
        drain_outbox(hold, projections(), seconds=60)
    issue_many("acme", 94)
    with counted_calls() as many:
        drain_outbox(hold, projections(), seconds=60)

    of_clients = 2  # whose members are looked up 45 at a time
    assert many.count("BatchGetItem") == one.count("BatchGetItem") + of_clients
