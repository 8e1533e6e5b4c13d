"""Draining: events still to be handled leave the outbox in order, with everything that the projections make of them.

First it is verified, then what may be written twice is; then one transaction takes events out of the outbox and
everything that must happen exactly once in. An event that makes no sense or is not true, or whose rows the store
refuses for what they hold, is set aside after some attempts and the rest go on. The store's own trouble is no event's
fault: it ends the pass, or where only less is asked for, that of one shard.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pynamodb.exceptions import VerboseClientError

from defiso.audit.models import Event
from defiso.audit.services import MOST_TOGETHER, PENDING_SHARDS, with_companions
from defiso.core.errors import ChangedMeanwhileError, UnavailableError
from defiso.outbox.errors import AlreadyDrainedError
from defiso.outbox.hold import Hold
from defiso.outbox.models import SetAside
from defiso.outbox.projection import Projection
from defiso.outbox.services import QUARANTINE
from defiso.store.errors import StoreBusyError, refuses_content
from defiso.store.items import BATCH_GET_LIMIT, find_all
from defiso.store.transactions import MOST_PARTS, transaction

MOST_ATTEMPTS = 5
MOST_REFUSED = 20  # transactions of one pass: enough to find two bad events among a hundred
PASS_SECONDS = 5.0
READ_AHEAD = 94
log = logging.getLogger(__name__)

Projections = Sequence[Projection[Any]]


@dataclass
class Drained:
    """What one pass did; ``credentials`` are the events among ``events`` that brought one to anchor."""

    events: int = 0
    credentials: int = 0
    failed: int = 0
    reached_end: bool = True

    @property
    def is_quiet(self) -> bool:
        """It reached the end of the outbox and met no credential on the way."""
        return self.reached_end and not self.credentials


def drain_outbox(hold: Hold, projections: Projections, *, seconds: float = PASS_SECONDS) -> Drained:
    """Handle what is pending, for about ``seconds`` at most, shared by the shards so that a busy one starves none."""
    return _Pass(hold, projections, seconds_per_shard=seconds / len(PENDING_SHARDS)).run()


@dataclass(frozen=True)
class _Understood:
    """An event with what each projection, in their order, adds for it."""

    event: Event
    additions: tuple[Any, ...]


@dataclass(frozen=True)
class _Parcel:
    """The events of one transaction: the first has the key by which all of them leave the outbox together."""

    contents: tuple[_Understood, ...]

    @property
    def first(self) -> Event:
        return self.contents[0].event

    @property
    def credentials(self) -> int:
        return sum(understood.event.credential is not None for understood in self.contents)


class _Pass:
    """One walk through the outbox. ``held_up`` are the targets whose earlier event failed: theirs stay in order."""

    def __init__(self, hold: Hold, projections: Projections, *, seconds_per_shard: float) -> None:
        self.hold = hold
        self.projections = projections
        self.seconds_per_shard = seconds_per_shard
        self.done = Drained()
        self.held_up: set[str] = set()
        self.refused = 0

    def run(self) -> Drained:
        busy: StoreBusyError | None = None
        for shard in PENDING_SHARDS:
            try:
                self._run_shard(shard)
            except StoreBusyError as error:  # maybe of one body's rows alone: it holds up no other shard
                busy = error
        if busy:
            raise busy
        return self.done

    def _run_shard(self, shard: str) -> None:
        deadline = time.monotonic() + self.seconds_per_shard
        indexed = iter(Event.GSI2.query(shard, page_size=READ_AHEAD))
        while entries := list(islice(indexed, READ_AHEAD)):
            for group in self._groups(self._understood(_still_pending(entries))):
                self.hold.keep()
                self._drain(group)
                if time.monotonic() > deadline:
                    self.done.reached_end = False
                    return

    def _understood(self, together: Iterable[list[Event]]) -> Iterator[_Parcel]:
        for events in together:
            targets = {event.GSI1PK for event in events}
            if targets & self.held_up:
                self.held_up |= targets
                continue
            try:
                parcel = _Parcel(tuple(_Understood(event, self._read(event)) for event in events))
            except UnavailableError:
                raise
            except Exception as error:  # whatever is wrong with it, the rest go on
                self._blame(events, error)
            else:
                yield parcel

    def _read(self, event: Event) -> tuple[Any, ...]:
        return tuple(projection.read(event) for projection in self.projections)

    def _groups(self, parcels: Iterable[_Parcel]) -> Iterator[list[_Parcel]]:
        """As many parcels as fit one transaction: the lease, a part for each, and what the projections add."""
        waiting: list[_Parcel] = []
        for parcel in parcels:
            while waiting and _number_of_events(waiting) + len(parcel.contents) > MOST_TOGETHER:
                group = self._as_many_as_fit(waiting)
                yield group
                waiting = waiting[len(group) :]
            waiting.append(parcel)
        while waiting:
            group = self._as_many_as_fit(waiting)
            yield group
            waiting = waiting[len(group) :]

    def _as_many_as_fit(self, parcels: list[_Parcel]) -> list[_Parcel]:
        number = len(parcels)
        while number > 1 and self._parts(parcels[:number]) > MOST_PARTS:
            number -= 1
        return parcels[:number]

    def _parts(self, group: Sequence[_Parcel]) -> int:
        added = sum(projection.parts(additions) for projection, additions in self._by_projection(group))
        return 1 + len(group) + added

    def _by_projection(self, group: Sequence[_Parcel]) -> Iterator[tuple[Projection[Any], list[Any]]]:
        """Each projection with its additions of the group, in order."""
        for position, projection in enumerate(self.projections):
            every = (understood.additions[position] for parcel in group for understood in parcel.contents)
            yield projection, [addition for addition in every if addition is not None]

    def _drain(self, group: Sequence[_Parcel]) -> None:
        """Drain a group; if that fails, its halves, down to the one parcel that is to blame."""
        group = [parcel for parcel in group if not self._is_held_up(parcel)]
        if not group:
            return
        try:
            for projection, additions in self._by_projection(group):
                projection.verify(additions)
            for projection, additions in self._by_projection(group):
                projection.publish(self.hold, additions)
            self._take_out(group)
        except Exception as error:
            self.refused += 1
            if not _may_be_of_an_event(error) or self.refused > MOST_REFUSED:
                raise
            if len(group) == 1:
                self._blame([understood.event for understood in group[0].contents], error)
                return
            middle = len(group) // 2
            self._drain(group[:middle])
            self._drain(group[middle:])
        else:
            self.done.events += _number_of_events(group)
            self.done.credentials += sum(parcel.credentials for parcel in group)

    def _is_held_up(self, parcel: _Parcel) -> bool:
        return any(understood.event.GSI1PK in self.held_up for understood in parcel.contents)

    def _take_out(self, group: Sequence[_Parcel]) -> None:
        with transaction() as writes:
            self.hold.guard(writes)
            for projection, additions in self._by_projection(group):
                projection.add(writes, additions)
            for parcel in group:
                marks = [mark for projection in self.projections for mark in projection.marks(parcel.first)]
                writes.update(
                    parcel.first,
                    [Event.GSI2PK.remove(), Event.GSI2SK.remove(), *marks],
                    given=Event.GSI2PK.exists(),
                    otherwise=AlreadyDrainedError(parcel.first.id),
                )
        for projection in self.projections:
            projection.committed()

    def _blame(self, events: Sequence[Event], error: Exception) -> None:
        """Something is wrong with one of these. Each gets a key of its own, so that the next pass finds out which."""
        self.held_up |= {event.GSI1PK for event in events}
        if len(events) == 1:
            self._count_failure(events[0], error)
            return
        self.done.failed += 1
        log.warning("event=%s together=%d error=%s", events[0].id, len(events), type(error).__name__)
        with transaction() as writes:
            self.hold.guard(writes)
            for event in events:
                own = [Event.GSI2PK.set(events[0].GSI2PK), Event.GSI2SK.set(event.id), Event.companions.remove()]
                given = Event.GSI2PK.exists() if event is events[0] else Event.PK.exists()
                writes.update(event, own, given=given, otherwise=AlreadyDrainedError(event.id))

    def _count_failure(self, event: Event, error: Exception) -> None:
        """Note one more failure; after MOST_ATTEMPTS set the event aside under a key of its own."""
        self.done.failed += 1
        attempts = int(event.attempts or 0) + 1
        actions = [Event.attempts.set(attempts)]
        if attempts >= MOST_ATTEMPTS:
            actions.append(Event.GSI2PK.set(QUARANTINE))
        level = logging.ERROR if attempts >= MOST_ATTEMPTS else logging.WARNING
        log.log(
            level, "event=%s action=%s attempts=%d error=%s", event.id, event.action, attempts, type(error).__name__
        )
        already = AlreadyDrainedError(event.id)
        with transaction() as writes:
            self.hold.guard(writes)
            writes.update(event, actions, given=Event.GSI2PK.exists(), otherwise=already)
            if attempts >= MOST_ATTEMPTS:
                writes.create(SetAside.of(event), otherwise=already)


def _number_of_events(group: Sequence[_Parcel]) -> int:
    return sum(len(parcel.contents) for parcel in group)


def _may_be_of_an_event(error: Exception) -> bool:
    """Rows were refused for what they hold, or could not be made. Trouble, or what others changed, is of none."""
    if isinstance(error, VerboseClientError):
        return refuses_content(error)
    return not isinstance(error, (ChangedMeanwhileError, UnavailableError, OSError))


def _still_pending(entries: Sequence[Event]) -> Iterator[list[Event]]:
    """Each entry's events. The index may name some that were drained a moment ago: the rows themselves decide."""
    rows = find_all([(Event, entry.PK, entry.SK) for entry in entries], consistent=True)
    firsts: list[Event] = []
    room = BATCH_GET_LIMIT
    for row in rows:
        if not isinstance(row, Event) or row.GSI2PK not in PENDING_SHARDS:
            continue
        if len(row.companions or []) > room:
            yield from with_companions(firsts)
            firsts, room = [], BATCH_GET_LIMIT
        firsts.append(row)
        room -= len(row.companions or [])
    yield from with_companions(firsts)
