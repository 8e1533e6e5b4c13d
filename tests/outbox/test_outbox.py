"""The outbox: what events become, exactly once, and what happens to those that make no sense."""

import gc
from typing import Any

import pytest

from defiso.anchoring.collecting import Collecting
from defiso.anchoring.machine import batches_in, read_leaves
from defiso.anchoring.models import Leaf, State
from defiso.audit.actors import SYSTEM
from defiso.audit.models import Event
from defiso.audit.services import PENDING_SHARDS, pending_shard, record_events
from defiso.certificates.counts import Counts
from defiso.outbox.draining import MOST_ATTEMPTS, READ_AHEAD, drain_outbox
from defiso.outbox.errors import LeaseLostError
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.outbox.services import count_pending_credentials, count_set_aside, quarantined_events, retry_quarantined
from defiso.registry.lookups import LookUps
from defiso.registry.models import CodeLookup
from defiso.store.connection import connection, counted_calls
from defiso.store.lease import acquire_lease
from defiso.store.transactions import transaction
from defiso.tenants.services import get_tenant
from defiso.worker.lanes import projections
from tests.anchoring.kit import (
    add_issue,
    change_status,
    drain,
    issue,
    issue_many,
    issuing,
    pending_events,
    record_alone,
)
from tests.certificates.making import counts_of
from tests.conftest import every_row
from tests.staff import make_tenant


def lookups_of(slug: str) -> list[CodeLookup]:
    return list(CodeLookup.query(f"CODE#{slug}"))


def collected() -> list[str]:
    return [leaf.number_slug for batch in batches_in(*State) for leaf in read_leaves(batch)]


def test_an_issued_certificate_is_found_by_its_number_and_collected(hold):
    leaf = issue("acme", "FM-1")

    drained = drain(hold)

    [row] = lookups_of("FM-1")
    assert (row.number, row.tenant_slug, row.tenant_name) == ("FM 1", "acme", "Acme Certification")
    assert row.tenant_host == "acme.localhost"
    assert read_leaves(batches_in(State.COLLECTING)[0]) == [leaf]
    assert pending_events() == []
    assert (drained.credentials, drained.is_quiet) == (1, False)


def test_several_bodies_may_have_issued_the_same_number(hold):
    issue("acme", "FM-1")
    issue("globex", "FM-1")

    drain(hold)

    assert {row.tenant_slug for row in lookups_of("FM-1")} == {"acme", "globex"}


def test_a_confidential_certificate_is_anchored_but_never_listed(hold):
    issue("acme", "FM-1", confidential=True)

    drain(hold)

    assert lookups_of("FM-1") == []
    assert collected() == ["FM-1"]


def test_a_certificate_that_becomes_confidential_disappears_from_the_look_ups(hold):
    issue("acme", "FM-1")
    drain(hold)
    issue("acme", "FM-1", revision=2, confidential=True, before="active")
    drain(hold)

    assert lookups_of("FM-1") == []


def test_two_revisions_in_one_pass_leave_the_later_look_up(hold):
    issue("acme", "FM-1")
    issue("acme", "FM-1", revision=2, before="active")

    drain(hold)

    assert [row.revision for row in lookups_of("FM-1")] == [2]
    assert collected() == ["FM-1", "FM-1"]


def test_counts_by_status_follow_the_events(hold):
    change_status("acme", "FM-1", None, "draft")
    change_status("acme", "FM-2", None, "draft")
    issue("acme", "FM-1")
    issue("acme", "FM-2")
    issue("acme", "FM-2", revision=2, before="active")
    change_status("acme", "FM-2", "active", "suspended")
    issue("globex", "FM-1", before=None)

    drain(hold)

    assert counts_of(get_tenant("acme")) == {"active": 1, "suspended": 1}
    assert counts_of(get_tenant("globex")) == {"active": 1}


def test_events_that_ask_for_nothing_just_leave_the_outbox(hold):
    record_alone(tenant_slug="acme", actor=SYSTEM, action="user.logged_in", target_kind="USER", target_id="1")

    drained = drain(hold)

    assert pending_events() == []
    assert drained.credentials == 0
    assert [batch.wanted_at for batch in batches_in(*State)] == [None]


def test_a_second_pass_finds_nothing(hold):
    issue_many("acme", 250)
    drain(hold)
    before = every_row()

    drained = drain(hold)

    assert (drained.events, drained.is_quiet) == (0, True)
    assert every_row() == before


def test_ninety_four_events_are_one_look_up_and_one_draining_transaction(hold):
    drain(hold)
    issue_many("acme", 94)

    with counted_calls() as calls:
        drain(hold)

    assert calls.count("TransactWriteItems") == 2
    assert collected() == [f"BULK-{number:05d}" for number in range(94)]


