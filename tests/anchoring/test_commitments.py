"""What a batch commits to beside credentials: everybody's history, and the batch before."""

from datetime import timedelta

from defiso.anchoring.commitments import COMMITMENTS, NO_ROOT
from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import Batch, Commitments, State, digests_in
from defiso.anchoring.sealing import LONGEST_UNWANTED
from defiso.audit.actors import SYSTEM
from defiso.audit.services import PLATFORM
from defiso.core.state_map import prove, root_from, value_in
from defiso.credentials.notes import checked_checkpoint
from defiso.store.keys import tenant_key
from defiso.tenants.services import get_tenant
from defiso.transparency.entries import checkpoint_key
from defiso.transparency.map_rows import read_nodes
from defiso.transparency.models import Entries, KeptCheckpoint, kept_key
from tests.anchoring.kit import issue, record_alone, work
from tests.anchoring.test_chain_faults import later
from tests.transparency.kit import drop


def commitments_of(batch: Batch) -> Commitments:
    row = Commitments.find(batch.PK, COMMITMENTS)
    assert row is not None
    return row


def anchored() -> list[Batch]:
    return batches_in(State.ANCHORED)


def test_a_batch_has_the_checkpoint_of_every_body_of_which_anything_happened(anvil, chain, hold, tenants):
    issue("acme", "FM-1")

    work(hold, chain)

    [batch] = anchored()
    row = commitments_of(batch)
    assert list(row.generations) == ["acme", "globex", PLATFORM]
    for place, (slug, generation) in enumerate(row.generations.items()):
        kept = KeptCheckpoint.find(tenant_key(slug), kept_key(generation))
        assert kept is not None
        checkpoint, _at = checked_checkpoint(kept.note, tenant=None if slug == PLATFORM else get_tenant(slug))
        assert digests_in(row.digests)[place] == checkpoint.digest


def test_the_platforms_map_has_every_bodys_newest_checkpoint(anvil, chain, hold, tenants):
    issue("acme", "FM-1")
    work(hold, chain)
    issue("acme", "FM-2")
    work(hold, chain)

    generation = commitments_of(anchored()[-1]).generations[PLATFORM]
    newest = KeptCheckpoint.find(tenant_key(PLATFORM), kept_key(generation))
    assert newest is not None
    platform, _at = checked_checkpoint(newest.note, tenant=None)
    for slug, generation in {"acme": 2, "globex": 1}.items():
        kept = KeptCheckpoint.find(tenant_key(slug), kept_key(generation))
        assert kept is not None
        key = checkpoint_key(slug)
        proof = prove(lambda wanted: read_nodes(PLATFORM, wanted), platform.map_root, key)
        assert root_from(proof, key) == platform.map_root
        assert value_in(proof, key) == checked_checkpoint(kept.note, tenant=get_tenant(slug))[0].digest


def test_each_batch_has_the_root_of_the_batch_before(anvil, chain, hold, tenants):
    for number in range(3):
        issue("acme", f"FM-{number}")
        work(hold, chain)

    first, second, third = anchored()
    last = [digests_in(commitments_of(batch).digests)[-1] for batch in (first, second, third)]
    assert last == [NO_ROOT, bytes.fromhex(first.root), bytes.fromhex(second.root)]
    assert [batch.previous_id for batch in (first, second, third)] == [None, first.id, second.id]


def test_what_concerns_no_certificate_waits_some_minutes_for_its_batch(anvil, chain, hold, tenants):
    issue("acme", "FM-1")
    work(hold, chain)
    record_alone(tenant_slug="acme", actor=SYSTEM, action="user.logged_in", target_kind="USER", target_id="1")
    work(hold, chain)
    assert len(anchored()) == 1

    with later((LONGEST_UNWANTED + timedelta(seconds=1)).total_seconds()):
        work(hold, chain)

    assert [(batch.leaf_count, list(commitments_of(batch).generations)) for batch in anchored()] == [
        (1, ["acme", "globex", PLATFORM]),
        (0, ["acme", PLATFORM]),
    ]


def test_a_body_whose_log_was_changed_is_left_out_and_the_others_go_on(anvil, chain, hold, tenants):
    issue("acme", "FM-1")
    issue("globex", "FM-1")
    work(hold, chain)
    drop(Entries, of="globex")
    issue("acme", "FM-2")
    issue("globex", "FM-2")

    work(hold, chain)

    assert list(commitments_of(anchored()[-1]).generations) == ["acme", PLATFORM]
