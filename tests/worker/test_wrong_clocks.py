"""Machines that lie about the time: nothing they wrote blocks, delays for long or loses anything."""

from collections import Counter
from datetime import timedelta

import pytest

from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import State
from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.core import ids
from defiso.core.clock import iso, now, today
from defiso.registry.models import CodeLookup
from defiso.tenants.services import get_tenant
from defiso.verification.services import verify_certificate
from defiso.worker.passes import Rules, run_pass
from tests.anchoring.kit import assert_anchored_exactly_once, drain, issue, pending_events, the_batch, work
from tests.anchoring.test_chain_faults import later
from tests.certificates.making import counts_of
from tests.issuing import OWNER
from tests.issuing import issue as certify

HOUR = 3600


def test_a_batch_opened_by_a_machine_an_hour_ahead_is_sealed_and_anchored_at_once(anvil, chain, hold):
    with later(HOUR):
        leaf = issue("acme", "FM-1")
        drain(hold)
    assert the_batch().opened_at > iso(now())

    work(hold, chain, rules=Rules(confirmations=1, batch_seconds=20))

    assert_anchored_exactly_once(anvil, [leaf])


@pytest.mark.parametrize("ahead", [1, 29, 31, HOUR])
def test_a_batch_waits_twice_its_time_at_most_however_far_ahead_it_was_opened(hold, chain, ahead):
    with later(ahead):
        issue("acme", "FM-1")
        drain(hold)

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


def test_events_of_machines_ahead_and_behind_are_drained_with_the_others(hold, monkeypatch):
    leaves = [issue("acme", "FM-1")]
    for seconds in (HOUR, -HOUR, 30 * 86_400):
        monkeypatch.setattr(ids, "_last", 0)  # another machine
        with later(seconds):
            leaves.append(issue("acme", f"FM{seconds}"))
    monkeypatch.setattr(ids, "_last", 0)
    leaves.append(issue("acme", "FM-2"))

    drain(hold)
    leaves.append(issue("acme", "FM-3"))
    drain(hold)

    assert pending_events() == []
    assert Counter(read_leaves(the_batch())) == Counter(leaves)


@pytest.mark.parametrize("together", [True, False])
def test_the_later_revision_is_looked_up_also_if_the_earlier_came_from_a_machine_ahead(hold, monkeypatch, together):
    with later(HOUR):
        issue("acme", "FM-1", before=None)
    if not together:
        drain(hold)
    monkeypatch.setattr(ids, "_last", 0)  # another machine
    issue("acme", "FM-1", revision=2, before="active")
    first, second = [event.credential["revision"] for event in Event.query("TENANT#acme") if event.credential]
    assert (first, second) == (2, 1), "they sort by the clocks of their machines"

    drain(hold)

    assert [row.revision for row in CodeLookup.query("CODE#FM-1")] == [2]
    assert counts_of(get_tenant("acme")) == {"active": 1}


def test_changes_made_by_a_machine_an_hour_behind_are_recorded_in_the_order_of_the_states(
    anvil, chain, hold, monkeypatch
):
    acme = get_tenant("acme")
    certify(acme, number="FM 1")
    in_a_week = today() + timedelta(days=7)
    suspend_certificate(tenant=acme, actor=OWNER, number="FM 1", reason="Late", review_on=in_a_week)
    with later(-HOUR):
        monkeypatch.setattr(ids, "_last", 0)  # as in a process of its own
        restore_certificate(tenant=acme, actor=OWNER, number="FM 1", reason="Closed")
    work(hold, chain)

    events = events_of(tenant_slug="acme", target_kind="CERT", target_id="FM-1")
    told = [event.action.split(".")[1] for event in events]
    assert told == ["drafted", "submitted", "issued", "suspended", "restored"]
    states = [event.sealed_state for event in events if event.sealed_state]
    assert [state.event for state in states] == sorted(state.event for state in states)
    assert verify_certificate(tenant=acme, number="FM 1").overall == "valid"
