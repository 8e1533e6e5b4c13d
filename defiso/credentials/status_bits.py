"""The bits of a body's status lists, kept in tiles so that a change of one certificate writes a small row.

Setting a bit twice changes nothing. Which status sets which bit is decided by whoever calls.
"""

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pynamodb.attributes import BinaryAttribute, NumberAttribute

from defiso.core.errors import ChangedMeanwhileError
from defiso.credentials.keys import base64url
from defiso.credentials.status_entries import LENGTH, PURPOSES, StatusEntry
from defiso.store.items import TenantsItem, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes

TILE = 4096  # places a row; 512 bytes for each purpose


class StatusTile(TenantsItem):
    """``PK TENANT#<slug>, SK STATUSBITS#<0001>#<00>``: the bits of one stretch, the lists of PURPOSES in turn."""

    bits = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


@dataclass(frozen=True)
class Bits:
    """What a certificate's bits are now: one for each of PURPOSES."""

    tenant_slug: str
    entry: StatusEntry
    values: tuple[bool, ...]

    @property
    def key(self) -> tuple[str, str]:
        return tenant_key(self.tenant_slug), f"STATUSBITS#{self.entry.number:04d}#{self.entry.index // TILE:02d}"


def set_bits(writes: Writes, changes: Sequence[Bits]) -> None:
    """Add the tiles with these bits to a transaction, in order, each given that it is as it was read."""
    by_tile: dict[tuple[str, str], list[Bits]] = {}
    for change in changes:
        by_tile.setdefault(change.key, []).append(change)
    rows = find_all([(StatusTile, *key) for key in by_tile], consistent=True)
    for key, row in zip(by_tile, rows, strict=True):
        old = row if isinstance(row, StatusTile) else None
        bits = _changed(old.bits if old else bytes(len(PURPOSES) * TILE // 8), by_tile[key])
        if bits == (old.bits if old else bytes(len(bits))):
            continue
        fresh = StatusTile(*key, bits=bits, version=int(old.version) + 1 if old else 1)
        as_read = StatusTile.version == old.version if old else StatusTile.PK.does_not_exist()
        writes.put(
            fresh, given=as_read, otherwise=ChangedMeanwhileError("A status list was changed by another worker.")
        )


def encoded_list(tenant_slug: str, purpose: str, number: int) -> str:
    """The list as ``encodedList``: one query. Source: Bitstring Status List 1.0, 2.2 and 3.3."""
    place = PURPOSES.index(purpose)
    whole = bytearray(LENGTH // 8)
    tiles = StatusTile.query(tenant_key(tenant_slug), StatusTile.SK.startswith(f"STATUSBITS#{number:04d}#"))
    for tile in tiles:
        start = int(tile.SK.rpartition("#")[2]) * TILE // 8
        whole[start : start + TILE // 8] = tile.bits[place * TILE // 8 : (place + 1) * TILE // 8]
    return "u" + base64url(gzip.compress(bytes(whole), mtime=0))


def _changed(bits: bytes, changes: Iterable[Bits]) -> bytes:
    """Index 0 is the left-most bit of a list."""
    fresh = bytearray(bits)
    for change in changes:
        within = change.entry.index % TILE
        for place, value in enumerate(change.values):
            byte, mask = (place * TILE + within) // 8, 0x80 >> within % 8
            fresh[byte] = fresh[byte] | mask if value else fresh[byte] & ~mask
    return bytes(fresh)
