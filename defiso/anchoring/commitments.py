"""What a batch commits to beside credentials: the newest checkpoint of every tenant in it, the platform's, whose map
has all of those, and the root of the batch before. So the anchors form one chain that holds the whole history.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.models import METADATA, Batch, Commitments, Leaf, Newest, digests_in
from defiso.audit.services import PLATFORM
from defiso.core.checkpoints import Checkpoint
from defiso.core.deflated import deflate_json
from defiso.outbox.hold import Hold
from defiso.store.transactions import Writes
from defiso.transparency.entries import checkpoint_key
from defiso.transparency.errors import StandingLogError
from defiso.transparency.recording import Recorder, keep_checkpoint

COMMITMENTS = "COMMITMENTS"
NO_ROOT = bytes(32)
BATCHES = "BATCHES"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Committed:
    """``checkpoints`` by tenant in the order of their leaves, the platform's last."""

    batch: Batch
    checkpoints: dict[str, Checkpoint]
    previous: Newest | None

    @property
    def digests(self) -> list[bytes]:
        """The leaves, 32 bytes each."""
        root = bytes.fromhex(self.previous.root) if self.previous else NO_ROOT
        return [*(checkpoint.digest for checkpoint in self.checkpoints.values()), root]

    def add(self, writes: Writes, root: bytes) -> None:
        """What they are, to the sealing transaction; ``root`` is the batch's, for the next one to take over."""
        changed = BatchChangedError(self.batch.id)
        names = [[slug, found.generation, found.size] for slug, found in self.checkpoints.items()]
        row = Commitments(self.batch.PK, COMMITMENTS, digests=b"".join(self.digests), names=deflate_json(names))
        writes.create(row, otherwise=changed)
        version = self.previous.version + 1 if self.previous else 1
        newest = Newest(BATCHES, METADATA, batch_id=self.batch.id, root=root.hex(), version=version)
        as_read = Newest.version == self.previous.version if self.previous else Newest.PK.does_not_exist()
        writes.put(newest, given=as_read, otherwise=changed)


def commit(hold: Hold, recorder: Recorder, batch: Batch, tenants: Sequence[str]) -> Committed:
    """Record the logs of these tenants and then the platform's, and keep each checkpoint for good.

    A tenant whose log cannot go on is left out, loudly: the others' history goes on. Raises StandingLogError if it is
    the platform's.
    """
    checkpoints: dict[str, Checkpoint] = {}
    for slug in tenants:
        if slug == PLATFORM:
            continue
        try:
            checkpoint = recorder.record(hold, slug)
        except StandingLogError as error:
            log.error("batch=%s without the checkpoint of %s: %s", batch.id, slug, error.sentence)
            continue
        if checkpoint:
            keep_checkpoint(slug, checkpoint, batch_id=batch.id)
            checkpoints[slug] = checkpoint
    newest = {checkpoint_key(slug): checkpoint.digest for slug, checkpoint in checkpoints.items()}
    platform = recorder.record(hold, PLATFORM, also=newest)
    if platform:
        keep_checkpoint(PLATFORM, platform, batch_id=batch.id)
        checkpoints[PLATFORM] = platform
    return Committed(batch, checkpoints, Newest.find(BATCHES, METADATA, consistent=True))


def leaves_of_tree(batch: Batch, leaves: Sequence[Leaf]) -> list[bytes]:
    """All leaves of a sealed batch, 32 bytes each."""
    row = Commitments.find(batch.PK, COMMITMENTS, consistent=True)
    return [bytes.fromhex(leaf.digest) for leaf in leaves] + digests_in(row.digests if row else b"")
