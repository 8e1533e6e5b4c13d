"""What the platform's map says, by its newest checkpoint: kept for some seconds, and read again where rows moved on.

Whether that checkpoint is the newest there ever was, the chain tells (``anchoring.witness``).
"""

from collections.abc import Iterable
from functools import partial

from defiso.audit.services import PLATFORM
from defiso.core.cache import TimedCache
from defiso.core.checkpoints import Checkpoint
from defiso.core.state_map import BrokenMapError, values_of
from defiso.credentials.platform_notes import checked_note, platform_note_keys
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import read_nodes
from defiso.transparency.recording import read_checkpoint

KEPT_SECONDS = 5
ATTEMPTS = 3  # the worker may go on between two reads
_kept: TimedCache[Checkpoint] = TimedCache(size=1, seconds=KEPT_SECONDS)


def platform_checkpoint(*, fresh: bool = False) -> Checkpoint | None:
    """The platform's newest, None before its first. Raises BrokenLogError if what is there does not count."""
    if not fresh and (kept := _kept.get(PLATFORM)):
        return kept
    row = read_checkpoint(PLATFORM, consistent=fresh)
    if row is None:
        return None
    try:
        checkpoint, _at = checked_note(row.note, platform_note_keys()[:1])
    except ValueError as error:
        raise BrokenLogError(PLATFORM, str(error)) from error
    _kept.put(PLATFORM, checkpoint)
    return checkpoint


def platform_values(keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """The values of those keys that have one: one read for each level that is not in memory. Raises BrokenLogError."""
    wanted = list(keys)
    for attempt in range(ATTEMPTS):
        checkpoint = platform_checkpoint(fresh=attempt > 0)
        if checkpoint is None:
            return {}
        read = partial(read_nodes, PLATFORM, consistent=attempt > 0)
        try:
            return values_of(read, checkpoint.map_root, wanted)
        except BrokenMapError as error:
            broken = error
    raise BrokenLogError(PLATFORM, str(broken)) from broken


def forget_platform_map() -> None:
    """Read it afresh: for tests."""
    _kept.clear()
