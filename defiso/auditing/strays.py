"""Events that are in no log: they wait in the outbox for a moment, or somebody inserted them."""

from collections.abc import Iterator

from defiso.audit.authentic import require_authentic
from defiso.audit.models import Event
from defiso.auditing.entries import own_position
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.rows import read_events, rows_between, whole_or_damaged
from defiso.auditing.scratch import Scratch
from defiso.store.errors import DamagedRowError
from defiso.store.items import Row
from defiso.store.keys import tenant_key

PAGE = 500


def stray_events(slug: str, scratch: Scratch, *, walked: int) -> Steps:
    """``walked`` entries are in ``scratch``: an event at a later position came in meanwhile."""
    for page in rows_between(Event, tenant_key(slug), "EVENT#", "EVENT$", page_size=PAGE):
        for row in page:
            if scratch.position_of(row["SK"]["S"].removeprefix("EVENT#")) is None:
                yield from _judge(slug, row, walked)
        yield Progress()


def _judge(slug: str, row: Row, walked: int) -> Iterator[Finding]:
    event = whole_or_damaged(Event, row)
    event_id = row["SK"]["S"].removeprefix("EVENT#")
    if isinstance(event, DamagedRowError) or not _is_ours(event):
        sentence = f"Event {event_id} was not written so by this registry; it is not in the log."
        yield Finding(Kind.EVENT_INSERTED, slug, event_id, sentence)
    elif not _is_on_its_way(slug, event, walked):
        sentence = f"Event {event_id} is not in the log and does not wait for it: it was brought back or taken out."
        yield Finding(Kind.EVENT_INSERTED, slug, event_id, sentence)


def _is_ours(event: Event) -> bool:
    try:
        require_authentic(event)
    except (ValueError, TypeError):
        return False
    return True


def _is_on_its_way(slug: str, event: Event, walked: int) -> bool:
    """It waits in the outbox, itself or with its leader, is set aside, or was appended a moment ago."""
    for event_id in dict.fromkeys([event.id, event.leader or event.id]):
        found = next(read_events(slug, [event_id]))  # again: it may have left the outbox since
        if isinstance(found, Event):
            is_named = event_id == event.id or event.id in (found.companions or [])
            position = own_position(found)
            if is_named and (found.GSI2PK or (position is not None and position >= walked)):
                return True
    return False
