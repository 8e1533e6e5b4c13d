"""The states of a batch and the one conditional update behind every arrow between them.

When to take which is decided in ``collecting``, ``sealing``, ``sending``, ``watching`` and ``proving``.
"""

from collections.abc import Sequence
from dataclasses import asdict

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.models import METADATA, Attempt, Batch, Collected, Leaf, State, Touched
from defiso.outbox.hold import Hold
from defiso.store.items import find_all
from defiso.store.transactions import Writes, transaction

ARROWS: dict[State, set[State]] = {
    State.COLLECTING: {State.COLLECTING, State.SEALED},  # more leaves; root
    State.SEALED: {State.SIGNED},  # an attempt is stored
    State.SIGNED: {State.SENT, State.SIGNED},  # handed to a node; dearer attempt
    State.SENT: {State.MINED, State.SIGNED, State.SEALED},  # receipt; dearer attempt; attempt ruled out for good
    State.MINED: {State.FINAL, State.MINED, State.SENT},  # deep enough; in another block now; receipt gone
    State.FINAL: {State.ANCHORED, State.SENT},  # proofs written; receipt gone
    State.ANCHORED: {State.SENT},  # the chain lost it
}
BATCH_READS = 100
TOUCHED = "TOUCHED#"


def batch_key(batch_id: str) -> str:
    return f"BATCH#{batch_id}"


def batches_in(*states: State) -> list[Batch]:
    """The batches in these states, oldest first. The index proposes, a consistent read of each row decides."""
    ids = [str(found.GSI1SK) for state in states for found in Batch.GSI1.query(f"STATE#{state}")]
    batches = []
    for start in range(0, len(ids), BATCH_READS):
        keys = [(Batch, batch_key(batch_id), METADATA) for batch_id in ids[start : start + BATCH_READS]]
        batches += [batch for batch in find_all(keys, consistent=True) if isinstance(batch, Batch)]
    return sorted((batch for batch in batches if batch.state in states), key=lambda batch: batch.id)


def read_batch(batch_id: str) -> Batch | None:
    return Batch.find(batch_key(batch_id), METADATA, consistent=True)


def read_leaves(batch: Batch) -> list[Leaf]:
    """The credentials of a batch in the order of its tree, whose first leaves they are."""
    rows = Collected.query(batch_key(batch.id), Collected.SK.startswith("COLLECTED#"), consistent_read=True)
    return [leaf for row in rows for leaf in row.leaves]


def read_touched(batch: Batch) -> set[str]:
    """The tenants, some of those with credentials among them, of which something else happened."""
    rows = Touched.query(batch_key(batch.id), Touched.SK.startswith(TOUCHED), consistent_read=True)
    return {row.SK.removeprefix(TOUCHED) for row in rows}


def move(hold: Hold, batch: Batch, to: State, actions: Sequence[Action] = ()) -> Batch:
    """Take one arrow and return the batch as it is then. Raises BatchChangedError, LeaseLostError."""
    with transaction() as writes:
        hold.guard(writes)
        add_move(writes, batch, to, actions)
    return refreshed(batch)


def add_move(writes: Writes, batch: Batch, to: State, actions: Sequence[Action] = ()) -> None:
    """Add one arrow to a transaction, provided that the batch is still exactly as it was read."""
    if to not in ARROWS[State(batch.state)]:
        raise ValueError(f"a {batch.state} batch does not become {to}")
    steps = [Batch.state.set(to.value), Batch.GSI1PK.set(f"STATE#{to}"), Batch.version.set(batch.version + 1)]
    writes.update(batch, [*steps, *actions], given=unchanged(batch), otherwise=BatchChangedError(batch.id))


def unchanged(batch: Batch) -> Condition:
    same: Condition = (Batch.version == batch.version) & (Batch.state == batch.state)
    return same


def note_problem(hold: Hold, batch: Batch, problem: str) -> Batch:
    """Write on the batch, for staff, why it does not get on; nothing if that is what it says already."""
    if batch.problem == problem:
        return batch
    with transaction() as writes:
        hold.guard(writes)
        actions = [Batch.problem.set(problem), Batch.version.set(batch.version + 1)]
        writes.update(batch, actions, given=unchanged(batch), otherwise=BatchChangedError(batch.id))
    return refreshed(batch)


def refreshed(batch: Batch) -> Batch:
    found = read_batch(batch.id)
    if found is None:
        raise BatchChangedError(batch.id)
    return found


def storing(attempts: Sequence[Attempt]) -> Action:
    return Batch.stored_attempts.set([asdict(attempt) for attempt in attempts])


def forgetting_the_block() -> list[Action]:
    """Take back everything that a receipt had told."""
    told = (
        Batch.tx_hash,
        Batch.block_number,
        Batch.block_hash,
        Batch.gas_used,
        Batch.gas_price,
        Batch.confirmed_at,
    )
    return [attribute.remove() for attribute in told]
