"""What each tenant is told of a batch: its share, with the state that the tenant's list of batches shows.

Written before the arrow it announces, in pieces, and only while the batch is as read; repeating it changes nothing.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pynamodb.expressions.update import Action

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.machine import batch_key, unchanged
from defiso.anchoring.models import METADATA, Batch, Leaf, Share, State
from defiso.outbox.hold import Hold
from defiso.store.keys import tenant_key
from defiso.store.transactions import MOST_PARTS, transaction

PIECE = MOST_PARTS - 2  # beside the lease's and the batch's own conditions
T = TypeVar("T")


def tell_tenants(hold: Hold, batch: Batch, leaves: Sequence[Leaf], state: State) -> None:
    """Set the state, and once anchored the transaction, on the share of every tenant with credentials in the batch."""
    tenants = sorted({leaf.tenant_slug for leaf in leaves})
    for piece in pieces(tenants, PIECE):
        hold.keep()
        with transaction() as writes:
            hold.guard(writes)
            writes.check(Batch, batch.PK, METADATA, given=unchanged(batch), otherwise=BatchChangedError(batch.id))
            for tenant in piece:
                share = Share(tenant_key(tenant), batch_key(batch.id))
                writes.update(
                    share, _news(batch, state), given=Share.PK.exists(), otherwise=BatchChangedError(batch.id)
                )


def pieces(sequence: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (sequence[start : start + size] for start in range(0, len(sequence), size))


def _news(batch: Batch, state: State) -> list[Action]:
    if state is State.ANCHORED:
        return [
            Share.state.set(state.value),
            Share.tx_hash.set(batch.tx_hash),
            Share.block_number.set(batch.block_number),
            Share.anchored_at.set(batch.confirmed_at),
        ]
    return [
        Share.state.set(state.value),
        Share.tx_hash.remove(),
        Share.block_number.remove(),
        Share.anchored_at.remove(),
    ]
