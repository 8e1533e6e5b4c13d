"""From new entries of a log to its next checkpoint: tiles, the map, and the signed note that commits to both.

All of it follows from the entries, so a crash between two writes only means that they are made again. Nothing is
signed that does not go on from what was signed before.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from defiso.audit.models import Event, event_key
from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note
from defiso.core.state_map import EMPTY, BrokenMapError, updated, values_of
from defiso.core.tree_log import EMPTY_ROOT, Edge
from defiso.outbox.hold import Hold
from defiso.store.errors import DamagedRowError
from defiso.store.items import BATCH_GET_LIMIT, find_all, find_rows
from defiso.store.keys import tenant_key
from defiso.store.transactions import put_alone
from defiso.transparency.appending import end_of, just_appended
from defiso.transparency.entries import Change, Entry, entry_of, id_in
from defiso.transparency.errors import BrokenLogError, LogMovedError
from defiso.transparency.map_rows import MapWriter
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint, kept_key
from defiso.transparency.tree_rows import TileWriter, edge_at, entries_between

MOST_AT_ONCE = 4000  # entries of one checkpoint
LOOKED_BACK = BATCH_GET_LIMIT  # entries, when a log is taken up by another worker: moments lie between two that cross
log = logging.getLogger(__name__)


Values = Callable[[Iterable[bytes]], Mapping[bytes, bytes]]
Derive = Callable[[str, Sequence[Change], Values], Mapping[bytes, bytes]]


def _nothing(_slug: str, _changes: Sequence[Change], _values: Values) -> Mapping[bytes, bytes]:
    return {}


@dataclass
class _Known:
    """What this process signed last of a log: no row is believed against it."""

    checkpoint: Checkpoint
    edge: Edge


@dataclass
class Recorder:
    """One of a worker. ``sign`` makes the note of a body's checkpoint, ``origin_of`` is the name of its log.

    ``require_newest`` raises BrokenLogError for a checkpoint that a worker without memory of it must not go on from.
    ``derive`` is given what each checkpoint changes in a map and how to read values of it; it writes rows that follow
    from that and says what the map is to have of them. ``least_generation`` of what it signs: beyond all that was
    signed in a time which a restored backup has lost.
    """

    sign: Callable[[str, Checkpoint], Note]
    origin_of: Callable[[str], str]
    require_newest: Callable[[str, KeptCheckpoint | None], None]
    derive: Derive = _nothing
    least_generation: int = 0
    _known: dict[str, _Known] = field(default_factory=dict)
    _waiting: dict[str, list[Change]] = field(default_factory=dict)

    def record(self, hold: Hold, slug: str, *, also: Mapping[bytes, bytes] | None = None) -> Checkpoint | None:
        """The newest checkpoint, after everything in the log now is in it; None of a log without entries.

        ``also`` is set in the map beside what the entries say. Raises BrokenLogError, LogMovedError.
        """
        row = read_checkpoint(slug, consistent=True)
        known = self._go_on_from(slug, row)
        end = end_of(slug)
        is_due = bool(also) or (slug not in self._known and self._finds_waiting(slug, known.checkpoint))
        if end < known.edge.size:
            raise BrokenLogError(slug, f"entries up to {known.edge.size} were signed, and {end} are there")
        while known.edge.size < end or is_due:
            hold.keep()
            until = min(end, known.edge.size + MOST_AT_ONCE)
            row, known = self._step(slug, row, known, until, also or {})
            also, is_due = None, False
        self._known[slug] = known
        return known.checkpoint if row else None

    def _go_on_from(self, slug: str, row: KeptCheckpoint | None) -> _Known:
        """Where the newest checkpoint left off, having made sure that it is ours and that the rows still lead to it."""
        known = self._known.get(slug)
        if row is None:
            if known and known.checkpoint.generation:
                raise BrokenLogError(slug, "its newest checkpoint is gone")
            self.require_newest(slug, None)
            return _Known(Checkpoint(self.origin_of(slug), 0, EMPTY_ROOT, 0, EMPTY), Edge())
        checkpoint = checkpoint_in(slug, row)
        if known and known.checkpoint == checkpoint:
            return known
        if known and checkpoint.generation <= known.checkpoint.generation:
            raise BrokenLogError(slug, "an older checkpoint was put in the place of the newest")
        self.require_newest(slug, row)
        edge = edge_at(slug, checkpoint.size)
        if edge.root != checkpoint.root:
            raise BrokenLogError(slug, "its entries do not lead to what was signed of them")
        return _Known(checkpoint, edge)

    def _finds_waiting(self, slug: str, checkpoint: Checkpoint) -> bool:
        """Whether a change waited when the worker before ended, and can be made now; it is kept for the next step."""
        changes = changes_before(slug, checkpoint.size)
        try:
            current = values_of(MapWriter(slug).read, checkpoint.map_root, {change.key for change in changes})
        except BrokenMapError:  # the step that needs these nodes says so
            return False
        following, _waiting = followers(current, changes)
        passed = passed_values(current, changes)
        waiting = [one for one in changes if one.value not in passed and current.get(one.key) != one.value]
        if waiting:
            self._waiting[slug] = waiting
        return bool(following)

    def _step(
        self, slug: str, row: KeptCheckpoint | None, known: _Known, until: int, also: Mapping[bytes, bytes]
    ) -> tuple[KeptCheckpoint, _Known]:
        start = known.edge.size
        entries = list(_trusted(slug, start, until))
        tiles = TileWriter(slug)
        for place, entry in enumerate(entries):
            tiles.leaf(start + place, entry.leaf)
        edge = known.edge.extended((entry.leaf for entry in entries), tiles.filled)
        tiles.write()
        map_root = self._write_map(slug, known.checkpoint.map_root, entries, also)
        generation = max(known.checkpoint.generation + 1, self.least_generation)
        checkpoint = Checkpoint(self.origin_of(slug), edge.size, edge.root, generation, map_root)
        fresh = _put_checkpoint(slug, checkpoint, self.sign(slug, checkpoint), instead_of=row)
        return fresh, _Known(checkpoint, edge)

    def _write_map(self, slug: str, root: bytes, entries: Iterable[Entry], also: Mapping[bytes, bytes]) -> bytes:
        changes = [*self._waiting.pop(slug, []), *(entry.change for entry in entries if entry.change)]
        writer = MapWriter(slug)
        try:
            current = values_of(writer.read, root, {change.key for change in changes})
            following, waiting = followers(current, changes)
            derived = self.derive(slug, following, partial(values_of, writer.read, root))
            root, nodes = updated(writer.read, root, {**newest_values(following), **derived, **also})
        except BrokenMapError as error:
            raise BrokenLogError(slug, str(error)) from error
        writer.write(nodes)
        if waiting:
            log.error("log=%s changes that follow on no state of the map: %d", slug, len(waiting))
            self._waiting[slug] = waiting
        return root


def followers(current: Mapping[bytes, bytes], changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """The changes in an order in which each follows on the one it names; and those that follow on none.

    A change that is in the map already is left out: events may be brought again by whoever can write rows.
    """
    values: dict[bytes, bytes] = {}
    following: list[Change] = []
    waiting = list(changes)
    moved = True
    while moved and waiting:
        moved, rest = False, []
        for change in waiting:
            value = values.get(change.key, current.get(change.key, b""))
            if value == change.previous:
                values[change.key] = change.value
                following.append(change)
                moved = True
            elif value != change.value:
                rest.append(change)
        waiting = rest
    return following, waiting


def newest_values(following: Iterable[Change]) -> dict[bytes, bytes]:
    """What the keys have after these changes, in their order."""
    return {change.key: change.value for change in following}


def passed_values(current: Mapping[bytes, bytes], changes: Iterable[Change]) -> set[bytes]:
    """The values that the keys had before their current ones, as far as these changes tell."""
    before = {change.value: change.previous for change in changes}
    passed: set[bytes] = set()
    for value in current.values():
        while (value := before.get(value, b"")) and value not in passed:
            passed.add(value)
    return passed


def changes_before(slug: str, size: int) -> list[Change]:
    """What the last entries before ``size`` set in the map, those alone whose events are there as they were logged."""
    rows = list(entries_between(slug, max(0, size - LOOKED_BACK), size))
    keys = [(Event, tenant_key(slug), event_key(id_in(event_id))) for _position, event_id, _leaf in rows]
    changes = []
    for (position, _id, leaf), row in zip(rows, find_rows(keys, consistent=True), strict=True):
        try:
            entry = _entry_at(slug, position, Event.whole(row) if row else None, leaf)
        except (BrokenLogError, DamagedRowError):  # for a full check to name
            continue
        if entry.change:
            changes.append(entry.change)
    return changes


def read_checkpoint(slug: str, *, consistent: bool = False) -> KeptCheckpoint | None:
    """The row of the newest checkpoint: one GetItem. Raises BrokenLogError if it is none."""
    try:
        return KeptCheckpoint.find(tenant_key(slug), CHECKPOINT, consistent=consistent)
    except DamagedRowError as error:
        raise BrokenLogError(slug, "its checkpoint cannot be read") from error


def checkpoint_in(slug: str, row: KeptCheckpoint) -> Checkpoint:
    """What the row's note says, whoever signed it. Raises BrokenLogError if it is none."""
    try:
        return Checkpoint.from_text(Note.from_octets(row.note.encode()).text)
    except ValueError as error:
        raise BrokenLogError(slug, "its checkpoint cannot be read") from error


