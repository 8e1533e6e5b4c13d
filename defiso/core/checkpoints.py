"""Checkpoints: the text, by c2sp.org/tlog-checkpoint, in which a log says how long it is and what its roots are.

One extension line says the same of the map beside the log (``core.state_map``). ``core.notes`` signs such texts.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from defiso.core.notes import is_key_name, octets_of
from defiso.core.tree_log import EMPTY_ROOT, MOST

_NUMBER = "(0|[1-9][0-9]{0,18})"
_HASH = "([A-Za-z0-9+/]{43}=)"
_TEXT = re.compile(f"([^\n]{{1,255}})\n{_NUMBER}\n{_HASH}\nmap {_NUMBER} {_HASH}\n")


@dataclass(frozen=True)
class Checkpoint:
    """A log of ``size`` entries under ``root``, and the map after them. Raises ValueError for what cannot be one."""

    origin: str  # the log's name, which is also that of its key: <host>/log
    size: int
    root: bytes
    generation: int  # one more with every checkpoint of this log
    map_root: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.origin):
            raise ValueError("the origin of a checkpoint has 1 to 255 characters, none of them a space or +")
        if not (0 <= self.size <= MOST and 0 <= self.generation <= MOST):
            raise ValueError("the size and the generation of a checkpoint have 63 bits")
        if len(self.root) != 32 or len(self.map_root) != 32:
            raise ValueError("a root has 32 bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ValueError("an empty log has the root of an empty log")

    @property
    def text(self) -> str:
        root, map_root = (base64.b64encode(octets).decode() for octets in (self.root, self.map_root))
        return f"{self.origin}\n{self.size}\n{root}\nmap {self.generation} {map_root}\n"

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text, without any signature: what other logs and anchors hold of it."""
        return hashlib.sha256(self.text.encode()).digest()

    def is_as_new_as(self, other: "Checkpoint") -> bool:
        """Of one log: whether this is the other one, or signed after it."""
        return self.generation > other.generation or self == other

    @classmethod
    def from_text(cls, text: str) -> "Checkpoint":
        """Raises ValueError for any text but the one that ``text`` writes."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("this is no checkpoint with a map")
        return cls(found[1], int(found[2]), octets_of(found[3]), int(found[4]), octets_of(found[5]))
