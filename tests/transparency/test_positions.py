"""Where in the log an event is, whether it was recorded alone, first or after others."""

from defiso.audit.models import Event
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import Hold
from defiso.store.connection import counted_calls
from defiso.transparency.appending import Appending
from defiso.transparency.entries import id_in
from defiso.transparency.positions import position_of, positions_of
from defiso.transparency.tree_rows import entries_between
from tests.transparency.kit import put_back, state_of, tell, tell_together


def as_stored(events: list[Event]) -> list[Event]:
    return [row for event in events if (row := Event.find(event.PK, event.SK))]


def test_every_event_is_where_the_log_has_it(hold: Hold) -> None:
    told = [*tell(state_of("A-1")), *tell_together(*[state_of(f"B-{number}") for number in range(40)])]
    told += tell(state_of("C-1"))
    drain_outbox(hold, [Appending()])

    events = as_stored(told)

    logged = {id_in(event_id): position for position, event_id, _leaf in entries_between("umbra", 0, 42)}
    assert positions_of(events) == [logged[event.id] for event in events] == list(range(42))
    assert [position_of(event) for event in events] == list(range(42))


def test_companions_on_a_page_without_their_first_cost_one_read(hold: Hold) -> None:
    together = tell_together(*[state_of(f"B-{number}") for number in range(40)])
    drain_outbox(hold, [Appending()])
    events = as_stored(together)

    with counted_calls() as calls:
        assert positions_of(events[20:]) == list(range(20, 40))
    assert calls == ["BatchGetItem"]
    with counted_calls() as calls:
        assert positions_of(events) == list(range(40))
    assert calls == []


def test_an_event_that_waits_has_no_position(hold: Hold) -> None:
    events = as_stored(tell_together(state_of("A-1"), state_of("A-2")))

    assert positions_of(events) == [None, None]


def test_events_that_left_the_outbox_one_by_one_have_positions_of_their_own(hold: Hold) -> None:
    """One of those recorded together was changed, so the others are logged alone."""
    together = tell_together(*[state_of(f"B-{number}") for number in range(3)])
    [_first, forged, _last] = as_stored(together)
    forged.reason = "Never said."
    put_back(forged)
    for _attempt in range(3):
        drain_outbox(hold, [Appending()])

    assert positions_of(as_stored(together)) == [0, None, 1]