def issue_together(slugs: list[str], **options: object) -> list[Leaf]:
    """As a load does: one transaction, whose events wait under one key."""
    made = [issuing("acme", slug, **options) for slug in slugs]
    with transaction() as writes:
        record_events(writes, [event for event, _leaf in made])
    return [leaf for _event, leaf in made]


def test_events_of_one_transaction_wait_under_one_key_and_leave_together(hold):
    drain(hold)
    leaves = issue_together([f"FM-{number}" for number in range(33)])
    waiting = [entry for shard in PENDING_SHARDS for entry in Event.GSI2.query(shard)]
    pending = count_pending_credentials(tenant=get_tenant("acme"), handled_to="").number

    with counted_calls() as calls:
        drained = drain(hold)

    assert (len(waiting), pending) == (1, 33)
    assert (drained.events, drained.credentials, calls.count("TransactWriteItems")) == (33, 33, 2)
    assert read_leaves(batches_in(State.COLLECTING)[0]) == leaves
    assert pending_events() == []


def test_taking_an_event_out_of_the_outbox_changes_no_history_index(hold):
    """Whatever it changes is in none of the attributes that index has, so the index costs nothing more."""
    issue("acme", "FM-1")
    indexes = {index["IndexName"]: index for index in described("defiso-audit-logs")["GlobalSecondaryIndexes"]}
    before = {row["SK"]["S"]: row for row in every_row() if row["SK"]["S"].startswith("EVENT#")}
    drain(hold)
    after = {row["SK"]["S"]: row for row in every_row() if row["SK"]["S"].startswith("EVENT#")}

    changed = {
        name for key in before for name in before[key] | after[key] if before[key].get(name) != after[key].get(name)
    }
    assert {"GSI2PK", "GSI2SK"} <= changed
    assert not changed & {"PK", "SK", "GSI1PK", "GSI1SK", *indexes["GSI1"]["Projection"]["NonKeyAttributes"]}
    assert indexes["GSI2"]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def described(table: str) -> dict[str, Any]:
    return connection().client.describe_table(TableName=table)["Table"]


def test_one_bad_event_among_those_of_its_transaction_is_set_aside_alone(hold):
    made = [issuing("acme", f"FM-{number}", digest="bad" if number == 5 else None) for number in range(10)]
    with transaction() as writes:
        record_events(writes, [event for event, _leaf in made])

    for _ in range(MOST_ATTEMPTS + 1):
        drain(hold)

    assert [event.target_id for event in quarantined_events()] == ["FM-5"]
    assert sorted(collected()) == sorted(leaf.number_slug for _event, leaf in made if leaf.number_slug != "FM-5")
    assert pending_events() == []


def test_one_event_that_the_store_refuses_among_those_of_its_transaction_is_found(hold, monkeypatch):
    issue_together([f"FM-{number}" for number in range(10)])
    publish = LookUps.publish

    def refuse_one(look_ups: LookUps, held: Hold, group: object) -> None:
        if any(look_up.key[0] == "CODE#FM-5" for look_up in group):
            raise ValueError("too large")
        publish(look_ups, held, group)

    monkeypatch.setattr(LookUps, "publish", refuse_one)
    for _ in range(MOST_ATTEMPTS + 1):
        drain(hold)

    assert [event.target_id for event in quarantined_events()] == ["FM-5"]
    assert len(collected()) == len(set(collected())) == 9


def test_what_follows_a_transaction_with_a_bad_event_waits_for_its_own_event_only(hold):
    made = [issuing("acme", "FM-1"), issuing("acme", "FM-2", digest="bad")]
    with transaction() as writes:
        record_events(writes, [event for event, _leaf in made])
    issue("acme", "FM-1", revision=2, before="active")
    issue("acme", "FM-2", revision=2, before="active")

    drain(hold)
    first = collected()
    drain(hold)
    second = collected()
    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    assert (first, second) == ([], ["FM-1", "FM-1"])
    assert [row.revision for row in lookups_of("FM-1")] == [2]
    assert collected() == ["FM-1", "FM-1", "FM-2"]


def test_more_events_than_a_transaction_can_give_keys_are_not_recorded_together():
    made = [issuing("acme", f"FM-{number}", digest="ab" * 32) for number in range(100)]

    with pytest.raises(ValueError, match="together"), transaction() as writes:
        record_events(writes, [event for event, _leaf in made])


def test_a_busy_shard_starves_no_other(hold):
    assert pending_shard("acme") < pending_shard("eastern")
    make_tenant("eastern")
    drain(hold)
    issue_many("acme", 250)
    issue("eastern", "FM-1")

    drained = drain_outbox(hold, projections(), seconds=0)

    assert "FM-1" in collected()
    assert (drained.credentials, drained.is_quiet) == (95, False)


