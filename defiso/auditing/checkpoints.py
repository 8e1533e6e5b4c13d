"""The checkpoints of one log: each signed by keys that count, and each going on from the one before."""

from collections.abc import Iterator
from typing import NamedTuple

from defiso.audit.services import PLATFORM
from defiso.auditing.findings import Finding, Kind
from defiso.core.checkpoints import Checkpoint
from defiso.credentials.notes import checked_checkpoint
from defiso.store.keys import tenant_key
from defiso.tenants.errors import UnknownTenantError
from defiso.tenants.services import get_tenant
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint
from defiso.transparency.recording import read_checkpoint


class Signed(NamedTuple):
    """What was signed of a log, by keys that count."""

    size: int
    root: bytes
    generation: int
    map_root: bytes
    digest: bytes


class CheckpointsOf:
    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.newest: Signed | None = None
        self._found: list[Finding] = []

    def read_newest(self) -> Iterator[Finding]:
        row = read_checkpoint(self.slug, consistent=True)
        kept = next(self._rows(newest_first=True), None)
        if row is None:
            if kept:
                yield self._finding("newest", "The newest checkpoint is gone, though older ones are there.")
            return
        self.newest = self._read(row, "newest")
        yield from self.findings()
        if self.newest and kept and int(kept.SK.rpartition("#")[2]) > self.newest.generation:
            sentence = (
                f"Checkpoint {self.newest.generation} is in the place of the newest, and {kept.generation} is kept."
            )
            yield self._finding(str(self.newest.generation), sentence)

    def by_size(self) -> Iterator[Signed]:
        """Those that are kept, oldest first, and the newest last; ``findings`` has what is wrong with those so far."""
        before = Signed(0, b"", 0, b"", b"")
        for row in self._rows():
            generation = row.SK.rpartition("#")[2]
            if signed := self._read(row, str(int(generation))):
                if signed.generation != int(generation) or signed.size < before.size:
                    sentence = f"In the place of checkpoint {int(generation)} there is checkpoint {signed.generation}."
                    self._found.append(self._finding(str(int(generation)), sentence))
                    continue
                before = signed
                yield signed
        if self.newest and self.newest.size >= before.size:
            yield self.newest

    def kept_from(self, generation: int) -> Iterator[Signed]:
        """Those that are kept of this generation and later, whatever is wrong with them aside."""
        first, last = f"{CHECKPOINT}#{generation:016d}", f"{CHECKPOINT}#~"
        rows = KeptCheckpoint.query(
            tenant_key(self.slug), KeptCheckpoint.SK.between(first, last), consistent_read=True, page_size=100
        )
        yield from (signed for row in rows if (signed := self._read(row, row.SK.rpartition("#")[2])))

    def findings(self) -> Iterator[Finding]:
        """What has been found since this was asked last."""
        found, self._found = self._found, []
        yield from found

    def _rows(self, *, newest_first: bool = False) -> Iterator[KeptCheckpoint]:
        first = KeptCheckpoint.SK.startswith(f"{CHECKPOINT}#")
        found = KeptCheckpoint.query(
            tenant_key(self.slug), first, consistent_read=True, scan_index_forward=not newest_first, page_size=100
        )
        yield from (row for row in found if row.SK.rpartition("#")[2].isdecimal())

    def _read(self, row: KeptCheckpoint, where: str) -> Signed | None:
        try:
            tenant = None if self.slug == PLATFORM else get_tenant(self.slug)
            checkpoint, _at = checked_checkpoint(row.note or "", tenant=tenant)
        except (ValueError, UnknownTenantError):
            self._found.append(self._finding(where, f"Checkpoint {where} is not signed by keys that count."))
            return None
        return signed_of(checkpoint)

    def _finding(self, where: str, sentence: str) -> Finding:
        return Finding(Kind.CHECKPOINT, self.slug, where, sentence)


def signed_of(checkpoint: Checkpoint) -> Signed:
    return Signed(checkpoint.size, checkpoint.root, checkpoint.generation, checkpoint.map_root, checkpoint.digest)
