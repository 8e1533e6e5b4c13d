"""The anchor of a log's checkpoint: a leaf of its batch like a credential, and proven in the same way."""

from collections.abc import Sequence

from defiso.anchoring.commitments import COMMITMENTS
from defiso.anchoring.machine import batch_key
from defiso.anchoring.models import METADATA, Batch, Commitments, Place, Proof
from defiso.anchoring.proofs import Unproven, find_proof
from defiso.core.checkpoints import Checkpoint
from defiso.core.tree_log import SIZE
from defiso.store.items import find_all


def find_checkpoint_proof(*, slug: str, checkpoint: Checkpoint, batch_id: str) -> Proof | Unproven:
    """From the digest of the checkpoint to the root of the batch that is said to have it: two reads.

    In the proof ``number`` is the slug of the log's body, and ``revision`` the generation.
    """
    key = batch_key(batch_id)
    batch, row = find_all([(Batch, key, METADATA), (Commitments, key, COMMITMENTS)])
    if not isinstance(batch, Batch):
        return Unproven.MISSING
    if not isinstance(row, Commitments):
        return Unproven.WAITING
    try:
        generations = row.generations
    except (TypeError, ValueError):
        return Unproven.MISSING
    if generations.get(slug) != checkpoint.generation:
        return Unproven.MISSING
    place = Place(batch.PK, COMMITMENTS, batch_id=batch_id, index=batch.leaf_count + list(generations).index(slug))
    return find_proof(place, number=slug, revision=checkpoint.generation, digest=checkpoint.digest.hex())


def find_previous_root_proof(batch: Batch) -> Proof | None:
    """That an anchored batch has the root of the one before as its last leaf: two reads. None if it is damaged."""
    row = Commitments.find(batch.PK, COMMITMENTS)
    if row is None or len(row.digests) < SIZE:
        return None
    index = int(batch.leaf_count) + len(row.digests) // SIZE - 1
    place = Place(batch.PK, COMMITMENTS, batch_id=batch.id, index=index)
    found = find_proof(place, number=batch.id, revision=0, digest=row.digests[-SIZE:].hex())
    return found if isinstance(found, Proof) else None


def find_batches(batch_ids: Sequence[str]) -> list[Batch | None]:
    """Up to 100 batches as they stand, in the order asked: one BatchGetItem."""
    rows = find_all([(Batch, batch_key(batch_id), METADATA) for batch_id in batch_ids])
    return [row if isinstance(row, Batch) else None for row in rows]
