"""Draining: events still to be handled leave the outbox in order, with everything that the projections make of them.

First what may be written twice; then one transaction takes events out of the outbox and everything that must happen
exactly once in. An event that fails again and again is set aside and the rest go on.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from defiso.audit.models import Event
from defiso.audit.services import PENDING_SHARDS
from defiso.core.errors import ChangedMeanwhileError, UnavailableError
from defiso.outbox.errors import AlreadyDrainedError
from defiso.outbox.hold import Hold
from defiso.outbox.models import SetAside
from defiso.outbox.projection import Projection
from defiso.outbox.services import QUARANTINE
from defiso.store.items import find_all
from defiso.store.transactions import MOST_PARTS, transaction

MOST_ATTEMPTS = 5
PASS_SECONDS = 4.0
READ_AHEAD = 95
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


class _Pass:
    """One walk through the outbox. ``held_up`` are the targets whose earlier event failed: theirs stay in order."""

    def __init__(self, hold: Hold, projections: Projections, *, seconds_per_shard: float) -> None:
        self.hold = hold
        self.projections = projections
        self.seconds_per_shard = seconds_per_shard
        self.done = Drained()
        self.held_up: set[str] = set()

    def run(self) -> Drained:
        for shard in PENDING_SHARDS:
            self._run_shard(shard)
        return self.done

    def _run_shard(self, shard: str) -> None:
        deadline = time.monotonic() + self.seconds_per_shard
        indexed = iter(Event.GSI2.query(shard, page_size=READ_AHEAD))
        while events := list(islice(indexed, READ_AHEAD)):
            self.hold.keep()
            for group in self._groups(self._understood(_still_pending(events))):
                self._drain(group)
            if time.monotonic() > deadline:
                self.done.reached_end = False
                return

    def _understood(self, events: Iterable[Event]) -> Iterator[_Understood]:
        for event in events:
            if event.GSI1PK in self.held_up:
                continue
            try:
                additions = tuple(projection.read(event) for projection in self.projections)
            except Exception as error:  # whatever is wrong with it, the rest go on
                self._count_failure(event, error)
            else:
                yield _Understood(event, additions)

    def _groups(self, events: Iterable[_Understood]) -> Iterator[list[_Understood]]:
        """As many events as fit one transaction: the lease, each event, and what the projections add."""
        group: list[_Understood] = []
        for event in events:
            if group and 1 + len(group) + 1 + self._parts([*group, event]) > MOST_PARTS:
                yield group
                group = []
            group.append(event)
        if group:
            yield group

    def _parts(self, group: Sequence[_Understood]) -> int:
        return sum(projection.parts(additions) for projection, additions in self._by_projection(group))

    def _by_projection(self, group: Sequence[_Understood]) -> Iterator[tuple[Projection[Any], list[Any]]]:
        """Each projection with its additions of the group, in order."""
        for position, projection in enumerate(self.projections):
            every = (event.additions[position] for event in group)
            yield projection, [addition for addition in every if addition is not None]

    def _drain(self, group: Sequence[_Understood]) -> None:
        """Drain a group; if that fails, its halves, down to the one event that is to blame."""
        group = [understood for understood in group if understood.event.GSI1PK not in self.held_up]
        if not group:
            return
        try:
            for projection, additions in self._by_projection(group):
                projection.publish(self.hold, additions)
            self._take_out(group)
        except (ChangedMeanwhileError, UnavailableError):
            raise  # another worker, or the store: no fault of an event's
        except Exception as error:  # one event must not stop the others; an outage stops the count below
            if len(group) == 1:
                self._count_failure(group[0].event, error)
                return
            middle = len(group) // 2
            self._drain(group[:middle])
            self._drain(group[middle:])
        else:
            self.done.events += len(group)
            self.done.credentials += sum(understood.event.credential is not None for understood in group)

    def _take_out(self, group: Sequence[_Understood]) -> None:
        with transaction() as writes:
            self.hold.guard(writes)
            for understood in group:
                writes.update(
                    understood.event,
                    [Event.GSI2PK.remove(), Event.GSI2SK.remove()],
                    given=Event.GSI2PK.exists(),
                    otherwise=AlreadyDrainedError(understood.event.id),
                )
            for projection, additions in self._by_projection(group):
                projection.add(writes, additions)
        for projection in self.projections:
            projection.committed()

    def _count_failure(self, event: Event, error: Exception) -> None:
        """Note one more failure; after MOST_ATTEMPTS set the event aside under a key of its own."""
        self.held_up.add(event.GSI1PK)
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


def _still_pending(indexed: Sequence[Event]) -> list[Event]:
    """The index may name events drained a moment ago: the rows themselves decide."""
    rows = find_all([(Event, event.PK, event.SK) for event in indexed], consistent=True)
    return [row for row in rows if isinstance(row, Event) and row.GSI2PK in PENDING_SHARDS]
