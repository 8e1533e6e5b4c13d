"""The nodes of a body's map as rows: read by the hash that is wanted, written beside the one that is in use.

A place has two slots. A reader takes the one that holds the node wanted; a writer writes over another, provided that
nobody has since it was read, so that a worker that was asleep spoils nothing.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from defiso.core.cache import TimedCache
from defiso.core.state_map import Node, Wanted, node_from_octets
from defiso.store.errors import DamagedRowError
from defiso.store.items import BATCH_GET_LIMIT, Row, find_rows
from defiso.store.keys import tenant_key
from defiso.store.transactions import put_alone
from defiso.transparency.errors import LogMovedError
from defiso.transparency.models import SLOTS, MapNode, node_key

WRITERS = 2
FEW = 8  # nodes: those of one certificate, which are written sooner than threads are started
_nodes: TimedCache[Node] = TimedCache(size=4000, seconds=3600)  # by hash, so that what is kept is never out of date


def read_nodes(tenant_slug: str, wanted: Wanted, *, consistent: bool = False) -> dict[str, Node]:
    """Those that are there, by prefix: from memory, else one BatchGetItem for every fifty."""
    found = {prefix: node for prefix, named in wanted if (node := _nodes.get(named.hex()))}
    missing = [(prefix, named) for prefix, named in wanted if prefix not in found]
    if missing:
        for prefix, node in stored_nodes(tenant_slug, missing, consistent=consistent).items():
            found[prefix] = node
            _nodes.put(node.hash.hex(), node)
    return found


def stored_nodes(tenant_slug: str, wanted: Wanted, *, consistent: bool = True) -> dict[str, Node]:
    """Those that are there, as the rows have them now."""
    rows = _rows(tenant_slug, [prefix for prefix, _named in wanted], consistent=consistent)
    return {
        prefix: node
        for prefix, named in wanted
        for row in rows[prefix]
        if (node := _node_in(row, prefix)) and node.hash == named
    }


def nodes_towards(tenant_slug: str, key: bytes, depth: int) -> dict[str, list[Node]]:
    """Every node stored at the first ``depth`` places on the way to a key: one BatchGetItem."""
    prefixes = [key.hex()[:length] for length in range(depth)]
    rows = _rows(tenant_slug, prefixes)
    return {prefix: [node for row in rows[prefix] if (node := _node_in(row, prefix))] for prefix in prefixes}


def keep_nodes(nodes: Mapping[str, list[Node]]) -> None:
    """Remember them for ``read_nodes``."""
    for some in nodes.values():
        for node in some:
            _nodes.put(node.hash.hex(), node)


def forget_map_nodes() -> None:
    """Read every node afresh: for tests."""
    _nodes.clear()


class _Slots(NamedTuple):
    """The slot to write next, and what wrote what is there now."""

    free: int
    written_by: str | None


class MapWriter:
    """Reads nodes for an update and writes what came of it. One serves one update."""

    def __init__(self, tenant_slug: str) -> None:
        self._tenant_slug = tenant_slug
        self._slots: dict[str, _Slots] = {}
        self._found: dict[str, Node] = {}

    def read(self, wanted: Wanted) -> dict[str, Node]:
        """From the rows themselves, once: what is in a slot is written over."""
        self._read([pair for pair in wanted if pair[0] not in self._found])
        return {prefix: self._found[prefix] for prefix, _hash in wanted if prefix in self._found}

    def _read(self, wanted: Wanted) -> None:
        named = dict(wanted)
        rows = _rows(self._tenant_slug, list(named), consistent=True)
        for prefix, hash_ in named.items():
            used = None
            for slot, row in enumerate(rows[prefix]):
                if (node := _node_in(row, prefix)) and node.hash == hash_:
                    used, self._found[prefix] = slot, node
            self._note_slots(prefix, rows[prefix], used)

    def write(self, nodes: Mapping[str, Node]) -> None:
        """Raises LogMovedError if another worker has written one of these places meanwhile."""
        self._look_at([prefix for prefix in nodes if prefix not in self._slots])
        if len(nodes) <= FEW:
            for item in nodes.items():
                self._put(item)
            return
        with ThreadPoolExecutor(WRITERS) as writers:  # each put waits for the store, and none for another
            list(writers.map(self._put, nodes.items()))

    def _put(self, item: tuple[str, Node]) -> None:
        prefix, node = item
        slots = self._slots[prefix]
        row = MapNode(tenant_key(self._tenant_slug), node_key(prefix, slots.free), octets=node.to_octets())
        same = MapNode.operation == slots.written_by if slots.written_by else MapNode.PK.does_not_exist()
        put_alone(row, given=same, otherwise=LogMovedError(self._tenant_slug))
        _nodes.put(node.hash.hex(), node)

    def _look_at(self, prefixes: list[str]) -> None:
        """Places that no node is in use at."""
        rows = _rows(self._tenant_slug, prefixes, consistent=True)
        for prefix in prefixes:
            self._note_slots(prefix, rows[prefix], None)

    def _note_slots(self, prefix: str, rows: list[MapNode | None], used: int | None) -> None:
        free = 1 - used if used is not None else _older(rows)
        row = rows[free]
        self._slots[prefix] = _Slots(free, row.operation if row else None)


def _rows(tenant_slug: str, prefixes: list[str], *, consistent: bool = False) -> dict[str, list[MapNode | None]]:
    """Both slots of each place."""
    pk, each = tenant_key(tenant_slug), BATCH_GET_LIMIT // len(SLOTS)
    found: dict[str, list[MapNode | None]] = {}
    for start in range(0, len(prefixes), each):
        some = prefixes[start : start + each]
        keys = [(MapNode, pk, node_key(prefix, slot)) for prefix in some for slot in SLOTS]
        rows = [_whole(row) for row in find_rows(keys, consistent=consistent)]
        found |= {prefix: rows[len(SLOTS) * at : len(SLOTS) * (at + 1)] for at, prefix in enumerate(some)}
    return found


def _whole(row: Row | None) -> MapNode | None:
    """None for what is no row of a node, as if it were not there."""
    try:
        return MapNode.whole(row) if row else None
    except DamagedRowError:
        return None


def _older(rows: list[MapNode | None]) -> int:
    """The slot that was written longer ago: what another worker has just put there may be in use in a moment."""
    return min(SLOTS, key=lambda slot: (row.operation or "") if (row := rows[slot]) else "")


def _node_in(row: MapNode | None, prefix: str) -> Node | None:
    """None for what is no node of this place: whoever wanted it finds it missing."""
    try:
        return node_from_octets(bytes(row.octets), prefix) if row else None
    except ValueError:
        return None
