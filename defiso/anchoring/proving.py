"""Final to anchored: each credential gets its proof, each tenant its share, then the batch is done.

Proofs are written again, the same, after a crash; and written anew when the chain moved the anchor to another block.
"""

import logging
from collections.abc import Sequence

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.ledger import add_tip, read_account
from defiso.anchoring.machine import add_move, note_problem, read_leaves, refreshed, unchanged
from defiso.anchoring.models import METADATA, Batch, Leaf, Proof, State, proof_key
from defiso.anchoring.sharing import PIECE, pieces, tell_tenants
from defiso.anchoring.watching import send_back
from defiso.chain.client import Chain
from defiso.core.merkle import Step, paths_of, root_from
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction

log = logging.getLogger(__name__)


def prove_batch(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Write the proofs of a final batch and finish it; sends it back if its block is gone.

    While the block of the newest finished anchor is gone, nothing is finished: what was lost is to be found first.
    """
    account = read_account(chain)
    if chain.block_hash(batch.block_number) != batch.block_hash:
        return send_back(hold, batch, "The blockchain took back the block that held this anchor.")
    if account.tip_hash and chain.block_hash(account.tip_number) != account.tip_hash:
        return batch
    leaves = read_leaves(batch)
    proofs = build_proofs(batch, leaves)
    if proofs is None:
        log.error("batch=%s problem=leaves do not lead to the root", batch.id)
        return note_problem(hold, batch, "The stored leaves do not lead to the anchored root.")
    _write_proofs(hold, batch, proofs)
    tell_tenants(hold, batch, leaves, State.ANCHORED)
    with transaction() as writes:
        hold.guard(writes)
        add_move(writes, batch, State.ANCHORED)
        if batch.block_number >= (account.tip_number or 0):
            add_tip(writes, account, number=batch.block_number, block_hash=batch.block_hash)
    log.info("batch=%s state=anchored proofs=%d", batch.id, len(proofs))
    return refreshed(batch)


def build_proofs(batch: Batch, leaves: Sequence[Leaf]) -> list[Proof] | None:
    """The proof of every leaf; None if they do not lead to the batch's root."""
    digests = [bytes.fromhex(leaf.digest) for leaf in leaves]
    paths = paths_of(digests)
    if root_from(digests[0], paths[0]).hex() != batch.root:
        return None
    return [_proof(batch, leaf, index, path) for index, (leaf, path) in enumerate(zip(leaves, paths, strict=True))]


def _proof(batch: Batch, leaf: Leaf, index: int, path: Sequence[Step]) -> Proof:
    return Proof(
        *proof_key(leaf.tenant_slug, leaf.number_slug, leaf.revision),
        number=leaf.number,
        slug=leaf.number_slug,
        revision=leaf.revision,
        digest=leaf.digest,
        batch_id=batch.id,
        index=index,
        path=[{side: sibling.hex()} for side, sibling in path],
        root=batch.root,
        chain_id=batch.chain_id,
        tx_hash=batch.tx_hash,
        block_number=batch.block_number,
        confirmed_at=batch.confirmed_at,
        sender=batch.sender,
    )


def _write_proofs(hold: Hold, batch: Batch, proofs: Sequence[Proof]) -> None:
    for piece in pieces(proofs, PIECE):
        hold.keep()
        with transaction() as writes:
            hold.guard(writes)
            writes.check(Batch, batch.PK, METADATA, given=unchanged(batch), otherwise=BatchChangedError(batch.id))
            for proof in piece:
                fresh_or_ours = Proof.PK.does_not_exist() | (Proof.batch_id == batch.id)
                writes.put(proof, given=fresh_or_ours, otherwise=BatchChangedError(batch.id))
