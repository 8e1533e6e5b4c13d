"""Every event into its body's log, in the draining transaction: exactly once, and in the order in which they leave.

One row for each body and transaction, which must not be there yet. What is made of the new entries is in ``recording``.
"""

from collections import defaultdict
from collections.abc import Sequence

from pynamodb.expressions.update import Action

from defiso.audit.models import Event
from defiso.core.cache import TimedCache
from defiso.outbox.projection import Projection
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.transparency.entries import Entry, entry_of
from defiso.transparency.errors import LogMovedError
from defiso.transparency.models import ENTRIES, Entries, entries_key

_appended: TimedCache[Entry] = TimedCache(size=20_000, seconds=600)


class Appending(Projection[Entry]):
    """``touched`` are the bodies whose logs have grown in this pass."""

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self._ends: dict[str, int] = {}
        self._added: dict[str, list[Entry]] = {}

    def read(self, event: Event) -> Entry | None:
        return entry_of(event)

    def parts(self, additions: Sequence[Entry]) -> int:
        return len({entry.tenant_slug for entry in additions})

    def add(self, writes: Writes, additions: Sequence[Entry]) -> None:
        by_tenant: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in additions:
            by_tenant[entry.tenant_slug].append(entry)
        self._added = dict(by_tenant)
        for slug, entries in by_tenant.items():
            if slug not in self._ends:
                self._ends[slug] = end_of(slug)
            row = Entries(tenant_key(slug), entries_key(self._ends[slug]))
            row.octets = b"".join(entry.octets for entry in entries)
            writes.create(row, otherwise=LogMovedError(slug))

    def marks(self, event: Event) -> list[Action]:
        """Where the log has this event, which is among those added last."""
        added = self._added[event.tenant_slug]
        place = next(place for place, entry in enumerate(added) if entry.event_id == event.id)
        return [Event.position.set(self._ends[event.tenant_slug] + place)]

    def committed(self) -> None:
        for slug, entries in self._added.items():
            for place, entry in enumerate(entries):
                _appended.put(f"{slug} {self._ends[slug] + place}", entry)
            self._ends[slug] += len(entries)
            self.touched.add(slug)
        self._added = {}


def end_of(tenant_slug: str) -> int:
    """How many entries the log has: one query."""
    newest = Entries.query(
        tenant_key(tenant_slug), Entries.SK.startswith(ENTRIES), scan_index_forward=False, limit=1, consistent_read=True
    )
    return max((row.end for row in newest), default=0)


def just_appended(tenant_slug: str, position: int) -> Entry | None:
    """The entry, if this process has put it there a moment ago; no row is believed for that."""
    return _appended.get(f"{tenant_slug} {position}")


def forget_appended() -> None:
    """As after a restart: for tests."""
    _appended.clear()
