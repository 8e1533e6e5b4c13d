"""A map node by node, from the root that its newest checkpoint commits to, against what the log's events set in it."""

from collections.abc import Iterator, Mapping

from defiso.auditing.checkpoints import Signed
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.scratch import Scratch
from defiso.core.state_map import EMPTY, NIBBLES, BrokenMapError, Bucket, Entry, Inner, prove
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import stored_nodes
from defiso.transparency.recording import checkpoint_in, read_checkpoint

AT_ONCE = 50  # nodes, which are 100 slots: one BatchGetItem
ATTEMPTS = 3
Others = Mapping[bytes, set[bytes]]


def check_map(slug: str, scratch: Scratch, newest: Signed, others: Others) -> Steps:
    """``others`` are values that keys may have beside what the log's events say."""
    waiting: list[tuple[str, bytes]] = [("", newest.map_root)]
    while waiting:
        some, waiting = waiting[-AT_ONCE:], waiting[:-AT_ONCE]
        wanted = [(prefix, named) for prefix, named in some if named != EMPTY]
        found = stored_nodes(slug, wanted)
        for prefix, _named in wanted:
            node = found.get(prefix)
            if node is None:
                yield from _missing(slug, scratch, prefix)
            elif isinstance(node, Inner):
                waiting += [(prefix + nibble, child) for nibble, child in zip(NIBBLES, node.children, strict=True)]
            elif isinstance(node, Bucket):
                yield from _compare(slug, scratch, node.entries, others)
        yield Progress()
    for known in scratch.not_in_map():
        yield Finding(Kind.MAP, slug, known.name, f"The map lacks what {known.source} says of {known.name}.")


def _missing(slug: str, scratch: Scratch, prefix: str) -> Iterator[Finding]:
    """The node is not there; a worker that has gone on meanwhile has written others in its place."""
    scratch.note_in_map_below(prefix)
    if not _is_whole_now(slug, prefix):
        sentence = f"The node of the map under '{prefix}' is gone or was changed: rebuild_map makes it again."
        yield Finding(Kind.MAP, slug, prefix, sentence)


def _is_whole_now(slug: str, prefix: str) -> bool:
    """Whether the newest checkpoint leads to a node at this place: asked again if it moves meanwhile."""
    key = bytes.fromhex(prefix.ljust(64, "0"))
    for _attempt in range(ATTEMPTS):
        row = read_checkpoint(slug, consistent=True)
        if row is None:
            return False
        try:
            prove(lambda wanted: stored_nodes(slug, wanted), checkpoint_in(slug, row).map_root, key)
        except (BrokenMapError, BrokenLogError):
            continue
        return True
    return False


def _compare(slug: str, scratch: Scratch, entries: tuple[Entry, ...], others: Others) -> Iterator[Finding]:
    scratch.note_in_map(key for key, _value in entries)
    for key, value in entries:
        known = scratch.newest(key)
        if (known and known.value == value) or value in others.get(key, set()):
            continue
        if known:
            sentence = f"The map does not say of {known.name} what {known.source} says."
            yield Finding(Kind.MAP, slug, known.name, sentence)
        elif not scratch.unreadable:
            yield Finding(Kind.MAP, slug, key.hex(), f"The map has a value under {key.hex()} that no event brought.")
