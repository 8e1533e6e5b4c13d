"""The tree of a sealed batch as rows, and the proof of one credential derived from them.

No proof is stored: what would have to be rewritten when the chain moves an anchor stands in the batch's own row alone.
"""

from collections.abc import Sequence
from enum import Enum

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.machine import batch_key
from defiso.anchoring.models import METADATA, Batch, LeafChunk, Place, Proof, Top, digests_in
from defiso.core.merkle import path_of, root_of
from defiso.store.items import find_all
from defiso.store.transactions import Writes

CHUNK = 128  # a power of two, so that a chunk is a subtree; near the root of MOST_LEAVES, so that neither part is long
TOP = "TOP"


class Unproven(Enum):
    """Why there is no proof, as a sentence."""

    WAITING = "It is being written to the blockchain; this takes a few moments."
    LOST = "The blockchain lost this record; it is being written again."
    MISSING = "What the registry keeps of its anchor is missing or damaged, so it could not be checked."


def add_tree(writes: Writes, batch: Batch, digests: Sequence[bytes]) -> bytes:
    """Add the rows of the tree over these leaves to a transaction; returns its root."""
    changed = BatchChangedError(batch.id)
    chunks = [digests[start : start + CHUNK] for start in range(0, len(digests), CHUNK)]
    for number, chunk in enumerate(chunks):
        writes.create(LeafChunk(batch.PK, _chunk_key(number), digests=b"".join(chunk)), otherwise=changed)
    tops = [root_of(chunk) for chunk in chunks]
    writes.create(Top(batch.PK, TOP, digests=b"".join(tops)), otherwise=changed)
    return root_of(tops)


def find_proof(
    place: Place | None, *, number: str, revision: int, digest: str, consistent: bool = False
) -> Proof | Unproven:
    """The proof of the credential with this digest (hex): one BatchGetItem, none without a place."""
    if place is None:
        return Unproven.WAITING
    key, chunk_number = batch_key(place.batch_id), place.index // CHUNK
    keys = [(Batch, key, METADATA), (Top, key, TOP), (LeafChunk, key, _chunk_key(chunk_number))]
    batch, top, chunk = find_all(keys, consistent=consistent)
    if not (isinstance(batch, Batch) and isinstance(top, Top) and isinstance(chunk, LeafChunk)):
        return Unproven.MISSING
    if not batch.is_anchored:
        return Unproven.LOST if batch.has_places else Unproven.WAITING
    leaves = digests_in(chunk.digests)
    position = place.index % CHUNK
    if position >= len(leaves) or leaves[position].hex() != digest:
        return Unproven.WAITING
    try:
        path = path_of(leaves, position) + path_of(digests_in(top.digests), chunk_number)
    except ValueError:
        return Unproven.MISSING
    return Proof(
        number=number,
        revision=revision,
        digest=digest,
        batch_id=place.batch_id,
        index=place.index,
        path=[{side: sibling.hex()} for side, sibling in path],
        root=batch.root,
        chain_id=batch.chain_id,
        tx_hash=batch.tx_hash,
        block_number=batch.block_number,
        confirmed_at=batch.confirmed_at,
        sender=batch.sender,
    )


def _chunk_key(number: int) -> str:
    return f"LEAVES#{number:04d}"
