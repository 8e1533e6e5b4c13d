"""From issued to anchored, on real engines, when nothing goes wrong."""

import time

from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import State
from defiso.anchoring.services import check_anchor
from defiso.chain.client import floor_gas
from defiso.worker.passes import Rules, run_pass
from tests.anchoring.kit import (
    assert_anchored_exactly_once,
    issue,
    issue_many,
    proof_of,
    shares_of,
    the_batch,
    work,
)


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
    assert (batch.leaf_count, batch.gas_used) == (2000, 22_280)
    assert {check_anchor(proof_of(leaf), bytes.fromhex(leaf.digest)).result for leaf in leaves} == {"pass"}
    print(f"2000 certificates anchored in {took:.2f} s")


def test_a_pass_with_nothing_to_do_moves_nothing(anvil, chain, hold, tenants):
    work(hold, chain)

    result = run_pass(hold, chain, Rules(1, 0))

    assert (result.moved, result.failed, result.chain_problem) == (False, False, None)
    assert batches_in(*State) == []


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
