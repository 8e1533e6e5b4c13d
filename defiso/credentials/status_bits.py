"""The bits of a body's status lists, in stretches: a change of one certificate writes one small row.

The body's map has the digest of every stretch in which a bit was ever set, so that none can be changed, taken away or
put back unnoticed. As with the map's own nodes a stretch has two slots: the one in use stays while the next is written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pynamodb.attributes import BinaryAttribute

from defiso.core.canonical import sha256
from defiso.credentials.status_entries import LENGTH, PURPOSES, StatusEntry
from defiso.store.items import BATCH_GET_LIMIT, TenantsItem, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import put_alone
from defiso.transparency.errors import BrokenLogError, LogMovedError

STRETCH = 2048  # places a row; 256 bytes for each purpose
SLOTS = (0, 1)
EMPTY = bytes(len(PURPOSES) * STRETCH // 8)
Values = Callable[[Iterable[bytes]], Mapping[bytes, bytes]]  # what the body's map has under keys


class StatusBits(TenantsItem):
    """``PK TENANT#<slug>, SK STATUSBITS#<0001>#<00>#<0 or 1>``: one stretch, the lists of PURPOSES in turn."""

    bits = BinaryAttribute(legacy_encoding=False)


class Stretch(NamedTuple):
    """One stretch of list ``number``, counted from 0. Ordered as their rows are."""

    number: int
    place: int

    @classmethod
    def of(cls, entry: StatusEntry) -> "Stretch":
        return cls(entry.number, entry.index // STRETCH)

    def key(self, tenant_slug: str) -> bytes:
        """Its key in the body's map."""
        return sha256(f"bits\n{tenant_slug}\n{self.number}\n{self.place}".encode())

    def row_key(self, slot: int) -> str:
        return f"STATUSBITS#{self.number:04d}#{self.place:02d}#{slot}"


@dataclass(frozen=True)
class Bits:
    """What the bits of one place are: one for each of PURPOSES."""

    entry: StatusEntry
    values: tuple[bool, ...]


def stretches_of(number: int) -> list[Stretch]:
    return [Stretch(number, place) for place in range(LENGTH // STRETCH)]


def with_bits(octets: bytes, changes: Iterable[Bits]) -> bytes:
    """A stretch with these of its places set. Index 0 is the left-most bit of a list."""
    fresh = bytearray(octets)
    for change in changes:
        within = change.entry.index % STRETCH
        for place, value in enumerate(change.values):
            byte, mask = (place * STRETCH + within) // 8, 0x80 >> within % 8
            fresh[byte] = fresh[byte] | mask if value else fresh[byte] & ~mask
    return bytes(fresh)


def set_bits(tenant_slug: str, changes: Iterable[Bits], values: Values) -> dict[bytes, bytes]:
    """Write the stretches with these bits beside those in use; what the map is to have of them, by key.

    A stretch is put as it is under the map, never as somebody left it. Raises BrokenLogError, LogMovedError.
    """
    by_stretch: dict[Stretch, list[Bits]] = {}
    for change in changes:
        by_stretch.setdefault(Stretch.of(change.entry), []).append(change)
    if not by_stretch:
        return {}
    named = values(stretch.key(tenant_slug) for stretch in by_stretch)
    fresh = {}
    rows = read_rows(tenant_slug, by_stretch)
    for stretch, some in by_stretch.items():
        octets = find_octets(tenant_slug, stretch, rows[stretch], named.get(stretch.key(tenant_slug)))
        fresh[stretch] = with_bits(octets, some)
    write_stretches(tenant_slug, {stretch: (octets, rows[stretch]) for stretch, octets in fresh.items()}, in_use=named)
    return {stretch.key(tenant_slug): sha256(octets) for stretch, octets in fresh.items()}


Rows = tuple[StatusBits | None, ...]  # those in the two slots


def read_rows(tenant_slug: str, stretches: Iterable[Stretch]) -> dict[Stretch, Rows]:
    """What is in both slots of each: a BatchGetItem for every fifty."""
    asked, each = list(stretches), BATCH_GET_LIMIT // len(SLOTS)
    found: dict[Stretch, Rows] = {}
    for start in range(0, len(asked), each):
        some = asked[start : start + each]
        keys = [(StatusBits, tenant_key(tenant_slug), one.row_key(slot)) for one in some for slot in SLOTS]
        rows = [row if isinstance(row, StatusBits) else None for row in find_all(keys, consistent=True)]
        found |= {one: tuple(rows[len(SLOTS) * at : len(SLOTS) * (at + 1)]) for at, one in enumerate(some)}
    return found


def find_octets(tenant_slug: str, stretch: Stretch, rows: Rows, named: bytes | None) -> bytes:
    """The stretch that the map names; nothing is set in one that it does not. Raises BrokenLogError."""
    if named is None:
        return EMPTY
    stored = (bytes(row.bits or b"") for row in rows if row)
    found = next((octets for octets in (EMPTY, *stored) if sha256(octets) == named), None)
    if found is None:
        sentence = f"stretch {stretch.place} of its status lists {stretch.number} is missing or another one"
        raise BrokenLogError(tenant_slug, sentence)
    return found


def write_stretches(
    tenant_slug: str, fresh: Mapping[Stretch, tuple[bytes, Rows]], *, in_use: Mapping[bytes, bytes]
) -> int:
    """Write each, unless it is there or empty, into a slot that is not in use, given that it is as it was read.

    How many were written. Raises LogMovedError.
    """
    written = 0
    for stretch, (octets, rows) in fresh.items():
        if octets == EMPTY or any(row and row.bits == octets for row in rows):
            continue
        free = _free_slot(rows, in_use.get(stretch.key(tenant_slug)))
        old = rows[free]
        same = StatusBits.operation == old.operation if old else StatusBits.PK.does_not_exist()
        row = StatusBits(tenant_key(tenant_slug), stretch.row_key(free), bits=octets)
        put_alone(row, given=same, otherwise=LogMovedError(tenant_slug))
        written += 1
    return written


def _free_slot(rows: Rows, named: bytes | None) -> int:
    """One that the map does not name, of two such the one that was written longer ago."""
    written = [(row.operation or "") if row else "" for row in rows]
    unused = [slot for slot in SLOTS if not (row := rows[slot]) or sha256(bytes(row.bits or b"")) != named]
    return min(unused or SLOTS, key=written.__getitem__)
