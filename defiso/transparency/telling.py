"""What the entries of a log say, read from the events as they are kept now: each must still be what was signed."""

from collections.abc import Iterator

from defiso.audit.models import Event, event_key
from defiso.core.checkpoints import Checkpoint
from defiso.core.tiles import WIDTH
from defiso.core.tree_log import SIZE, leaf_hash
from defiso.store.errors import DamagedRowError
from defiso.store.items import BATCH_GET_LIMIT, Row, find_rows
from defiso.store.keys import tenant_key
from defiso.transparency.covered import covered_tiles
from defiso.transparency.entries import id_in, leaf_data
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.tree_rows import entries_between


def read_entries(tenant_slug: str, checkpoint: Checkpoint, start: int, end: int) -> list[bytes]:
    """The leaf data of the entries from ``start`` up to ``end``, which are of one tile and covered by the checkpoint.

    One query and a BatchGetItem for each hundred, beside those of ``covered_tiles``. Raises BrokenLogError, which
    names the first event that was changed or is gone.
    """
    place = (0, start // WIDTH)
    leaves = covered_tiles(tenant_slug, checkpoint, [place])[place]
    ids = [id_in(event_id) for _position, event_id, _leaf in entries_between(tenant_slug, start, end)]
    told = []
    for position, row in enumerate(_rows(tenant_slug, ids), start):
        at = position % WIDTH * SIZE
        data = _data_of(row)
        if data is None or leaf_hash(data) != leaves[at : at + SIZE]:
            raise BrokenLogError(tenant_slug, f"the event at position {position} is gone or another one")
        told.append(data)
    return told


def _rows(tenant_slug: str, ids: list[str]) -> Iterator[Row | None]:
    for at in range(0, len(ids), BATCH_GET_LIMIT):
        some = ids[at : at + BATCH_GET_LIMIT]
        yield from find_rows([(Event, tenant_key(tenant_slug), event_key(event_id)) for event_id in some])


def _data_of(row: Row | None) -> bytes | None:
    """None for a row that no event of ours can have."""
    try:
        return leaf_data(Event.whole(row)) if row else None
    except (DamagedRowError, TypeError, ValueError):
        return None
