"""The status lists against what the log's states make of them: what the map has of each stretch, and its row."""

from collections.abc import Iterator
from functools import partial

from defiso.auditing.checkpoints import Signed
from defiso.auditing.findings import Finding, Kind
from defiso.auditing.maps import Others
from defiso.auditing.scratch import Scratch
from defiso.core.canonical import sha256
from defiso.core.state_map import BrokenMapError, values_of
from defiso.credentials.status_bits import Rows, Stretch, find_octets, read_rows
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import stored_nodes
from defiso.transparency.recording import read_checkpoint


def stretches_in_map(slug: str, scratch: Scratch) -> Others:
    """What the map may have beside its certificates."""
    return {key: {digest} for key, digest in scratch.status_lists.digests(slug).items()}


def check_status_lists(slug: str, scratch: Scratch, newest: Signed) -> Iterator[Finding]:
    """What the map lacks, and rows that it does not name. Nothing of a log in which events cannot be read, since they
    would say what the lists are; nothing of a map that goes on meanwhile, or is broken, which ``maps`` says.
    """
    expected = scratch.status_lists.octets
    if not expected or scratch.unreadable:
        return
    keys = [stretch.key(slug) for stretch in expected]
    try:
        named = values_of(partial(stored_nodes, slug), newest.map_root, keys)
    except BrokenMapError:
        return
    rows = read_rows(slug, expected)
    for stretch in expected:
        digest = named.get(stretch.key(slug))
        if digest is None:
            sentence = f"The map lacks stretch {stretch.place} of the status lists {stretch.number}."
            yield Finding(Kind.MAP, slug, _name(stretch), sentence)
        elif (
            digest == sha256(expected[stretch])
            and not _is_there(slug, stretch, rows[stretch], digest)
            and _stands(slug, newest)
        ):
            sentence = f"Stretch {stretch.place} of the status lists {stretch.number} is gone or was changed"
            yield Finding(Kind.STATUS_LIST, slug, _name(stretch), f"{sentence}: rebuild_status_lists makes it again.")


def _is_there(slug: str, stretch: Stretch, rows: Rows, digest: bytes) -> bool:
    try:
        find_octets(slug, stretch, rows, digest)
    except BrokenLogError:
        return False
    return True


def _stands(slug: str, newest: Signed) -> bool:
    row = read_checkpoint(slug, consistent=True)
    return row is not None and row.generation == newest.generation


def _name(stretch: Stretch) -> str:
    return f"{stretch.number}#{stretch.place}"
