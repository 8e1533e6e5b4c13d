"""Machines that lie about the time: nothing they wrote blocks, delays for long or loses anything."""

from collections import Counter

import pytest

from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import State
from defiso.core.clock import iso, now
from defiso.outbox.draining import drain_outbox
from defiso.worker.lanes import projections
from defiso.worker.passes import Rules, run_pass
from tests.anchoring.kit import assert_anchored_exactly_once, issue, pending_events, the_batch, work
from tests.anchoring.test_chain_faults import later

HOUR = 3600


def test_a_batch_opened_by_a_machine_an_hour_ahead_is_sealed_and_anchored_at_once(anvil, chain, hold):
    with later(HOUR):
        leaf = issue("acme", "FM-1")
        drain_outbox(hold, projections())
    assert the_batch().opened_at > iso(now())

    work(hold, chain, rules=Rules(confirmations=1, batch_seconds=20))

    assert_anchored_exactly_once(anvil, [leaf])


@pytest.mark.parametrize("ahead", [1, 29, 31, HOUR])
def test_a_batch_waits_twice_its_time_at_most_however_far_ahead_it_was_opened(hold, chain, ahead):
    with later(ahead):
        issue("acme", "FM-1")
        drain_outbox(hold, projections())

    for seconds in (0, 30, 60):
        with later(seconds):
            run_pass(hold, chain, Rules(confirmations=1, batch_seconds=30))

    assert batches_in(State.COLLECTING) == []


def test_an_offer_made_by_a_machine_an_hour_ahead_is_raised_all_the_same(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    with later(HOUR):
        work(hold, chain)
    first = the_batch().attempt

    work(hold, chain)

    assert the_batch().attempt.nonce == first.nonce
    assert int(the_batch().attempt.max_fee) > int(first.max_fee)
    anvil.release_transactions()
    work(hold, chain)
    assert_anchored_exactly_once(anvil, [leaf])


def test_a_pause_begun_by_a_machine_an_hour_ahead_does_not_last_for_an_hour(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.make_account_revert()
    anvil.hold_transactions()
    with later(HOUR):
        work(hold, chain)
    anvil.release_transactions()
    anvil.make_account_plain()

    work(hold, chain)

    assert_anchored_exactly_once(anvil, [leaf])


def test_events_of_machines_ahead_and_behind_are_drained_with_the_others(hold):
    leaves = [issue("acme", "FM-1")]
    for seconds in (HOUR, -HOUR, 30 * 86_400):
        with later(seconds):
            leaves.append(issue("acme", f"FM-{seconds}"))
    leaves.append(issue("acme", "FM-2"))

    drain_outbox(hold, projections())
    leaves.append(issue("acme", "FM-3"))
    drain_outbox(hold, projections())

    assert pending_events() == []
    assert Counter(read_leaves(the_batch())) == Counter(leaves)
