"""Collecting to sealed: when a batch has collected enough, its tree is fixed and stored, root and all, at one stroke.

Its leaves are the credentials as they were collected, and then what it commits to beside them (``commitments``).
"""

import logging
from datetime import timedelta

from defiso.anchoring.collecting import is_full
from defiso.anchoring.commitments import commit
from defiso.anchoring.machine import add_move, batches_in, read_leaves, read_touched, refreshed
from defiso.anchoring.models import Batch, State
from defiso.anchoring.proofs import add_tree
from defiso.anchoring.sharing import tell_tenants
from defiso.core.clock import distance, iso, now
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction
from defiso.transparency.recording import Recorder

MOST_SECONDS = 30  # however busy the outbox
LONGEST_UNWANTED = timedelta(minutes=10)
log = logging.getLogger(__name__)


def seal_due_batches(hold: Hold, recorder: Recorder, *, batch_seconds: float, outbox_is_quiet: bool) -> int:
    """Seal every batch that is due; returns how many.

    Due is ``batch_seconds`` after the first change of a certificate once the outbox is quiet, so that a bulk load
    shares one anchor; or after MOST_SECONDS; or when full. What else happened, as a log-in, waits LONGEST_UNWANTED.
    """
    due = [batch for batch in batches_in(State.COLLECTING) if _is_due(batch, batch_seconds, outbox_is_quiet)]
    for batch in due:
        seal_batch(hold, recorder, batch)
    return len(due)


def seal_batch(hold: Hold, recorder: Recorder, batch: Batch) -> Batch:
    leaves = read_leaves(batch)
    tenants = read_touched(batch) | {leaf.tenant_slug for leaf in leaves}
    commitments = commit(hold, recorder, batch, sorted(tenants))
    tell_tenants(hold, batch, leaves, State.SEALED)
    with transaction() as writes:
        hold.guard(writes)
        root = add_tree(writes, batch, [bytes.fromhex(leaf.digest) for leaf in leaves] + commitments.digests)
        commitments.add(writes, root)
        sealed = [Batch.root.set(root.hex()), Batch.sealed_at.set(iso(now()))]
        if commitments.previous:
            sealed.append(Batch.previous_id.set(commitments.previous.batch_id))
        add_move(writes, batch, State.SEALED, sealed)
    log.info("batch=%s state=sealed certificates=%d bodies=%d", batch.id, len(leaves), len(tenants))
    return refreshed(batch)


def _is_due(batch: Batch, batch_seconds: float, outbox_is_quiet: bool) -> bool:
    if is_full(batch):
        return True
    if not batch.wanted_at:
        return distance(batch.opened_at) >= LONGEST_UNWANTED
    age = distance(batch.wanted_at).total_seconds()
    return age >= max(MOST_SECONDS, batch_seconds) or (outbox_is_quiet and age >= batch_seconds)
