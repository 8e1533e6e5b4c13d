"""Final to anchored: each credential is told its place, each tenant its share, then the batch is done.

Places are written again, the same, after a crash; they stay as they are when the chain moves the anchor.
"""

import logging
from collections.abc import Sequence

from defiso.anchoring.commitments import leaves_of_tree
from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.ledger import add_tip, read_account
from defiso.anchoring.machine import add_move, note_problem, read_leaves, refreshed, unchanged
from defiso.anchoring.models import METADATA, Batch, Leaf, Place, State, proof_key
from defiso.anchoring.sharing import PIECE, pieces, tell_tenants
from defiso.anchoring.watching import send_back
from defiso.chain.client import Chain
from defiso.core.merkle import root_of
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction

log = logging.getLogger(__name__)


def prove_batch(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Write the places of a final batch's credentials and finish it; sends it back if its block is gone.

    While the block of the newest finished anchor is gone, nothing is finished: what was lost is to be found first.
    """
    account = read_account(chain)
    if chain.block_hash(batch.block_number) != batch.block_hash:
        return send_back(hold, batch, "The blockchain took back the block that held this anchor.")
    if account.tip_hash and chain.block_hash(account.tip_number) != account.tip_hash:
        return batch
    leaves = read_leaves(batch)
    if root_of(leaves_of_tree(batch, leaves)).hex() != batch.root:
        log.error("batch=%s problem=leaves do not lead to the root", batch.id)
        return note_problem(hold, batch, "The stored leaves do not lead to the anchored root.")
    if not batch.has_places:
        _write_places(hold, batch, leaves)
    tell_tenants(hold, batch, leaves, State.ANCHORED)
    with transaction() as writes:
        hold.guard(writes)
        add_move(writes, batch, State.ANCHORED, [Batch.has_places.set(True)])
        if batch.block_number >= (account.tip_number or 0):
            add_tip(writes, account, number=batch.block_number, block_hash=batch.block_hash)
    log.info("batch=%s state=anchored certificates=%d", batch.id, len(leaves))
    return refreshed(batch)


def _write_places(hold: Hold, batch: Batch, leaves: Sequence[Leaf]) -> None:
    for piece in pieces(list(enumerate(leaves)), PIECE):
        hold.keep()
        with transaction() as writes:
            hold.guard(writes)
            writes.check(Batch, batch.PK, METADATA, given=unchanged(batch), otherwise=BatchChangedError(batch.id))
            for index, leaf in piece:
                key = proof_key(leaf.tenant_slug, leaf.number_slug, leaf.revision)
                fresh_or_ours = Place.PK.does_not_exist() | (Place.batch_id == batch.id)
                place = Place(*key, batch_id=batch.id, index=index)
                writes.put(place, given=fresh_or_ours, otherwise=BatchChangedError(batch.id))
