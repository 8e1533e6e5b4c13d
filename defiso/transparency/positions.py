"""Where in its body's log an event is: the log decides, this only says where to look."""

from collections.abc import Sequence

from defiso.audit.models import Event, event_key
from defiso.store.items import find_rows


def position_of(event: Event) -> int | None:
    """The position of an event, None while it is not in the log: one read if it was recorded after another."""
    return positions_of([event])[0]


def positions_of(events: Sequence[Event]) -> list[int | None]:
    """Those of up to 100 events; one BatchGetItem if any was recorded together with one that is not among them."""
    leaders = {event.id: event for event in events}
    led = [event for event in events if _own(event) is None and event.leader]
    keys = sorted({(event.PK, event_key(event.leader)) for event in led if event.leader not in leaders})
    for row in find_rows([(Event, *key) for key in keys]) if keys else []:
        if row:
            leader = Event.from_raw_data(row)
            leaders[leader.id] = leader
    return [_position(event, leaders) for event in events]


def _position(event: Event, leaders: dict[str, Event]) -> int | None:
    """Its own, or that of its leader, whose companions follow in their order (``audit.models``)."""
    own, leader = _own(event), leaders.get(event.leader or "")
    if own is not None or leader is None:
        return own
    first, companions = _own(leader), leader.companions if isinstance(leader.companions, list) else []
    return None if first is None or event.id not in companions else first + 1 + companions.index(event.id)


def _own(event: Event) -> int | None:
    return event.position
