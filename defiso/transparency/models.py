"""Rows of a body's log and map, in the table of its events: ``PK TENANT#<slug>``.

The log's order is fixed by the draining transaction, one row of entries at a time. Everything else is derived from it,
so it is written by plain conditional puts: whoever reads a row compares it with what the checkpoint names.
"""

from pynamodb.attributes import UnicodeAttribute

from defiso.core.state_map import NIBBLES
from defiso.store.items import AuditItem, Octets, WholeNumber

ENTRIES = "LOG#ENTRIES#"
CHECKPOINT = "LOG#CHECKPOINT"
ENTRY_SIZE = 16 + 32
SLOTS = (0, 1)


class Entries(AuditItem):
    """``SK LOG#ENTRIES#<16-digit position of the first>``: what one draining transaction appended, in order.

    Of each the event's id, 16 bytes, and its leaf hash, 32.
    """

    octets = Octets()

    @property
    def start(self) -> int:
        return int(self.SK.removeprefix(ENTRIES))

    @property
    def end(self) -> int:
        """The position after the last."""
        return self.start + len(self.octets) // ENTRY_SIZE

    @property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        """(id, leaf hash) of each."""
        starts = range(0, len(self.octets) - ENTRY_SIZE + 1, ENTRY_SIZE)
        return [(self.octets[at : at + 16], self.octets[at + 16 : at + ENTRY_SIZE]) for at in starts]


class Tile(AuditItem):
    """``SK LOG#TILE#<level>#<12-digit index>``: up to 256 hashes (c2sp.org/tlog-tiles); of level 0 full ones alone."""

    octets = Octets()


class KeptCheckpoint(AuditItem):
    """``SK LOG#CHECKPOINT``, the newest, or ``LOG#CHECKPOINT#<16-digit generation>``, one that is in a batch.

    ``note`` is the signed note (``core.checkpoints``); ``generation`` that of its text; ``batch_id`` of the batch.
    """

    note = UnicodeAttribute()
    size = WholeNumber()
    generation = WholeNumber()
    batch_id = UnicodeAttribute(null=True)


class MapNode(AuditItem):
    """``SK MAP#<nibbles>#<0 or 1>``: a node of the map (``core.state_map``) in one of the two slots of its place.

    One holds the node that the newest checkpoint leads to; the next one is written over the other.
    """

    octets = Octets()


def entries_key(start: int) -> str:
    return f"{ENTRIES}{start:016d}"


def tile_key(level: int, index: int) -> str:
    return f"LOG#TILE#{level}#{index:012d}"


def kept_key(generation: int) -> str:
    return f"{CHECKPOINT}#{generation:016d}"


def node_key(prefix: str, slot: int) -> str:
    if not set(prefix) <= set(NIBBLES) or slot not in SLOTS:
        raise ValueError("no such place in a map")
    return f"MAP#{prefix}#{slot}"
