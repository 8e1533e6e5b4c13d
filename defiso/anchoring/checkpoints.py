"""The anchor of a log's checkpoint: a leaf of its batch like a credential, and proven in the same way."""

from collections.abc import Sequence

from defiso.anchoring.commitments import COMMITMENTS
from defiso.anchoring.machine import batch_key
from defiso.anchoring.models import METADATA, Batch, Commitments, Place, Proof
from defiso.anchoring.proofs import Unproven, find_proof
from defiso.core.checkpoints import Checkpoint
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


def find_batches(batch_ids: Sequence[str]) -> list[Batch | None]:
    """Up to 100 batches as they stand, in the order asked: one BatchGetItem."""
    rows = find_all([(Batch, batch_key(batch_id), METADATA) for batch_id in batch_ids])
    return [row if isinstance(row, Batch) else None for row in rows]
