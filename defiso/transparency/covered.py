"""Tiles of a log that a checkpoint covers: each is led up to the root that was signed before anybody is given it.

The partly filled tiles on the right make the root; a full one is a single hash of the tile above it. So what somebody
writes into rows is noticed here, and not by whoever has kept the answer for a year.
"""

from collections.abc import Iterable
from itertools import pairwise

from defiso.core.cache import TimedCache
from defiso.core.checkpoints import Checkpoint
from defiso.core.tiles import WIDTH, MissingTileError, nodes_in, tiles_for, width_of
from defiso.core.tree_log import SIZE, Edge, Place, places_of
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.tree_rows import read_tiles

Tiles = dict[Place, bytes]
_edges: TimedCache[Tiles] = TimedCache(size=64, seconds=600)


def covered_tiles(tenant_slug: str, checkpoint: Checkpoint, places: Iterable[Place]) -> Tiles:
    """These tiles as they are under the checkpoint's root, at most 256 hashes each: at most two queries and two reads.

    Raises BrokenLogError if what is stored does not lead there. Whoever signed the checkpoint was asked before.
    """
    asked = list(places)
    size = checkpoint.size
    edge = _edge(tenant_slug, checkpoint)
    ways = [way_up(place, size) for place in asked]
    missing = sorted({place for way in ways for place in way} - edge.keys())
    tiles = edge | (read_tiles(tenant_slug, missing, size) if missing else {})
    for way in ways:
        for place, above in pairwise(way):
            _require_under(tenant_slug, tiles, place, above)
    return {place: tiles[place] for place in asked}


def way_up(place: Place, size: int) -> list[Place]:
    """The tile and those above it, up to the first that is not full: that one is at the right edge of the tree."""
    way = [place]
    while width_of(way[-1], size) == WIDTH:
        level, index = way[-1]
        way.append((level + 1, index // WIDTH))
    if not width_of(way[-1], size):
        raise ValueError("the tree has no such tile")
    return way


def forget_covered_tiles() -> None:
    """Read every tile afresh: for tests."""
    _edges.clear()


def _edge(tenant_slug: str, checkpoint: Checkpoint) -> Tiles:
    """The tiles at the right edge, which make the root."""
    name = f"{tenant_slug} {checkpoint.size} {checkpoint.root.hex()}"
    if kept := _edges.get(name):
        return kept
    span = (0, checkpoint.size)
    tiles = read_tiles(tenant_slug, tiles_for([span]), checkpoint.size)
    node = nodes_in(tiles)
    try:
        root = Edge(checkpoint.size, tuple(node(*place) for place in places_of(span))).root
    except MissingTileError as error:
        raise BrokenLogError(tenant_slug, str(error)) from error
    if root != checkpoint.root:
        raise BrokenLogError(tenant_slug, "its entries do not lead to what was signed of them")
    _edges.put(name, tiles)
    return tiles


def _require_under(tenant_slug: str, tiles: Tiles, place: Place, above: Place) -> None:
    """That a full tile is the hash which the tile above has for it."""
    octets, start = tiles.get(place, b""), place[1] % WIDTH * SIZE
    hashes = [octets[at : at + SIZE] for at in range(0, len(octets), SIZE)]
    named = tiles.get(above, b"")[start : start + SIZE]
    if len(octets) != WIDTH * SIZE or Edge().extended(hashes).root != named:
        raise BrokenLogError(tenant_slug, f"tile {place[1]} of level {place[0]} is missing or another one")
