"""The Merkle tree of a log: RFC 6962, 2.1. Hashes have 32 bytes; the leaf hash of data is SHA-256(0x00 ‖ data).

A *node* (level, index) is the complete subtree over leaves index · 2^level up to (index + 1) · 2^level. Paths are made
of nodes that a callback gives, so that nothing here knows how they are kept; ``core.tiles`` keeps them in tiles.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SIZE = 32  # of a hash, in bytes
MOST = 2**63 - 1  # leaves

NodeAt = Callable[[int, int], bytes]  # level, index
Place = tuple[int, int]  # level, index
Span = tuple[int, int]  # first leaf, and the one after the last

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Edge:
    """What a log needs to know of itself to go on: the nodes that its leaves fill, the largest and leftmost first.

    There is one for each bit that is set in ``size``. Raises ValueError for anything else.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MOST or len(self.hashes) != self.size.bit_count():
            raise ValueError("an edge has one hash for each bit set in its size")
        if any(len(hash_) != SIZE for hash_ in self.hashes):
            raise ValueError("a hash has 32 bytes")

    def extended(
        self, leaf_hashes: Iterable[bytes], filled: Callable[[int, int, bytes], None] = lambda *_: None
    ) -> "Edge":
        """The edge with these leaves after it; ``filled`` is told level, index and hash of each node above them."""
        size, hashes = self.size, list(self.hashes)
        for found in leaf_hashes:
            index, level = size, 0
            while index & 1:
                found = node_hash(hashes.pop(), found)
                index, level = index >> 1, level + 1
                filled(level, index, found)
            hashes.append(found)
            size += 1
        return Edge(size, tuple(hashes))

    @property
    def root(self) -> bytes:
        """The root of the whole log, ``EMPTY_ROOT`` if it has no leaf."""
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT


def places_of(span: Span) -> list[Place]:
    """The nodes that fill this span of leaves, left to right; those of (0, size) are the edge's."""
    start, end = span
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        places.append((level, start >> level))
        start += 1 << level
    return places


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes are the path of a leaf, from the leaf up (RFC 6962, 2.1.1)."""
    if not 0 <= index < size <= MOST:
        raise ValueError("the leaf is not in the tree")
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes lead from the tree of ``old`` leaves to that of ``new`` (RFC 6962, 2.1.2); none from 0."""
    if not 0 <= old <= new <= MOST:
        raise ValueError("a tree does not shrink")
    spans, start, end = list[Span](), 0, new
    while old and end != old:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:
        spans.append((start, end))
    return spans[::-1]


def inclusion_path(index: int, size: int, node: NodeAt) -> list[bytes]:
    return [span_hash(span, node) for span in inclusion_spans(index, size)]


def consistency_path(old: int, new: int, node: NodeAt) -> list[bytes]:
    return [span_hash(span, node) for span in consistency_spans(old, new)]


def span_hash(span: Span, node: NodeAt) -> bytes:
    """The root of the tree over the leaves of one span of a path, or of (0, size) where ``size`` is at least 1."""
    return _joined([node(*place) for place in places_of(span)])


def inclusion_holds(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` leads from this leaf hash at ``index`` to the root of ``size`` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size <= MOST or not _are_hashes(leaf, root, *path):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            at, last = _past_promotions(at, last)
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(*, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of ``new`` leaves begins with that of ``old`` (RFC 9162, 2.1.4.2). An empty one begins any."""
    if not 0 <= old <= new <= MOST or not _are_hashes(old_root, new_root, *path):
        return False
    if old == 0 and old_root != EMPTY_ROOT:
        return False
    if old in (0, new):
        return not path and (old < new or old_root == new_root)
    if not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            at, last = _past_promotions(at, last)
        else:
            found_new = node_hash(found_new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _split(count: int) -> int:
    """The largest power of two below ``count``, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over nodes that stand side by side, each smaller than the one before."""
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = node_hash(left, found)
    return found


def _past_promotions(at: int, last: int) -> tuple[int, int]:
    """Past the levels on which the last node has no sibling and is its own parent."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(hash_) == SIZE for hash_ in hashes)
