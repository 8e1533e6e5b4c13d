"""The rows of a map made again from the events of its log, after nodes were lost. ``manage.py rebuild_map`` calls this.

It may run beside a worker: rows are found by their content, and only slots that are not in use are written, each if it
is as it was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from defiso.audit.models import Event
from defiso.audit.services import PLATFORM
from defiso.auditing.bodies import all_bodies
from defiso.auditing.checkpoints import CheckpointsOf
from defiso.auditing.errors import MapMovesOnError, MapNotRebuiltError
from defiso.auditing.rows import read_events
from defiso.core.state_map import Node, build
from defiso.transparency.entries import Change, checkpoint_key, entry_of, id_in
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import MapWriter, stored_nodes
from defiso.transparency.recording import followers, read_checkpoint
from defiso.transparency.tree_rows import entries_between

ATTEMPTS = 5


@dataclass(frozen=True)
class Rebuilt:
    """Of ``nodes`` in the map, ``written`` were missing or had been changed."""

    nodes: int
    written: int


def rebuild_map(slug: str) -> Rebuilt:
    """Raises MapNotRebuiltError unless the log leads to the map that its newest checkpoint commits to, MapMovesOnError.

    Memory grows with the number of certificates: about 100 MB for 100,000.
    """
    written = 0
    for _attempt in range(ATTEMPTS):
        generation, nodes = _nodes_of(slug)
        missing = _missing(slug, nodes)
        MapWriter(slug).write(missing)
        written += len(missing)
        row = read_checkpoint(slug, consistent=True)
        if row is None or row.generation == generation:
            return Rebuilt(len(nodes), written)
    raise MapMovesOnError(slug)


def _nodes_of(slug: str) -> tuple[int, dict[str, Node]]:
    """The generation of the newest checkpoint, and every node of the map that it commits to."""
    checkpoints = CheckpointsOf(slug)
    for finding in checkpoints.read_newest():
        raise MapNotRebuiltError(slug, finding.sentence.removesuffix("."))
    if checkpoints.newest is None:
        raise MapNotRebuiltError(slug, "there is no checkpoint")
    values, _waiting = followers({}, _changes(slug, checkpoints.newest.size))
    root, nodes = build({**values, **(_checkpoints_of_all() if slug == PLATFORM else {})})
    if root != checkpoints.newest.map_root:
        raise MapNotRebuiltError(slug, f"its log does not lead to what checkpoint {checkpoints.newest.generation} says")
    return checkpoints.newest.generation, nodes


def _changes(slug: str, size: int) -> Iterator[Change]:
    try:
        entries = list(entries_between(slug, 0, size))
        events = read_events(slug, [id_in(event_id) for _position, event_id, _leaf in entries])
        for (position, _id, leaf), event in zip(entries, events, strict=True):
            entry = entry_of(event) if isinstance(event, Event) else None
            if entry is None or entry.leaf != leaf:
                raise MapNotRebuiltError(slug, f"the event at position {position} is gone or another one")
            if entry.change:
                yield entry.change
    except (ValueError, BrokenLogError) as error:
        raise MapNotRebuiltError(slug, str(error).removesuffix(".")) from error


def _checkpoints_of_all() -> dict[bytes, bytes]:
    """What the platform's map has beside its events: of every body the newest checkpoint that went into a batch."""
    newest = {slug: list(CheckpointsOf(slug).kept_from(0))[-1:] for slug in all_bodies()}
    return {checkpoint_key(slug): signed.digest for slug, found in newest.items() for signed in found}


def _missing(slug: str, nodes: dict[str, Node]) -> dict[str, Node]:
    stored = stored_nodes(slug, [(prefix, node.hash) for prefix, node in nodes.items()])
    return {prefix: node for prefix, node in nodes.items() if prefix not in stored}
