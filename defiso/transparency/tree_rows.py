"""The tree of a body's log from its rows: tiles, the edge after so many entries, and paths for proofs."""

from collections.abc import Callable, Iterable, Iterator

from defiso.core.tiles import HEIGHT, WIDTH, MissingTileError, nodes_in, tiles_for, width_of
from defiso.core.tree_log import (
    SIZE,
    Edge,
    Place,
    Span,
    consistency_path,
    consistency_spans,
    inclusion_path,
    inclusion_spans,
    places_of,
)
from defiso.store.items import BATCH_GET_LIMIT, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import put_alone
from defiso.transparency.errors import BrokenLogError, LogMovedError
from defiso.transparency.models import ENTRIES, Entries, Tile, entries_key, tile_key

LONGEST_ROW = 128  # entries: more than a transaction has parts, so that a row that reaches a position begins after this


def entries_between(tenant_slug: str, start: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
    """(position, id, leaf hash) of the entries from ``start`` up to ``end``: one query for each megabyte.

    Raises BrokenLogError if one is missing or two are in one place.
    """
    first, last = entries_key(max(0, start - LONGEST_ROW)), entries_key(max(0, end - 1))
    rows = Entries.query(tenant_key(tenant_slug), Entries.SK.between(first, last), consistent_read=True)
    expected = None
    for row in rows:
        if expected is not None and row.start != expected:
            break
        expected = row.end
        for place, (event_id, leaf) in enumerate(row.pairs):
            if start <= row.start + place < end:
                yield row.start + place, event_id, leaf
    if start < end and (expected is None or expected < end):
        raise BrokenLogError(tenant_slug, f"its entries before position {end} are not all there")


def edge_at(tenant_slug: str, size: int) -> Edge:
    """The edge of the first ``size`` entries, from full tiles and the entries after them. Raises BrokenLogError."""
    full = size - size % WIDTH
    places = places_of((0, full))
    tiles = read_tiles(tenant_slug, tiles_for([(0, full)]) if full else [], size)
    node = nodes_in(tiles)
    try:
        edge = Edge(full, tuple(node(*place) for place in places))
    except MissingTileError as error:
        raise BrokenLogError(tenant_slug, str(error)) from error
    return edge.extended(leaf for _position, _id, leaf in entries_between(tenant_slug, full, size))


def inclusion_of(tenant_slug: str, position: int, size: int) -> list[bytes]:
    """The path of an entry to the root of the first ``size``: at most two queries and one BatchGetItem."""
    return _path(tenant_slug, inclusion_spans(position, size), size, lambda node: inclusion_path(position, size, node))


def consistency_of(tenant_slug: str, old: int, new: int) -> list[bytes]:
    """The path that shows the first ``old`` entries to be those of the first ``new``."""
    return _path(tenant_slug, consistency_spans(old, new), new, lambda node: consistency_path(old, new, node))


def read_tiles(tenant_slug: str, places: Iterable[Place], size: int) -> dict[Place, bytes]:
    """The octets of these tiles in a log of ``size`` entries; what is missing is left out."""
    asked = list(places)
    stored = [place for place in asked if place[0] or width_of(place, size) == WIDTH]
    tiles: dict[Place, bytes] = {}
    for start in range(0, len(stored), BATCH_GET_LIMIT):
        some = stored[start : start + BATCH_GET_LIMIT]
        rows = find_all([(Tile, tenant_key(tenant_slug), tile_key(*place)) for place in some], consistent=True)
        tiles |= {place: bytes(row.octets) for place, row in zip(some, rows, strict=True) if isinstance(row, Tile)}
    for level, index in asked:
        if (level, index) not in tiles and level == 0 and (width := width_of((0, index), size)):
            leaves = entries_between(tenant_slug, index * WIDTH, index * WIDTH + width)
            tiles[0, index] = b"".join(leaf for _position, _id, leaf in leaves)
    return {place: octets[: width_of(place, size) * SIZE] for place, octets in tiles.items()}


class TileWriter:
    """Gathers what an extended edge fills, and writes the tiles of it."""

    def __init__(self, tenant_slug: str) -> None:
        self._tenant_slug = tenant_slug
        self._hashes: dict[Place, dict[int, bytes]] = {}

    def leaf(self, position: int, leaf: bytes) -> None:
        self._set(0, position, leaf)

    def filled(self, level: int, index: int, hash_: bytes) -> None:
        if level % HEIGHT == 0:
            self._set(level // HEIGHT, index, hash_)

    def write(self) -> None:
        """Full tiles of level 0, and whatever is new of higher ones. Raises LogMovedError."""
        for level, index in sorted(self._hashes):
            fresh = self._hashes[level, index]
            if level == 0:
                if max(fresh) != WIDTH - 1:
                    continue
                if len(fresh) < WIDTH:
                    before = entries_between(self._tenant_slug, index * WIDTH, (index + 1) * WIDTH)
                    fresh = {position % WIDTH: leaf for position, _id, leaf in before} | fresh
            self._put(level, index, fresh)

    def _put(self, level: int, index: int, fresh: dict[int, bytes]) -> None:
        key = (tenant_key(self._tenant_slug), tile_key(level, index))
        old = Tile.find(*key, consistent=True) if level else None
        octets = bytearray(old.octets if old else b"")
        for place in sorted(fresh):
            octets[place * SIZE : (place + 1) * SIZE] = fresh[place]
        same = Tile.operation == old.operation if old else Tile.PK.does_not_exist()
        if old is None or bytes(octets) != old.octets:
            put_alone(Tile(*key, octets=bytes(octets)), given=same, otherwise=LogMovedError(self._tenant_slug))

    def _set(self, level: int, index: int, hash_: bytes) -> None:
        self._hashes.setdefault((level, index // WIDTH), {})[index % WIDTH] = hash_


def _path(
    tenant_slug: str, spans: list[Span], size: int, walk: Callable[[Callable[[int, int], bytes]], list[bytes]]
) -> list[bytes]:
    tiles = read_tiles(tenant_slug, tiles_for(spans), size)
    try:
        return walk(nodes_in(tiles))
    except MissingTileError as error:
        raise BrokenLogError(tenant_slug, str(error)) from error


__all__ = ["ENTRIES", "TileWriter", "consistency_of", "edge_at", "entries_between", "inclusion_of", "read_tiles"]
