"""The Merkle tree of a batch: node = SHA-256(left ‖ right), an odd node is promoted, not doubled.

Leaves are 32-byte digests of credentials; a path names on which side each sibling stands.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from defiso.core.canonical import sha256

Side = Literal["left", "right"]
Step = tuple[Side, bytes]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The 32-byte root over at least one 32-byte leaf."""
    return _levels(leaves)[-1][0]


def path_of(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The siblings of this leaf from its own level up to just below the root."""
    path: list[Step] = []
    for level in _kept_levels(tuple(leaves))[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(("left" if sibling < index else "right", level[sibling]))
        index //= 2
    return path


def root_from(leaf: bytes, path: Sequence[Step]) -> bytes:
    """The root that this leaf and path lead to."""
    node = leaf
    for side, sibling in path:
        node = sha256(sibling + node) if side == "left" else sha256(node + sibling)
    return node


@lru_cache(maxsize=128)
def _kept_levels(leaves: tuple[bytes, ...]) -> list[list[bytes]]:
    """The neighbours of a leaf are asked for their paths too."""
    return _levels(leaves)


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    if not leaves:
        raise ValueError("a Merkle tree has at least one leaf")
    if any(len(leaf) != 32 for leaf in leaves):
        raise ValueError("a leaf is 32 bytes")
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        level = [sha256(below[i] + below[i + 1]) for i in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            level.append(below[-1])
        levels.append(level)
    return levels
