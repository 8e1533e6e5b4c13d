"""Tiles of a log's tree, 256 hashes wide, and bundles of its entries: files and paths of c2sp.org/tlog-tiles.

The tile (level, index) has the hashes of up to 256 nodes of level 8 · level of the tree (``core.tree_log``).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from defiso.core.tree_log import SIZE, Edge, NodeAt, Place, Span, places_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
LONGEST_ENTRY = 2**16 - 1  # bytes

_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class MissingTileError(LookupError):
    """The tile ``place`` (level, index) is not among those given, or is too short."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"tile {place[1]} of level {place[0]} is missing or too short")
        self.place = place


@dataclass(frozen=True)
class TileName:
    """A tile or, if ``level`` is None, the bundle of entries beside one of level 0. Raises ValueError beyond bounds."""

    level: int | None
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (0 <= (self.level or 0) <= 63 and 0 <= self.index < 1000**7 and 1 <= self.width <= WIDTH):
            raise ValueError("no such tile")

    @property
    def path(self) -> str:
        """``tile/0/x001/x234/067``, ``tile/entries/000.p/17``."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        index = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{index}{partial}"

    @classmethod
    def from_path(cls, path: str) -> "TileName":
        """Raises ValueError for any path but the one that ``path`` writes."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise ValueError("this is no path of a tile")
        level = None if found["level"] == "entries" else int(found["level"])
        name = cls(level, int(re.sub("[x/]", "", found["index"])), int(found["width"] or WIDTH))
        if name.path != path:
            raise ValueError("the path of this tile is written otherwise")
        return name


def width_of(place: Place, size: int) -> int:
    """How many hashes the tile has in a tree of ``size`` leaves: 256 if it is full, 0 if there is no such tile."""
    level, index = place
    return max(0, min(WIDTH, (size >> HEIGHT * level) - WIDTH * index))


def tiles_for(spans: Iterable[Span]) -> list[Place]:
    """The tiles that hold what these spans of a path are made of, in order, each once."""
    return sorted({_tile_with(place)[0] for span in spans for place in places_of(span)})


def nodes_in(tiles: Mapping[Place, bytes]) -> NodeAt:
    """A callback for paths that answers from the octets of these tiles. Raises MissingTileError."""

    def node(level: int, index: int) -> bytes:
        tile, start, count = _tile_with((level, index))
        octets = tiles.get(tile, b"")
        hashes = [octets[at : at + SIZE] for at in range(start * SIZE, (start + count) * SIZE, SIZE)]
        if len(octets) < (start + count) * SIZE:
            raise MissingTileError(tile)
        return Edge().extended(hashes).root

    return node


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """The leaf data of up to 256 entries, each after its length as two octets. Raises ValueError if one is too long."""
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"an entry of a log has at most {LONGEST_ENTRY} bytes")
        parts += [len(entry).to_bytes(2), entry]
    if len(parts) > 2 * WIDTH:
        raise ValueError(f"a bundle has at most {WIDTH} entries")
    return b"".join(parts)


def entries_in(bundle: bytes) -> list[bytes]:
    """Raises ValueError for anything but whole entries, at most 256."""
    entries, at = list[bytes](), 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2])
        if end > len(bundle) or len(entries) == WIDTH:
            raise ValueError("this is no bundle of entries")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def _tile_with(place: Place) -> tuple[Place, int, int]:
    """The tile from which this node is computed, the first of its hashes that are needed, and how many."""
    level, index = place
    above = level % HEIGHT
    first = index << above
    return (level // HEIGHT, first // WIDTH), first % WIDTH, 1 << above
