"""One log from its first entry to its last: every event, every entry, the tiles, and the root at every checkpoint."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from defiso.auditing.checkpoints import CheckpointsOf, Signed
from defiso.auditing.entries import EntryCheck, Place
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.rows import read_events, rows_between
from defiso.auditing.scratch import Scratch
from defiso.auditing.tiles import TileCheck
from defiso.core.clock import now
from defiso.core.ids import time_of
from defiso.core.tree_log import Edge
from defiso.store.items import BATCH_GET_LIMIT
from defiso.store.keys import tenant_key
from defiso.transparency.entries import id_in
from defiso.transparency.models import ENTRIES, ENTRY_SIZE, Entries

LONGEST_UNSIGNED = timedelta(hours=1)
PAGE = 50  # rows of entries


@dataclass
class LogCheck:
    """``newest`` is the checkpoint that counts, None if there is none; ``size`` how many entries were walked."""

    slug: str
    scratch: Scratch
    newest: Signed | None = None
    size: int = 0
    _edge: Edge = field(default_factory=Edge)
    _is_whole: bool = True  # until an entry is missing: then no root can be computed any more
    _unsigned_since: str = ""

    def steps(self) -> Steps:
        checkpoints = CheckpointsOf(self.slug)
        yield from checkpoints.read_newest()
        self.newest = checkpoints.newest
        signed = self.newest.size if self.newest else 0
        tiles = TileCheck(self.slug, signed)
        due = checkpoints.by_size()
        yield from checkpoints.findings()
        upcoming = next(due, None)
        check = EntryCheck(self.slug, self.scratch, signed)
        waiting: list[Place] = []
        for step in self._places():
            if isinstance(step, Finding):
                yield step
                continue
            while upcoming and upcoming.size == step.position:
                yield from self._compare(upcoming)
                yield from checkpoints.findings()
                upcoming = next(due, None)
            if step.position < signed and self._is_whole:
                self._edge = self._edge.extended([step.leaf], tiles.filled)
                yield from tiles.leaf(step.position, step.leaf)
            else:
                self._edge = self._edge.extended([step.leaf])
            waiting.append(step)
            if len(waiting) == BATCH_GET_LIMIT:
                yield from self._judge(check, waiting)
                waiting = []
        yield from self._judge(check, waiting)
        while upcoming:
            yield from self._compare(upcoming)
            yield from checkpoints.findings()
            upcoming = next(due, None)
        yield from checkpoints.findings()
        yield from tiles.end() if self._is_whole else ()
        yield from self._unsigned(signed)

    def _places(self) -> Iterator[Place | Finding]:
        """Every entry in order, and what is wrong with the rows they are in."""
        for page in rows_between(Entries, tenant_key(self.slug), ENTRIES, f"{ENTRIES}~", page_size=PAGE):
            for raw in page:
                row = Entries.from_raw_data(raw)
                octets, start = bytes(row.octets or b""), row.SK.removeprefix(ENTRIES)
                if not start.isdecimal() or len(octets) % ENTRY_SIZE or not octets:
                    yield self._entries(row.SK, f"The row of entries {row.SK} cannot be read.")
                    continue
                yield from self._follows(int(start))
                for event_id, leaf in row.pairs:
                    yield Place(self.size, id_in(event_id), leaf)
                    self.size += 1
                if self.newest and self.size > self.newest.size and not self._unsigned_since:
                    self._unsigned_since = row.operation or ""

    def _follows(self, start: int) -> Iterator[Finding]:
        if start > self.size:
            first, last = self.size, start - 1
            self._is_whole = False
            self.size = start
            self.scratch.unreadable += start - first
            yield self._entries(f"{first}–{last}", f"The entries at positions {first} to {last} are gone.")
        elif start < self.size:
            sentence = f"Two rows have an entry at position {start}: one of them was inserted."
            self._is_whole = False
            yield self._entries(str(start), sentence)

    def _judge(self, check: EntryCheck, places: list[Place]) -> Steps:
        events = read_events(self.slug, [place.event_id for place in places])
        for place, event in zip(places, events, strict=True):
            yield from check.steps(place, event)
        yield Progress(len(places))

    def _compare(self, signed: Signed) -> Iterator[Finding]:
        """What the entries so far lead to, and what was signed of them."""
        if self.size < signed.size:
            there = f"{self.size:,} of {signed.size:,}"
            yield self._entries(
                str(self.size), f"Checkpoint {signed.generation} signs entries that are gone: {there} are there."
            )
        elif self._is_whole and self._edge.root != signed.root:
            sentence = f"The first {signed.size:,} entries are not those that checkpoint {signed.generation} signs."
            yield Finding(Kind.CHECKPOINT, self.slug, str(signed.generation), sentence)

    def _unsigned(self, signed: int) -> Iterator[Finding]:
        if self.size <= signed or not self._unsigned_since:
            return
        try:
            is_late = now() - time_of(self._unsigned_since) > LONGEST_UNSIGNED  # by a clock that is ahead, never
        except ValueError:
            is_late = True
        if is_late:
            sentence = f"No checkpoint signs the entries from position {signed} on, though they are not new."
            yield Finding(Kind.CHECKPOINT, self.slug, str(signed), sentence)

    def _entries(self, where: str, sentence: str) -> Finding:
        return Finding(Kind.ENTRIES, self.slug, where, sentence)
