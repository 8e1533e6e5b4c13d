"""The map of a log: key -> value, 32 bytes each, as a Merkle trie whose root is a function of the entries alone.

A node stands under a prefix, the lower-case hex nibbles that its keys begin with; the root's is "". It is a *bucket* if
it holds at most 14 entries, else an *inner* node with 16 children. The octets that are stored are the octets that are
hashed: 0x00 ‖ key ‖ value ‖ key ‖ value … by ascending key (at most 897), or 0x01 ‖ 16 hashes (513). The empty bucket
has a hash and is never stored or read. Entries are set or replaced, never removed.

Rows that setting new random keys writes among 100,000, median of 15: one key alone 5, 33 at once 112 (the most 120),
330 at once 863, 1,000 at once 2,185. A bucket that splits adds up to 16. Setting 33 reads five times and takes 1.2 ms
beside that.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

CAPACITY = 14
SIZE = 32  # of a key, of a value and of a hash, in bytes
NIBBLES = "0123456789abcdef"

Entry = tuple[bytes, bytes]


class BrokenMapError(Exception):
    """The node under ``prefix`` is missing, is not the one that its parent (or the root) names, or cannot be there."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f"the node of the map under {prefix!r} is missing or is not the one named above it")
        self.prefix = prefix


@dataclass(frozen=True)
class Bucket:
    """At most ``CAPACITY`` entries by ascending key. Raises ValueError for anything else."""

    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if len(self.entries) > CAPACITY:
            raise ValueError(f"a bucket has at most {CAPACITY} entries")
        if any(len(key) != SIZE or len(value) != SIZE for key, value in self.entries):
            raise ValueError("a key and a value have 32 bytes each")
        if any(key >= later for (key, _), (later, _) in pairwise(self.entries)):
            raise ValueError("the keys of a bucket ascend")

    def to_octets(self) -> bytes:
        return b"\x00" + b"".join([part for entry in self.entries for part in entry])

    @cached_property
    def hash(self) -> bytes:
        return hashlib.sha256(self.to_octets()).digest()


@dataclass(frozen=True)
class Inner:
    """The hashes of the 16 children in order. Raises ValueError for anything else."""

    children: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if len(self.children) != 16 or any(len(child) != SIZE for child in self.children):
            raise ValueError("an inner node has 16 children of 32 bytes")

    def to_octets(self) -> bytes:
        return b"\x01" + b"".join(self.children)

    @cached_property
    def hash(self) -> bytes:
        return hashlib.sha256(self.to_octets()).digest()


Node = Bucket | Inner
Wanted = Sequence[tuple[str, bytes]]  # prefix and expected hash of each node
Read = Callable[[Wanted], Mapping[str, Node]]

EMPTY = Bucket(()).hash


def node_from_octets(octets: bytes, prefix: str = "") -> Node:
    """The node of these stored octets. Raises ValueError if they are malformed or hold a key not under ``prefix``."""
    kind, body = octets[:1], octets[1:]
    if kind == b"\x01" and len(body) == 16 * SIZE:
        return Inner(tuple(body[at : at + SIZE] for at in range(0, len(body), SIZE)))
    if kind != b"\x00" or len(body) % (2 * SIZE) or len(body) > CAPACITY * 2 * SIZE:
        raise ValueError("these octets are no node of a map")
    starts = range(0, len(body), 2 * SIZE)
    bucket = Bucket(tuple((body[at : at + SIZE], body[at + SIZE : at + 2 * SIZE]) for at in starts))
    if not all(key.hex().startswith(prefix) for key, _ in bucket.entries):
        raise ValueError(f"a key is not under {prefix!r}")
    return bucket


def build(entries: Mapping[bytes, bytes]) -> tuple[bytes, dict[str, Node]]:
    """The root of the map of these entries, and all its nodes by prefix."""
    return updated(lambda _: {}, EMPTY, entries)


def updated(read: Read, root: bytes, changes: Mapping[bytes, bytes]) -> tuple[bytes, dict[str, Node]]:
    """The root after these entries are set, and the nodes by prefix that are new or changed.

    ``read`` is called at most once a level, from the root down, with every node wanted there. Raises BrokenMapError.
    """
    inners: dict[str, Inner] = {}
    fresh: dict[str, Node] = {}
    hashes: dict[str, bytes] = {}  # of the nodes on the way, as they are after the changes
    level = {"": (root, sorted(changes.items()))} if changes else {}
    while level:
        below: dict[str, tuple[bytes, list[Entry]]] = {}
        nodes = _verified(read, [(prefix, named) for prefix, (named, _) in level.items()])
        for prefix, (named, entries) in level.items():
            node = nodes[prefix]
            if isinstance(node, Inner):
                inners[prefix] = node
                for nibble, part in _by_nibble(entries, len(prefix)).items():
                    below[prefix + nibble] = (node.children[int(nibble, 16)], part)
            else:
                merged = sorted((dict(node.entries) | dict(entries)).items())
                hashes[prefix] = named if tuple(merged) == node.entries else _planted(prefix, merged, fresh)
        level = below
    for prefix, inner in reversed(inners.items()):
        children = tuple(
            hashes.get(prefix + nibble, child) for nibble, child in zip(NIBBLES, inner.children, strict=True)
        )
        if children != inner.children:
            fresh[prefix] = inner = Inner(children)
        hashes[prefix] = inner.hash
    return hashes.get("", root), fresh


