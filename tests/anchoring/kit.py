"""What anchoring tests share: issuing events, passes of the worker until nothing moves, and the invariants."""

import time
from collections import Counter
from typing import Any

from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import Batch, Leaf, Place, Proof, Share, State, proof_key
from defiso.anchoring.proofs import find_proof
from defiso.audit.actors import SYSTEM
from defiso.audit.models import CredentialReference, Event
from defiso.audit.services import PENDING_SHARDS, companions_of, make_event, record_event, record_events
from defiso.certificates.models import Revision, revision_key
from defiso.chain.client import Chain
from defiso.core.clock import now
from defiso.core.errors import DomainError
from defiso.core.merkle import root_from
from defiso.credentials.packing import pack
from defiso.credentials.services import StatusEntry, sign_credential
from defiso.outbox.draining import Drained, drain_outbox
from defiso.outbox.hold import Hold
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.services import get_tenant
from defiso.worker.lanes import projections
from defiso.worker.passes import Rules, run_pass
from defiso.worker.restraint import Restraint
from tests.anchoring.anvil import Anvil

RULES = Rules(confirmations=1, batch_seconds=0)
UNFINISHED = [state for state in State if state is not State.ANCHORED]


def store_document(tenant_slug: str, slug: str, revision: int = 1) -> str:
    """A small document that the body signed, as issuing would store it; its digest."""
    signed = sign_credential(
        tenant=get_tenant(tenant_slug),
        subject={"number": slug.replace("-", " "), "revision": revision},
        credential_id=f"http://{tenant_slug}.localhost:8000/certificates/{slug}?revision={revision}",
        name=f"Certificate {slug}",
        valid_from=now(),
        valid_until=None,
        status=StatusEntry(1, 1),
    )
    with transaction() as writes:
        row = Revision(tenant_key(tenant_slug), revision_key(slug, revision), credential=pack(signed.text))
        row.digest = signed.digest
        writes.put(row, given=Revision.digest.does_not_exist(), otherwise=AssertionError(f"{slug} was issued"))
    return signed.digest


def add_issue(writes, tenant_slug, slug, **options) -> Leaf:
    """Add to a transaction the event that issuing a certificate records."""
    event, leaf = issuing(tenant_slug, slug, **options)
    record_events(writes, [event])
    return leaf


def issuing(tenant_slug, slug, *, revision=1, confidential=False, before="draft", digest=None) -> tuple[Event, Leaf]:
    """The event of issuing a certificate, not yet recorded, and the leaf it becomes; its document is stored."""
    digest = digest or store_document(tenant_slug, slug, revision)
    event = make_event(
        tenant_slug=tenant_slug,
        actor=SYSTEM,
        action="certificate.issued",
        target_kind="CERT",
        target_id=slug,
        before={"status": before} if before else None,
        after={"status": "active"},
        counted=[[before] if before else None, ["active"]],
        credential=CredentialReference(slug, revision, digest, confidential, number=slug.replace("-", " ")),
    )
    return event, Leaf(digest, tenant_slug, slug, revision, slug.replace("-", " "))


def issue(tenant_slug: str, slug: str, **options: object) -> Leaf:
    with transaction() as writes:
        return add_issue(writes, tenant_slug, slug, **options)


def issue_many(tenant_slug: str, count: int, prefix: str = "BULK") -> list[Leaf]:
    leaves = []
    for start in range(0, count, 100):
        with transaction() as writes:
            leaves += [
                add_issue(writes, tenant_slug, f"{prefix}-{index:05d}", before=None)
                for index in range(start, min(count, start + 100))
            ]
    return leaves


def change_status(tenant_slug: str, slug: str, before: str | None, after: str) -> None:
    with transaction() as writes:
        record_event(
            writes,
            tenant_slug=tenant_slug,
            actor=SYSTEM,
            action="certificate.changed",
            target_kind="CERT",
            target_id=slug,
            before={"status": before} if before else None,
            after={"status": after},
            counted=[[before] if before else None, [after]],
        )


def record_alone(**event: Any) -> None:
    """Record an event that accompanies no other write; takes what record_event takes."""
    with transaction() as writes:
        record_event(writes, **event)


def drain(hold: Hold) -> Drained:
    """One pass over the outbox that ends where the outbox does, however slow the machine."""
    return drain_outbox(hold, projections(), seconds=600)


