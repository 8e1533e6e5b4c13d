"""Collecting to sealed: when a batch has collected enough, its tree is fixed and stored, root and all, at one stroke.

The leaves were stored as they were collected, so the root can be computed again by anyone at any time.
"""

import logging

from defiso.anchoring.collecting import is_full
from defiso.anchoring.machine import add_move, batches_in, read_leaves, refreshed
from defiso.anchoring.models import Batch, State
from defiso.anchoring.proofs import add_tree
from defiso.anchoring.sharing import tell_tenants
from defiso.core.clock import distance, iso, now
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction

MOST_SECONDS = 30  # however busy the outbox
log = logging.getLogger(__name__)


def seal_due_batches(hold: Hold, *, batch_seconds: float, outbox_is_quiet: bool) -> int:
    """Seal every batch that is due; returns how many.

    Due is ``batch_seconds`` after the first leaf once the outbox is quiet, so that a bulk load shares one anchor; or
    after MOST_SECONDS; or when full.
    """
    due = [batch for batch in batches_in(State.COLLECTING) if _is_due(batch, batch_seconds, outbox_is_quiet)]
    for batch in due:
        seal_batch(hold, batch)
    return len(due)


def seal_batch(hold: Hold, batch: Batch) -> Batch:
    leaves = read_leaves(batch)
    tell_tenants(hold, batch, leaves, State.SEALED)
    with transaction() as writes:
        hold.guard(writes)
        root = add_tree(writes, batch, [bytes.fromhex(leaf.digest) for leaf in leaves])
        add_move(writes, batch, State.SEALED, [Batch.root.set(root.hex()), Batch.sealed_at.set(iso(now()))])
    log.info("batch=%s state=sealed certificates=%d", batch.id, len(leaves))
    return refreshed(batch)


def _is_due(batch: Batch, batch_seconds: float, outbox_is_quiet: bool) -> bool:
    age = distance(batch.opened_at).total_seconds()
    if is_full(batch) or age >= max(MOST_SECONDS, batch_seconds):
        return True
    return outbox_is_quiet and age >= batch_seconds
