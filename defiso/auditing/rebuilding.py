"""The rows of a map, and of status lists, made again from the events of a log, after some were lost or changed.
``manage.py rebuild_map`` and ``rebuild_status_lists`` call this.

It may run beside a worker: rows are found by their content, and only slots that are not in use are written, each if it
is as it was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from defiso.audit.models import Event
from defiso.audit.services import PLATFORM
from defiso.auditing.bodies import all_bodies
from defiso.auditing.checkpoints import CheckpointsOf
from defiso.auditing.errors import MapMovesOnError, MapNotRebuiltError
from defiso.auditing.rows import read_events
from defiso.certificates.bits_of_status import Stretches
from defiso.core.state_map import Node, build
from defiso.credentials.status_bits import read_rows, write_stretches
from defiso.transparency.entries import Change, checkpoint_key, entry_of, id_in
from defiso.transparency.errors import BrokenLogError, LogMovedError
from defiso.transparency.map_rows import MapWriter, stored_nodes
from defiso.transparency.recording import followers, newest_values, read_checkpoint
from defiso.transparency.tree_rows import entries_between

ATTEMPTS = 5


@dataclass(frozen=True)
class Rebuilt:
    """Of ``rows``, nodes of a map or stretches of lists, ``written`` were missing or had been changed."""

    rows: int
    written: int


def rebuild_map(slug: str) -> Rebuilt:
    """Raises MapNotRebuiltError unless the log leads to the map that its newest checkpoint commits to, MapMovesOnError.

    Memory grows with the number of certificates: about 100 MB for 100,000.
    """
    written = 0
    for _attempt in range(ATTEMPTS):
        known = _read_log(slug)
        missing = _missing(slug, known.nodes)
        MapWriter(slug).write(missing)
        written += len(missing)
        row = read_checkpoint(slug, consistent=True)
        if row is None or row.generation == known.generation:
            return Rebuilt(len(known.nodes), written)
    raise MapMovesOnError(slug)


def rebuild_status_lists(slug: str) -> Rebuilt:
    """The stretches of a body's status lists, by the states in its log. Raises as ``rebuild_map`` does."""
    written = 0
    for _attempt in range(ATTEMPTS):
        known = _read_log(slug)
        octets, in_use = known.lists.octets, known.lists.digests(slug)
        rows = read_rows(slug, octets)
        try:
            written += write_stretches(slug, {one: (octets[one], rows[one]) for one in octets}, in_use=in_use)
        except LogMovedError:
            continue
        row = read_checkpoint(slug, consistent=True)
        if row is None or row.generation == known.generation:
            return Rebuilt(len(octets), written)
    raise MapMovesOnError(slug)


class _Log(NamedTuple):
    """What a log says up to its newest checkpoint, which commits to every one of these ``nodes`` of the map."""

    generation: int
    nodes: dict[str, Node]
    lists: Stretches


def _read_log(slug: str) -> _Log:
    checkpoints = CheckpointsOf(slug)
    for finding in checkpoints.read_newest():
        raise MapNotRebuiltError(slug, finding.sentence.removesuffix("."))
    if checkpoints.newest is None:
        raise MapNotRebuiltError(slug, "there is no checkpoint")
    following, _waiting = followers({}, _changes(slug, checkpoints.newest.size))
    lists = Stretches().take(following)
    beside = _checkpoints_of_all() if slug == PLATFORM else lists.digests(slug)
    root, nodes = build({**newest_values(following), **beside})
    if root != checkpoints.newest.map_root:
        raise MapNotRebuiltError(slug, f"its log does not lead to what checkpoint {checkpoints.newest.generation} says")
    return _Log(checkpoints.newest.generation, nodes, lists)


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
