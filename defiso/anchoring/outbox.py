"""The outbox: events still to be handled are drained in order into look-ups, counts and the collecting batch.

Look-ups first, which may be written twice; then one transaction takes events out of the outbox and everything that must
happen exactly once in. An event that fails again and again is set aside and the rest go on.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from defiso.anchoring.collecting import add_counts, add_leaves, find_open_batch
from defiso.anchoring.effects import Effects, counts_by_tenant, effects_of
from defiso.anchoring.errors import AlreadyDrainedError
from defiso.anchoring.hold import Hold
from defiso.anchoring.lookups import publish_lookups
from defiso.anchoring.models import Batch
from defiso.audit.models import Event
from defiso.audit.services import PENDING_SHARDS, pending_shard
from defiso.core.errors import ChangedMeanwhileError, UnavailableError
from defiso.store.items import find_all
from defiso.store.transactions import MOST_PARTS, transaction

MOST_ATTEMPTS = 5
QUARANTINE = "QUARANTINE"
PASS_SECONDS = 4.0
READ_AHEAD = 95
log = logging.getLogger(__name__)


@dataclass
class Drained:
    """What one pass did. ``is_quiet``: it reached the end of the outbox and met no credential on the way."""

    events: int = 0
    leaves: int = 0
    failed: int = 0
    reached_end: bool = True

    @property
    def is_quiet(self) -> bool:
        return self.reached_end and not self.leaves


def drain_outbox(hold: Hold, *, seconds: float = PASS_SECONDS) -> Drained:
    """Handle what is pending, for about ``seconds`` at most, shared by the shards so that a busy one starves none."""
    return _Pass(hold, seconds_per_shard=seconds / len(PENDING_SHARDS)).run()


def quarantined_events(most: int = 100) -> list[Event]:
    """Events set aside after MOST_ATTEMPTS failures, oldest first."""
    return list(Event.GSI2.query(QUARANTINE, limit=most))


def retry_quarantined() -> int:
    """Put events that were set aside back into the outbox, once what they failed on is mended; returns how many."""
    events = quarantined_events()
    for event in events:
        actions = [Event.GSI2PK.set(pending_shard(event.tenant_slug)), Event.attempts.remove()]
        with transaction() as writes:
            writes.update(event, actions, given=Event.GSI2PK == QUARANTINE, otherwise=AlreadyDrainedError(event.id))
    return len(events)


class _Pass:
    """One walk through the outbox. ``held_up`` are the targets whose earlier event failed: theirs stay in order."""

    def __init__(self, hold: Hold, *, seconds_per_shard: float) -> None:
        self.hold = hold
        self.seconds_per_shard = seconds_per_shard
        self.done = Drained()
        self.held_up: set[str] = set()
        self.batch: Batch | None = find_open_batch()

    def run(self) -> Drained:
        for shard in PENDING_SHARDS:
            self._run_shard(shard)
        return self.done

    def _run_shard(self, shard: str) -> None:
        deadline = time.monotonic() + self.seconds_per_shard
        indexed = iter(Event.GSI2.query(shard, page_size=READ_AHEAD))
        while events := list(islice(indexed, READ_AHEAD)):
            self.hold.keep()
            for group in _groups(self._effects(_still_pending(events))):
                self._drain(group)
            if time.monotonic() > deadline:
                self.done.reached_end = False
                return

    def _effects(self, events: Iterable[Event]) -> Iterator[Effects]:
        for event in events:
            if event.GSI1PK in self.held_up:
                continue
            try:
                effects = effects_of(event)
            except Exception as error:  # whatever is wrong with it, the rest go on
                self._count_failure(event, error)
            else:
                yield effects

    def _drain(self, group: Sequence[Effects]) -> None:
        """Drain a group; if that fails, its halves, down to the one event that is to blame."""
        group = [effects for effects in group if effects.event.GSI1PK not in self.held_up]
        if not group:
            return
        try:
            publish_lookups(self.hold, group)
            self.batch = self._take_out(group)
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
            self.done.leaves += sum(effects.leaf is not None for effects in group)

    def _take_out(self, group: Sequence[Effects]) -> Batch | None:
        with transaction() as writes:
            self.hold.guard(writes)
            for effects in group:
                writes.update(
                    effects.event,
                    [Event.GSI2PK.remove(), Event.GSI2SK.remove()],
                    given=Event.GSI2PK.exists(),
                    otherwise=AlreadyDrainedError(effects.event.id),
                )
            add_counts(writes, counts_by_tenant(group))
            batch = add_leaves(writes, self.batch, [effects.leaf for effects in group if effects.leaf])
        return batch

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
        with transaction() as writes:
            self.hold.guard(writes)
            writes.update(event, actions, given=Event.GSI2PK.exists(), otherwise=AlreadyDrainedError(event.id))


def _still_pending(indexed: Sequence[Event]) -> list[Event]:
    """The index may name events drained a moment ago: the rows themselves decide."""
    rows = find_all([(Event, event.PK, event.SK) for event in indexed], consistent=True)
    return [row for row in rows if isinstance(row, Event) and row.GSI2PK in PENDING_SHARDS]


def _groups(effects: Iterable[Effects]) -> Iterator[list[Effects]]:
    """As many events as fit one transaction: each is a part, and each tenant's share and counts are two more."""
    group: list[Effects] = []
    tenants: set[str] = set()
    for effect in effects:
        tenants.add(effect.event.tenant_slug)
        if 3 + len(group) + 1 + 2 * len(tenants) > MOST_PARTS:  # the lease, the batch, its leaves
            yield group
            group, tenants = [], {effect.event.tenant_slug}
        group.append(effect)
    if group:
        yield group
