"""The tiles of one log against its entries."""

from collections.abc import Iterator

from defiso.auditing.findings import Finding, Kind
from defiso.core.tiles import HEIGHT, WIDTH
from defiso.core.tree_log import Place
from defiso.store.keys import tenant_key
from defiso.transparency.models import Tile, tile_key


class TileCheck:
    """Is given leaves and the nodes above them in order, up to ``size``; keeps no tile longer than it takes to fill."""

    def __init__(self, slug: str, size: int) -> None:
        self._slug = slug
        self._size = size
        self._open: dict[Place, list[bytes]] = {}
        self._full: list[Place] = []

    def leaf(self, position: int, leaf: bytes) -> Iterator[Finding]:
        self._add(0, position, leaf)
        full, self._full = self._full, []
        for place in full:
            yield from self._compare(place, self._open.pop(place))

    def filled(self, level: int, index: int, hash_: bytes) -> None:
        if level % HEIGHT == 0:
            self._add(level // HEIGHT, index, hash_)

    def end(self) -> Iterator[Finding]:
        """Those that are not full: of the leaves there is no row yet."""
        for place, hashes in sorted(self._open.items()):
            if place[0]:
                yield from self._compare(place, hashes)

    def _add(self, level: int, index: int, hash_: bytes) -> None:
        place = (level, index // WIDTH)
        self._open.setdefault(place, []).append(hash_)
        if index % WIDTH == WIDTH - 1:
            self._full.append(place)

    def _compare(self, place: Place, hashes: list[bytes]) -> Iterator[Finding]:
        """A tile that is not full may have grown since the checkpoint was read."""
        level, index = place
        row = Tile.find(tenant_key(self._slug), tile_key(level, index), consistent=True)
        wanted, stored = b"".join(hashes), bytes(row.octets) if row else b""
        if not stored.startswith(wanted):
            what = "was changed" if row else "is gone"
            where = f"{level}/{index}"
            yield Finding(Kind.TILE, self._slug, where, f"Tile {index} of level {level} {what}: it can be made again.")
