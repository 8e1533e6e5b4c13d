"""The chain of batches from the newest back to the first: leaves, commitments, the root of the batch before, places."""

import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from defiso.anchoring.commitments import BATCHES, COMMITMENTS, NO_ROOT
from defiso.anchoring.machine import read_batch, read_leaves
from defiso.anchoring.models import (
    METADATA,
    Batch,
    Commitments,
    Leaf,
    LeafChunk,
    Newest,
    Place,
    State,
    Top,
    digests_in,
    proof_key,
)
from defiso.anchoring.proofs import CHUNK, TOP
from defiso.auditing.anchors import AnchorsOf
from defiso.auditing.findings import Finding, Kind, Progress, Step, Steps
from defiso.auditing.rows import read_some
from defiso.core.checkpoints import Checkpoint
from defiso.core.merkle import root_of
from defiso.core.notes import Note
from defiso.store.keys import tenant_key
from defiso.transparency.models import KeptCheckpoint, kept_key

SEALED = (State.SEALED, State.SIGNED, State.SENT, State.MINED, State.FINAL, State.ANCHORED)


@dataclass(frozen=True)
class Committed:
    """The newest checkpoint of a body that is in a batch."""

    batch_id: str
    generation: int
    digest: bytes


@dataclass
class BatchCheck:
    """``committed`` by body, once all steps are taken."""

    anchors: AnchorsOf
    committed: dict[str, Committed] = field(default_factory=dict)

    def steps(self) -> Steps:
        newest = Newest.find(BATCHES, METADATA, consistent=True)
        yield from self._newer(newest)
        batch_id, root, after = (newest.batch_id, newest.root, "the register") if newest else (None, "", "")
        while batch_id:
            batch = read_batch(batch_id)
            if batch is None:
                yield _finding(batch_id, f"Batch {batch_id} is gone, which {after} names as the one before it.")
                batch_id, root, after = _anchored_before(batch_id), "", "nobody"
                continue
            if root and batch.root != root:
                yield _finding(batch_id, f"The root of batch {batch_id} is not the one that {after} goes on from.")
            root = yield from self._batch(batch)
            batch_id, after = batch.previous_id, f"batch {batch_id}"
            yield Progress()
        yield from self.anchors.ledger()

    def _newer(self, newest: Newest | None) -> Iterator[Finding]:
        """A batch that was sealed after the newest: somebody put an older row in its place."""
        for state in SEALED:
            for entry in Batch.GSI1.query(f"STATE#{state}", scan_index_forward=False, limit=1):
                batch, now = read_batch(entry.GSI1SK), Newest.find(BATCHES, METADATA, consistent=True)
                known = read_batch(now.batch_id) if now else None
                if batch and batch.sealed_at and (not known or batch.sealed_at > (known.sealed_at or "")):
                    yield _finding(batch.id, f"Batch {batch.id} was sealed later than the one that is kept as newest.")

    def _batch(self, batch: Batch) -> Generator[Step, None, str]:
        """What is in it and where that leads. Returns the root of the batch before, as hex, empty if it says none."""
        leaves = read_leaves(batch)
        row = Commitments.find(batch.PK, COMMITMENTS, consistent=True)
        others = digests_in(row.digests) if row else []
        yield from _tree(batch, [bytes.fromhex(leaf.digest) for leaf in leaves] + others)
        previous = others[-1] if others else NO_ROOT
        if row is None:
            yield _finding(batch.id, f"What batch {batch.id} commits to beside certificates is gone.")
        else:
            yield from self._checkpoints(batch, row, others[:-1])
            if (previous == NO_ROOT) != (batch.previous_id is None):
                yield _finding(batch.id, f"Batch {batch.id} names another batch before it than its leaves do.")
        yield from self.anchors.check(batch)
        if batch.has_places:
            yield from _places(batch, leaves)
        return previous.hex() if previous != NO_ROOT else ""

    def _checkpoints(self, batch: Batch, row: Commitments, digests: Sequence[bytes]) -> Iterator[Finding]:
        try:
            generations = row.generations
        except (ValueError, TypeError, zlib.error):
            generations = {}
        if len(generations) != len(digests):
            yield _finding(batch.id, f"Whose checkpoints batch {batch.id} commits to cannot be read.")
            return
        keys = [(KeptCheckpoint, tenant_key(slug), kept_key(number)) for slug, number in generations.items()]
        for (slug, number), digest, kept in zip(generations.items(), digests, read_some(keys), strict=True):
            self.committed.setdefault(slug, Committed(batch.id, number, digest))
            if not isinstance(kept, KeptCheckpoint) or _digest_of(kept) != digest:
                what = f"Checkpoint {number} of {slug}, which batch {batch.id} commits to,"
                yield Finding(Kind.CHECKPOINT, slug, str(number), f"{what} is gone or another one.")


def _tree(batch: Batch, leaves: list[bytes]) -> Iterator[Finding]:
    if not leaves or root_of(leaves).hex() != batch.root:
        yield _finding(batch.id, f"The leaves of batch {batch.id} do not lead to its root.")
        return
    chunks = [leaves[start : start + CHUNK] for start in range(0, len(leaves), CHUNK)]
    top = Top.find(batch.PK, TOP, consistent=True)
    stored = LeafChunk.query(batch.PK, LeafChunk.SK.startswith("LEAVES#"), consistent_read=True)
    is_same = [digests_in(row.digests) for row in stored] == chunks
    if not is_same or top is None or digests_in(top.digests) != [root_of(chunk) for chunk in chunks]:
        yield _finding(batch.id, f"The tree of batch {batch.id} was changed: proofs cannot be derived from it.")


def _places(batch: Batch, leaves: Sequence[Leaf]) -> Steps:
    keys = [(Place, *proof_key(leaf.tenant_slug, leaf.number_slug, leaf.revision)) for leaf in leaves]
    for index, (leaf, place) in enumerate(zip(leaves, read_some(keys), strict=True)):
        if not isinstance(place, Place) or (place.batch_id, place.index) != (batch.id, index):
            name = f"{leaf.number_slug} revision {leaf.revision}"
            sentence = f"Where {name} was anchored is not kept as it is: it is leaf {index} of batch {batch.id}."
            yield Finding(Kind.PLACE, leaf.tenant_slug, leaf.number_slug, sentence)
        yield Progress()


def _anchored_before(batch_id: str) -> str | None:
    earlier = batch_id > Batch.GSI1SK
    older = Batch.GSI1.query(f"STATE#{State.ANCHORED}", earlier, scan_index_forward=False, limit=1)
    return next((str(entry.GSI1SK) for entry in older), None)


def _digest_of(kept: KeptCheckpoint) -> bytes:
    try:
        return Checkpoint.from_text(Note.from_octets((kept.note or "").encode()).text).digest
    except ValueError:
        return b""


def _finding(batch_id: str, sentence: str) -> Finding:
    return Finding(Kind.BATCH, "", batch_id, sentence)