def values_of(read: Read, root: bytes, keys: Iterable[bytes]) -> dict[bytes, bytes]:
    """The values of those keys that have one; ``read`` is called at most once a level. Raises BrokenMapError."""
    found: dict[bytes, bytes] = {}
    level = {"": (root, list(keys))}
    while level:
        below: dict[str, tuple[bytes, list[bytes]]] = {}
        nodes = _verified(read, [(prefix, named) for prefix, (named, _) in level.items()])
        for prefix, (_named, some) in level.items():
            node = nodes[prefix]
            if isinstance(node, Bucket):
                values = dict(node.entries)
                found |= {key: values[key] for key in some if key in values}
                continue
            for key in some:
                nibble = key.hex()[len(prefix)]
                below.setdefault(prefix + nibble, (node.children[int(nibble, 16)], []))[1].append(key)
        level = below
    return found


@dataclass(frozen=True)
class MapProof:
    """What a map says of one key: the entries of its bucket and, from the bucket up, the 15 siblings at each level.

    It proves presence (the value) as well as absence (a bucket without the key). Raises ValueError if it is malformed.
    """

    entries: tuple[Entry, ...]
    siblings: tuple[tuple[bytes, ...], ...]

    def __post_init__(self) -> None:
        Bucket(self.entries)
        if len(self.siblings) > 2 * SIZE:
            raise ValueError("a key has 64 nibbles")
        if any(len(level) != 15 or any(len(sibling) != SIZE for sibling in level) for level in self.siblings):
            raise ValueError("each level of a proof has 15 siblings of 32 bytes")

    def to_json(self) -> dict[str, Any]:
        """``{"entries": [[key, value], …], "siblings": [[15 hashes], …]}``, all in lower-case hex."""
        return {
            "entries": [[key.hex(), value.hex()] for key, value in self.entries],
            "siblings": [[sibling.hex() for sibling in level] for level in self.siblings],
        }

    @classmethod
    def from_json(cls, stated: Any) -> "MapProof":
        """Raises ValueError for anything that ``to_json`` does not write."""
        if not isinstance(stated, dict) or set(stated) != {"entries", "siblings"}:
            raise ValueError("a proof of a map has entries and siblings")
        entries = _lists(stated["entries"], most=CAPACITY, width=2)
        siblings = _lists(stated["siblings"], most=2 * SIZE, width=15)
        return cls(tuple((key, value) for key, value in entries), tuple(siblings))


def prove(read: Read, root: bytes, key: bytes) -> MapProof:
    """The proof of this key's presence or absence. Raises BrokenMapError.

    ``read`` is called once a level; a caller who would rather make one call gets the key's first prefixes beforehand.
    """
    nibbles = key.hex()
    siblings: list[tuple[bytes, ...]] = []
    node = _verified(read, [("", root)])[""]
    while isinstance(node, Inner):
        depth = len(siblings)
        place = int(nibbles[depth], 16)
        siblings.append(node.children[:place] + node.children[place + 1 :])
        node = _verified(read, [(nibbles[: depth + 1], node.children[place])])[nibbles[: depth + 1]]
    return MapProof(node.entries, tuple(reversed(siblings)))


def root_from(proof: MapProof, key: bytes) -> bytes:
    """The root that this proof leads to for this key. Raises ValueError if its bucket cannot be the key's."""
    nibbles = key.hex()[: len(proof.siblings)]
    if len(key) != SIZE or not all(other.hex().startswith(nibbles) for other, _ in proof.entries):
        raise ValueError("this proof is about another key")
    found = Bucket(proof.entries).hash
    for nibble, level in zip(reversed(nibbles), proof.siblings, strict=True):
        place = int(nibble, 16)
        found = hashlib.sha256(b"\x01" + b"".join(level[:place]) + found + b"".join(level[place:])).digest()
    return found


def value_in(proof: MapProof, key: bytes) -> bytes | None:
    """The key's value, or None if there is none: true only if ``root_from`` this proof is a root that is trusted."""
    return dict(proof.entries).get(key)


def _verified(read: Read, wanted: Wanted) -> dict[str, Node]:
    nodes: dict[str, Node] = {prefix: Bucket(()) for prefix, named in wanted if named == EMPTY}
    stored = [(prefix, named) for prefix, named in wanted if named != EMPTY]
    found = read(stored) if stored else {}
    for prefix, named in stored:
        node = found.get(prefix)
        if node is None or node.hash != named or (isinstance(node, Inner) and len(prefix) == 2 * SIZE):
            raise BrokenMapError(prefix)
        nodes[prefix] = node
    return nodes


def _planted(prefix: str, entries: list[Entry], fresh: dict[str, Node]) -> bytes:
    """The hash of the subtree of these entries, whose nodes are put into ``fresh``."""
    if not entries:
        return EMPTY
    node: Node
    if len(entries) <= CAPACITY:
        node = Bucket(tuple(entries))
    else:
        parts = _by_nibble(entries, len(prefix))
        node = Inner(tuple(_planted(prefix + nibble, parts.get(nibble, []), fresh) for nibble in NIBBLES))
    fresh[prefix] = node
    return node.hash


def _by_nibble(entries: Iterable[Entry], depth: int) -> dict[str, list[Entry]]:
    parts: dict[str, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(entry[0].hex()[depth], []).append(entry)
    return parts


def _lists(stated: Any, *, most: int, width: int) -> list[tuple[bytes, ...]]:
    """At most ``most`` lists of ``width`` hashes in lower-case hex."""
    if not isinstance(stated, list) or len(stated) > most:
        raise ValueError(f"a proof of a map has lists of at most {most}")
    if any(not isinstance(row, list) or len(row) != width for row in stated):
        raise ValueError(f"each list of these has {width} hashes")
    return [tuple(map(_hash, row)) for row in stated]


def _hash(stated: Any) -> bytes:
    if not isinstance(stated, str) or len(stated) != 2 * SIZE or not set(stated) <= set(NIBBLES):
        raise ValueError("a hash is 64 digits of lower-case hex")
    return bytes.fromhex(stated)
