"""What a full check of the register finds: a kind, whose, where, and one sentence for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    EVENT_CHANGED = "event changed"
    EVENT_GONE = "event gone"
    EVENT_INSERTED = "event inserted"
    EVENT_MOVED = "event moved"
    ENTRIES = "entries"
    TILE = "tile"
    CHECKPOINT = "checkpoint"
    MAP = "map"
    HEAD = "head"
    STATUS_LIST = "status list"
    BATCH = "batch"
    CHAIN = "chain"
    PLACE = "place"
    DAMAGED = "damaged row"


@dataclass(frozen=True)
class Finding:
    """``tenant`` is empty for what is of no body; ``where`` a position, a number, a batch or a key."""

    kind: Kind
    tenant: str
    where: str
    sentence: str


@dataclass(frozen=True)
class Progress:
    """``events`` more of the log have been looked at; a place at which whoever asks may rest."""

    events: int = 0


Step = Finding | Progress
Steps = Iterator[Step]