def keep_checkpoint(slug: str, checkpoint: Checkpoint, *, batch_id: str) -> None:
    """Keep the newest checkpoint for good, under its generation: it goes into this batch. Raises LogMovedError."""
    row = read_checkpoint(slug, consistent=True)
    if row is None or row.generation != checkpoint.generation:
        raise LogMovedError(slug)
    kept = KeptCheckpoint(row.PK, kept_key(row.generation), note=row.note, size=row.size, generation=row.generation)
    kept.batch_id = batch_id
    fresh_or_same = KeptCheckpoint.PK.does_not_exist() | (KeptCheckpoint.note == row.note)
    put_alone(kept, given=fresh_or_same, otherwise=LogMovedError(slug))


def _put_checkpoint(
    slug: str, checkpoint: Checkpoint, note: Note, *, instead_of: KeptCheckpoint | None
) -> KeptCheckpoint:
    fresh = KeptCheckpoint(tenant_key(slug), CHECKPOINT, note=note.to_octets().decode())
    fresh.size, fresh.generation = checkpoint.size, checkpoint.generation
    same = KeptCheckpoint.operation == instead_of.operation if instead_of else KeptCheckpoint.PK.does_not_exist()
    put_alone(fresh, given=same, otherwise=LogMovedError(slug))
    return fresh