def test_a_batch_that_is_full_is_followed_by_another(hold, monkeypatch):
    monkeypatch.setattr("defiso.anchoring.collecting.MOST_LEAVES", 200)
    issue_many("acme", 400)

    while not drain(hold).is_quiet:
        pass

    sizes = [batch.leaf_count for batch in batches_in(State.COLLECTING)]
    assert len(sizes) == 3
    assert max(sizes) <= 200
    assert len(collected()) == len(set(collected())) == 400


def test_a_stale_index_does_not_stop_the_rest(hold, monkeypatch):
    first = issue("acme", "FM-1")
    stale = pending_events()
    drain(hold)
    second = issue("acme", "FM-2")
    fresh = pending_events()
    monkeypatch.setattr(Event.GSI2, "query", lambda shard, **_: iter(stale + fresh if shard == stale[0].GSI2PK else []))

    drain(hold)

    assert [leaf for batch in batches_in(*State) for leaf in read_leaves(batch)] == [first, second]


def break_event(slug: str) -> None:
    """An event whose credential is nonsense."""
    with transaction() as writes:
        add_issue(writes, "acme", slug, digest="not a digest")


def test_an_event_that_keeps_failing_is_set_aside_and_the_rest_go_on(hold):
    break_event("BAD-1")
    issue("acme", "FM-1")

    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    [quarantined] = quarantined_events()
    assert quarantined.target_id == "BAD-1"
    assert quarantined.attempts == MOST_ATTEMPTS
    assert pending_events() == []
    assert collected() == ["FM-1"]
    assert [count_set_aside(tenant=get_tenant(slug)) for slug in ("acme", "globex")] == [1, 0]


def test_what_was_set_aside_is_handled_once_its_cause_is_mended(hold, monkeypatch):
    leaf = issue("acme", "FM-1")
    with monkeypatch.context() as patch:
        patch.setattr(Collecting, "read", _fail)
        for _ in range(MOST_ATTEMPTS):
            drain(hold)
    before = collected()

    retry_quarantined()
    drain(hold)

    assert before == []
    assert read_leaves(batches_in(State.COLLECTING)[0]) == [leaf]
    assert quarantined_events() == []


def _fail(projection: Collecting, event: Event) -> None:
    raise ValueError("not understood")


def test_what_follows_a_failing_event_on_the_same_certificate_waits_for_it(hold):
    break_event("FM-1")
    issue("acme", "FM-1", revision=2, before="active")
    issue("acme", "FM-2")

    drain(hold)
    early = collected()
    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    assert early == ["FM-2"]
    assert collected() == ["FM-2", "FM-1"]


def test_an_event_that_the_store_refuses_is_found_among_its_group(hold, monkeypatch):
    """The whole group fails with it, so it is halved until the one to blame is alone."""
    issue_many("acme", 20)
    publish = LookUps.publish

    def refuse_one(look_ups: LookUps, held: Hold, group: object) -> None:
        if any(look_up.key[0] == "CODE#BULK-00013" for look_up in group):
            raise ValueError("too large")
        publish(look_ups, held, group)

    monkeypatch.setattr(LookUps, "publish", refuse_one)
    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    assert [event.target_id for event in quarantined_events()] == ["BULK-00013"]
    assert sorted(collected()) == [f"BULK-{number:05d}" for number in range(20) if number != 13]


def test_an_event_of_an_unknown_tenant_is_set_aside(hold):
    with transaction() as writes:
        add_issue(writes, "nobody", "FM-1", digest="ab" * 32)

    for _ in range(MOST_ATTEMPTS):
        drain(hold)

    assert [event.tenant_slug for event in quarantined_events()] == ["nobody"]


def test_a_worker_that_lost_its_lease_writes_nothing(hold):
    issue("acme", "FM-1")
    hold.lease.release()
    assert acquire_lease(LEASE_NAME, holder="the other", seconds=60)
    before = every_row()

    with pytest.raises(LeaseLostError):
        drain(hold)

    assert every_row() == before


def test_only_certificate_events_change_counts(hold):
    record_alone(
        tenant_slug="acme",
        actor=SYSTEM,
        action="tenant.suspended",
        target_kind="TENANT",
        target_id="acme",
        before={"status": "active"},
        after={"status": "suspended"},
    )

    assert [Counts().read(event) for event in pending_events() if event.action == "tenant.suspended"] == [None]


def test_a_pass_holds_a_page_of_events_at_a_time_however_many_wait(hold, monkeypatch):
    drain(hold)
    issue_many("acme", 600)
    held: list[int] = []
    publish = LookUps.publish

    def count_and_publish(*arguments: object) -> None:
        gc.collect()
        held.append(sum(type(thing) is Event for thing in gc.get_objects()))
        publish(*arguments)

    monkeypatch.setattr(LookUps, "publish", count_and_publish)
    drain(hold)

    assert len(collected()) == 600
    assert max(held) <= 3 * READ_AHEAD, "a page of the index, its events, and those of the next"
