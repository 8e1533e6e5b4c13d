"""One entry of a log against the event it is of: is it there, ours, unchanged, once, and in its place?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from defiso.audit.models import Event
from defiso.auditing.findings import Finding, Kind
from defiso.auditing.rows import read_events
from defiso.auditing.scratch import Scratch
from defiso.store.errors import DamagedRowError
from defiso.transparency.entries import Entry, entry_of


class Place(NamedTuple):
    position: int
    event_id: str
    leaf: bytes


@dataclass
class EntryCheck:
    """Puts what it learns into ``scratch``; the entries before ``signed`` are those that the map is made of."""

    slug: str
    scratch: Scratch
    signed: int
    _leader: Event | None = None

    def steps(self, place: Place, event: Event | DamagedRowError | None) -> Iterator[Finding]:
        first = self.scratch.add_entry(place.event_id, place.position)
        if first != place.position:
            sentence = f"Event {place.event_id} is in the log twice, at positions {first} and {place.position}."
            yield self._finding(Kind.EVENT_INSERTED, place, sentence)
        if event is None:
            self.scratch.unreadable += 1
            yield self._finding(Kind.EVENT_GONE, place, f"The event at position {place.position} is gone")
            return
        entry = _entry_in(event)
        if entry is None or isinstance(event, DamagedRowError):
            self.scratch.unreadable += 1
            yield self._finding(Kind.EVENT_CHANGED, place, f"The event at position {place.position} was changed")
            return
        if entry.leaf != place.leaf:
            sentence = f"The entry at position {place.position} was changed: it is not of its event"
            yield self._finding(Kind.ENTRIES, place, sentence)
        if entry.change and place.position < self.signed:
            self.scratch.add_change(entry.change, place.position, event.target_id.rpartition(" ")[2])
        yield from self._in_its_place(place, event)

    def _in_its_place(self, place: Place, event: Event) -> Iterator[Finding]:
        """An event knows its position, or the leader that it was recorded with, whose place it follows."""
        if event.id != event.GSI1SK:
            yield self._finding(Kind.EVENT_CHANGED, place, f"The event at position {place.position} is filed wrongly")
        stated = position_of(event, self._leader_of(event))
        if event.companions:
            self._leader = event
        if stated != place.position:
            told = "at no position" if stated is None else f"at position {stated}"
            sentence = f"The event that was appended {told} stands at position {place.position}"
            yield self._finding(Kind.EVENT_MOVED, place, sentence)

    def _leader_of(self, event: Event) -> Event | None:
        if not event.leader or own_position(event) is not None:
            return None
        if self._leader is None or self._leader.id != event.leader:
            found = next(read_events(self.slug, [event.leader]))
            self._leader = found if isinstance(found, Event) else None
        return self._leader

    def _finding(self, kind: Kind, place: Place, sentence: str) -> Finding:
        end = "" if sentence.endswith(".") else f": {place.event_id}."
        return Finding(kind, self.slug, str(place.position), sentence + end)


def position_of(event: Event, leader: Event | None) -> int | None:
    """Where an event says that it is in the log; None if it does not."""
    own, start = own_position(event), own_position(leader) if leader else None
    if own is not None or start is None or leader is None or event.id not in (leader.companions or []):
        return own
    return start + 1 + list(leader.companions).index(event.id)


def own_position(event: Event) -> int | None:
    position: int | None = event.attribute_values.get("position")
    return position


def _entry_in(event: Event | DamagedRowError) -> Entry | None:
    """What the event says in the log; None for one that this registry did not write so."""
    try:
        return None if isinstance(event, DamagedRowError) else entry_of(event)
    except (ValueError, TypeError):
        return None
