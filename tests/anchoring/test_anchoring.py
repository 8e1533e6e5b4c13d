"""From issued to anchored, on real engines, when nothing goes wrong."""

import time

from defiso.anchoring.commitments import leaves_of_tree
from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import Place, Proof, State, proof_key
from defiso.anchoring.proofs import CHUNK, find_proof
from defiso.anchoring.services import check_anchor
from defiso.core.merkle import path_of, root_of
from defiso.store.connection import counted_calls
from defiso.worker.passes import Rules, run_pass
from tests.anchoring.kit import (
    assert_anchored_exactly_once,
    floor_gas,
    issue,
    issue_many,
    proof_of,
    shares_of,
    the_batch,
    work,
)
from tests.anchoring.test_chain_faults import later
from tests.conftest import every_row


def test_certificates_of_several_bodies_share_one_transaction(anvil, chain, hold, tenants):
    leaves = [issue("acme", "FM-1"), issue("globex", "FM-1"), issue("acme", "FM-2")]

    work(hold, chain)

    assert_anchored_exactly_once(anvil, leaves)
    batch = the_batch()
    assert batch.leaf_count == 3
    assert batch.gas_used == floor_gas(bytes.fromhex(batch.root))
    assert batch.fee == batch.gas_used * int(batch.gas_price)
    assert [(share.certificates, share.state) for share in shares_of("acme")] == [(2, "anchored")]


def test_two_thousand_certificates_are_one_batch_and_one_transaction_of_22_280_gas(anvil, chain, hold, tenants):
    leaves = issue_many("acme", 2000)

    started = time.monotonic()
    work(hold, chain)
    took = time.monotonic() - started

    assert_anchored_exactly_once(anvil, leaves)
    batch = the_batch()
    assert (batch.leaf_count, batch.gas_used) == (2000, 22_280 - 30 * bytes.fromhex(batch.root).count(0))
    assert {check_anchor(proof_of(leaf), bytes.fromhex(leaf.digest)).result for leaf in leaves} == {"pass"}
    print(f"2000 certificates anchored in {took:.2f} s")


def test_a_pass_with_nothing_to_do_moves_nothing(anvil, chain, hold, tenants):
    work(hold, chain)

    result = run_pass(hold, chain, Rules(1, 0))

    assert (result.moved, result.failed, result.chain_problem) == (False, False, None)
    assert [(batch.state, batch.leaf_count) for batch in batches_in(*State)] == [(State.COLLECTING, 0)]


def test_a_batch_collects_for_its_seconds_and_seals_when_quiet(anvil, chain, hold, tenants):
    patient = Rules(confirmations=1, batch_seconds=0.5)
    first = issue("acme", "FM-1")

    work(hold, chain, rules=patient)
    early = the_batch().state
    second = issue("acme", "FM-2")
    work(hold, chain, rules=patient)
    time.sleep(0.6)
    work(hold, chain, rules=patient)

    assert early == State.COLLECTING
    assert_anchored_exactly_once(anvil, [first, second])
    assert the_batch().leaf_count == 2


def test_what_is_issued_after_sealing_goes_into_the_next_batch(anvil, chain, hold, tenants):
    first = issue("acme", "FM-1")
    work(hold, chain)
    second = issue("acme", "FM-1", revision=2, before="active")
    work(hold, chain)

    assert_anchored_exactly_once(anvil, [first, second])
    assert len(batches_in(State.ANCHORED)) == 2


def test_an_anchor_waits_for_its_confirmations(anvil, chain, hold, tenants):
    deep = Rules(confirmations=3, batch_seconds=0)
    leaf = issue("acme", "FM-1")

    work(hold, chain, rules=deep)
    shallow = the_batch().state
    anvil.mine(2)
    work(hold, chain, rules=deep)

    assert shallow == State.MINED
    assert_anchored_exactly_once(anvil, [leaf])


def test_a_batch_of_any_size_has_the_root_and_paths_of_one_tree(anvil, chain, hold, tenants):
    for count in (CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7):
        leaves = issue_many(tenants[0], count, prefix=f"OF-{count}")
        work(hold, chain)

        newest = max(batches_in(State.ANCHORED), key=lambda batch: batch.id)
        digests = leaves_of_tree(newest, leaves)
        assert newest.root == root_of(digests).hex()
        for index in {0, 1, count // 2, count - 2, count - 1}:
            proof = proof_of(leaves[index])
            assert proof.path == [{side: sibling.hex()} for side, sibling in path_of(digests, index)]
            assert (proof.index, proof.root, proof.batch_id) == (index, newest.root, newest.id)


def test_a_proof_costs_one_call_whatever_the_size_of_its_batch(anvil, chain, hold, tenants):
    leaf = issue_many("acme", 300)[200]
    work(hold, chain)
    place = Place.find(*proof_key(leaf.tenant_slug, leaf.number_slug, leaf.revision))

    with counted_calls() as calls:
        proof = find_proof(place, number=leaf.number, revision=leaf.revision, digest=leaf.digest)

    assert isinstance(proof, Proof)
    assert calls == ["BatchGetItem"]


def rows_of_anchoring() -> dict[tuple[str, str], object]:
    """Of batches, trees, shares and places, by key."""
    kinds = ("METADATA", "TOP", "LEAVES#", "COLLECTED#", "BATCH#", "PROOF#")
    keyed = {(row["PK"]["S"], row["SK"]["S"]): row for row in every_row()}
    return {
        (pk, sk): row
        for (pk, sk), row in keyed.items()
        if pk.startswith(("BATCH#", "TENANT#")) and sk.startswith(kinds)
    }


def test_an_anchor_written_anew_changes_its_batch_and_its_shares_and_no_other_row(anvil, chain, hold, tenants):
    leaves = issue_many("acme", 5)
    work(hold, chain)
    before = rows_of_anchoring()
    anvil.kill()
    anvil.start()

    with later(120):
        work(hold, chain)

    after = rows_of_anchoring()
    changed = {key for key in before if before[key] != after[key]}
    batch = the_batch()
    assert_anchored_exactly_once(anvil, leaves)
    assert changed == {(batch.PK, "METADATA"), ("TENANT#acme", batch.PK)}
    assert before.keys() == after.keys()