def work(hold: Hold, chain: Chain, *, rules: Rules = RULES, passes: int = 40) -> None:
    """Passes until one moves nothing while the chain mines nothing."""
    restraint = Restraint()
    for _ in range(passes):
        before = head_of(chain)
        moved = run_pass(hold, chain, rules, restraint=restraint).moved
        if not moved and not is_about_to_mine(chain) and head_of(chain) == before:
            return
    raise AssertionError("the worker does not come to rest")


def head_of(chain: Chain) -> int | None:
    try:
        return chain.head()
    except DomainError:
        return None


def is_about_to_mine(chain: Chain) -> bool:
    """Whether the engine, which answers a sender before it mines, has yet to mine what its pool holds."""
    try:
        [seen, *_] = chain._ask(
            [("anvil_getAutomine", []), ("txpool_status", [])],
            read=lambda automine, pool: bool(automine and int(pool["pending"], 16)),
        )
    except DomainError:
        return False
    time.sleep(0.005)
    return seen.value


def floor_gas(data: bytes) -> int:
    """What a plain transaction with this calldata uses (EIP-7623: 10 gas a token; a zero byte is 1, another 4)."""
    return 21_000 + sum(40 if byte else 10 for byte in data)


def pending_events() -> list[Event]:
    entries = [entry for shard in PENDING_SHARDS for entry in Event.GSI2.query(shard)]
    firsts = [Event.get(entry.PK, entry.SK, consistent_read=True) for entry in entries]
    return [event for first in firsts for event in (first, *companions_of(first))]


def the_batch() -> Batch:
    [batch] = batches_in(*State)
    return batch


def proof_of(leaf: Leaf) -> Proof | None:
    place = Place.find(*proof_key(leaf.tenant_slug, leaf.number_slug, leaf.revision))
    found = find_proof(place, number=leaf.number, revision=leaf.revision, digest=leaf.digest)
    return found if isinstance(found, Proof) else None


def shares_of(tenant_slug: str) -> list[Share]:
    return list(Share.query(tenant_key(tenant_slug), Share.SK.startswith("BATCH#")))


def assert_anchored_exactly_once(anvil: Anvil, leaves: list[Leaf]) -> None:
    """Every credential in one batch, every batch on the chain once, every proof leads there, nothing left over."""
    batches = batches_in(*State)
    collected = Counter(leaf for batch in batches for leaf in read_leaves(batch))
    roots = anvil.anchored_roots()

    assert [batch.state for batch in batches] == [State.ANCHORED] * len(batches)
    assert collected == Counter(leaves)
    assert Counter(roots) == Counter(bytes.fromhex(batch.root) for batch in batches)
    assert pending_events() == []
    by_id = {batch.id: batch for batch in batches}
    for leaf in leaves:
        proof = proof_of(leaf)
        batch = by_id[proof.batch_id]
        path = [(side, bytes.fromhex(sibling)) for step in proof.path for side, sibling in step.items()]
        assert root_from(bytes.fromhex(leaf.digest), path).hex() == proof.root == batch.root
        assert (proof.tx_hash, proof.block_number) == (batch.tx_hash, batch.block_number)
    for batch in batches:
        receipt = anvil.rpc("eth_getTransactionReceipt", batch.tx_hash)
        assert receipt["status"] == "0x1"
        assert int(receipt["blockNumber"], 16) == batch.block_number
    for tenant_slug in {leaf.tenant_slug for leaf in leaves}:
        shares = shares_of(tenant_slug)
        assert {share.state for share in shares} == {State.ANCHORED}
        assert sum(share.certificates for share in shares) == sum(leaf.tenant_slug == tenant_slug for leaf in leaves)


def assert_honestly_pending(leaves: list[Leaf]) -> None:
    """Nothing claims to be anchored, and nothing is lost: each credential waits in the outbox or in one batch."""
    waiting = Counter(leaf for batch in batches_in(*UNFINISHED) for leaf in read_leaves(batch))
    in_outbox = [event.credential["digest"] for event in pending_events() if event.credential]

    assert batches_in(State.ANCHORED) == []
    assert Counter(leaf.digest for leaf in waiting.elements()) + Counter(in_outbox) == Counter(
        leaf.digest for leaf in leaves
    )
    for leaf in leaves:
        assert proof_of(leaf) is None
