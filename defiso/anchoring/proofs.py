"""The tree of a sealed batch as rows, and the proof of one credential derived from them.

No proof is stored: what would have to be rewritten when the chain moves an anchor stands in the batch's own row alone.
"""

from collections.abc import Sequence
from enum import Enum

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.machine import batch_key
from defiso.anchoring.models import METADATA, Batch, LeafChunk, Place, Proof, Top, digests_in
from defiso.core.cache import TimedCache
from defiso.core.merkle import path_of, root_of
from defiso.store.items import Item, find_all
from defiso.store.transactions import Writes

CHUNK = 128  # a power of two, so that a chunk is a subtree; near the root of MOST_LEAVES, so that neither part is long
TOP = "TOP"
_anchored: TimedCache[tuple[Item | None, ...]] = TimedCache(size=512, seconds=60)


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
    """The proof of the credential with this digest (hex): one BatchGetItem, none without a place.

    None either for a neighbour of one that was proven within a minute, unless ``consistent``.
    """
    if place is None:
        return Unproven.WAITING
    chunk_number = place.index // CHUNK
    batch, top, chunk = _rows_of(place.batch_id, chunk_number, consistent=consistent)
    if not (isinstance(batch, Batch) and isinstance(top, Top) and isinstance(chunk, LeafChunk)):
        return Unproven.MISSING
    if not batch.is_anchored:
        return Unproven.LOST if batch.has_places else Unproven.WAITING
    leaves = digests_in(chunk.digests)
    position = place.index % CHUNK
    if position >= len(leaves) or leaves[position].hex() != digest:
        return Unproven.MISSING
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


def forget_anchored_rows() -> None:
    """Read every batch afresh: for tests."""
    _anchored.clear()


def _rows_of(batch_id: str, chunk_number: int, *, consistent: bool) -> tuple[Item | None, ...]:
    """The batch, its top and one chunk; from memory where the batch was anchored: then they stay as they are.

    A chain that loses the anchor changes the batch all the same. What fails with rows from memory is read again.
    """
    name = f"{batch_id} {chunk_number}"
    if not consistent and (kept := _anchored.get(name)):
        return kept
    key = batch_key(batch_id)
    wanted = [(Batch, key, METADATA), (Top, key, TOP), (LeafChunk, key, _chunk_key(chunk_number))]
    rows = tuple(find_all(wanted, consistent=consistent))
    if isinstance(rows[0], Batch) and rows[0].is_anchored:
        _anchored.put(name, rows)
    return rows


def _chunk_key(number: int) -> str:
    return f"LEAVES#{number:04d}"