def _trusted(slug: str, start: int, until: int) -> Iterable[Entry]:
    """The entries as this process appended them, else as the events say whose codes are ours: no row is believed."""
    missing: dict[int, tuple[bytes, bytes]] = {}
    found: dict[int, Entry] = {}
    for position in range(start, until):
        if entry := just_appended(slug, position):
            found[position] = entry
    if len(found) < until - start:
        rows = entries_between(slug, start, until)
        missing = {position: (event_id, leaf) for position, event_id, leaf in rows if position not in found}
    positions = list(missing)
    for at in range(0, len(positions), BATCH_GET_LIMIT):
        some = positions[at : at + BATCH_GET_LIMIT]
        keys = [(Event, tenant_key(slug), event_key(id_in(missing[position][0]))) for position in some]
        for position, event in zip(some, find_all(keys, consistent=True), strict=True):
            found[position] = _entry_at(slug, position, event, missing[position][1])
    return (found[position] for position in range(start, until))


def _entry_at(slug: str, position: int, event: object, leaf: bytes) -> Entry:
    try:
        entry = entry_of(event) if isinstance(event, Event) else None
    except ValueError as error:
        raise BrokenLogError(slug, f"the event at position {position} is not ours") from error
    if entry is None or entry.leaf != leaf:
        raise BrokenLogError(slug, f"the event at position {position} is gone or another one")
    return entry
