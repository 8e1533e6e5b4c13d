"""The files of a log for whoever follows it: tiles and bundles of entries, by c2sp.org/tlog-tiles.

Nothing is given that the newest checkpoint does not cover, and each hash and each entry is led up to its root first.
"""

from defiso.core.cache import TimedCache
from defiso.core.canonical import sha256
from defiso.core.checkpoints import Checkpoint
from defiso.core.errors import NotFoundError
from defiso.core.tiles import WIDTH, TileName, bundle_of, width_of
from defiso.core.tree_log import SIZE
from defiso.transparency.covered import covered_tiles
from defiso.transparency.telling import read_entries
from defiso.verification.log.signed import Log, newest_checkpoint

_bundles: TimedCache[bytes] = TimedCache(size=64, seconds=600)  # of 256 entries 130 KB, and 60 ms to make


class NoSuchTileError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("The newest checkpoint of this log has no such tile, or its path is written otherwise.")


def name_of(path: str) -> TileName:
    """Of ``0/x001/x234/067`` or ``entries/000.p/17``. Raises NoSuchTileError for any other writing."""
    try:
        return TileName.from_path(f"tile/{path}")
    except ValueError:
        raise NoSuchTileError from None


def read_file(log: Log, name: TileName) -> bytes:
    """The tile or bundle. Raises NoSuchTileError, EmptyLogError, BrokenLogError."""
    checkpoint = newest_checkpoint(log).checkpoint
    place = (name.level or 0, name.index)
    if name.width > width_of(place, checkpoint.size):
        raise NoSuchTileError
    hashes = covered_tiles(log.slug, checkpoint, [place])[place][: name.width * SIZE]
    return hashes if name.level is not None else _bundle(log, checkpoint, name, sha256(hashes))


def forget_bundles() -> None:
    """Make every bundle afresh: for tests."""
    _bundles.clear()


def _bundle(log: Log, checkpoint: Checkpoint, name: TileName, digest: bytes) -> bytes:
    """The entries under these leaf hashes, which never change: what led to their digest once is kept."""
    key = f"{log.slug} {name.index} {digest.hex()}"
    if kept := _bundles.get(key):
        return kept
    start = name.index * WIDTH
    bundle = bundle_of(read_entries(log.slug, checkpoint, start, start + name.width))
    _bundles.put(key, bundle)
    return bundle
