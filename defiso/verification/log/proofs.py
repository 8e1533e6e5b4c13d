"""Proofs that an entry is in a log and that one checkpoint goes on from another, as values and as JSON to keep."""

from dataclasses import dataclass
from typing import Any

from defiso.core.errors import NotFoundError
from defiso.core.tree_log import consistency_holds, inclusion_holds, leaf_hash
from defiso.transparency.telling import read_entries
from defiso.transparency.tree_rows import consistency_of, inclusion_of
from defiso.verification.log.signed import Log, Signed


class NoSuchEntryError(NotFoundError):
    def __init__(self, size: int) -> None:
        super().__init__(f"The newest checkpoint of this log has the entries 0 to {size - 1}.")


@dataclass(frozen=True)
class Inclusion:
    """``path`` leads from the leaf hash of ``entry`` to the root (RFC 9162, 2.1.3.2)."""

    signed: Signed
    position: int
    entry: bytes
    path: list[bytes]

    @property
    def holds(self) -> bool:
        checkpoint = self.signed.checkpoint
        return inclusion_holds(
            leaf=leaf_hash(self.entry),
            index=self.position,
            size=checkpoint.size,
            path=self.path,
            root=checkpoint.root,
        )


@dataclass(frozen=True)
class Consistency:
    """``path`` shows that the log of ``newer`` begins with that of ``older`` (RFC 9162, 2.1.4.2)."""

    older: Signed
    newer: Signed
    path: list[bytes]

    @property
    def holds(self) -> bool:
        old, new = self.older.checkpoint, self.newer.checkpoint
        return consistency_holds(old=old.size, old_root=old.root, new=new.size, new_root=new.root, path=self.path)


def require_entry(signed: Signed, position: int) -> None:
    """Raises NoSuchEntryError."""
    if position >= signed.checkpoint.size:
        raise NoSuchEntryError(signed.checkpoint.size)


def prove_inclusion(log: Log, signed: Signed, position: int) -> Inclusion:
    """Raises NoSuchEntryError, BrokenLogError."""
    require_entry(signed, position)
    checkpoint = signed.checkpoint
    [entry] = read_entries(log.slug, checkpoint, position, position + 1)
    return Inclusion(signed, position, entry, inclusion_of(log.slug, position, checkpoint.size))


def prove_consistency(log: Log, older: Signed, newer: Signed) -> Consistency:
    """Raises BrokenLogError. A newer one that has fewer entries goes on from nothing."""
    sizes = (older.checkpoint.size, newer.checkpoint.size)
    path = consistency_of(log.slug, *sizes) if sizes[0] <= sizes[1] else []
    return Consistency(older, newer, path)


def write_inclusion(log: Log, proof: Inclusion) -> dict[str, Any]:
    return {
        "type": "inclusion",
        "algorithm": "RFC 9162, 2.1.3.2; hashes are SHA-256 in hex",
        "position": proof.position,
        "entry": proof.entry.decode(),
        "leaf_hash": leaf_hash(proof.entry).hex(),
        "path": [step.hex() for step in proof.path],
        "checkpoint": write_checkpoint(proof.signed),
        "keys": [key.text for key in log.keys],
    }


def write_consistency(log: Log, proof: Consistency) -> dict[str, Any]:
    return {
        "type": "consistency",
        "algorithm": "RFC 9162, 2.1.4.2; hashes are SHA-256 in hex",
        "older": write_checkpoint(proof.older),
        "newer": write_checkpoint(proof.newer),
        "path": [step.hex() for step in proof.path],
        "keys": [key.text for key in log.keys],
    }


def write_checkpoint(signed: Signed) -> dict[str, Any]:
    checkpoint = signed.checkpoint
    return {
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "generation": checkpoint.generation,
        "digest": checkpoint.digest.hex(),
        "note": signed.note,
    }
