"""The files of a log for whoever follows it: tiles and bundles of entries, by c2sp.org/tlog-tiles.

Nothing is given that the newest checkpoint does not cover, and each hash and each entry is led up to its root first.
"""

from defiso.core.errors import NotFoundError
from defiso.core.tiles import WIDTH, TileName, bundle_of, width_of
from defiso.core.tree_log import SIZE
from defiso.transparency.covered import covered_tiles
from defiso.transparency.telling import read_entries
from defiso.verification.log.signed import Log, newest_checkpoint


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
    if name.level is None:
        start = name.index * WIDTH
        return bundle_of(read_entries(log.slug, checkpoint, start, start + name.width))
    return covered_tiles(log.slug, checkpoint, [place])[place][: name.width * SIZE]
