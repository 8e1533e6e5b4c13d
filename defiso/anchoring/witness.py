"""What the chain says of the database: whether the newest anchor that our account made is one that the database knows.

Somebody who puts a whole database of yesterday back cannot take back a transaction. The chain is asked at most once a
minute by each process; while it is out of reach, what it said last stands.
"""

import logging
import threading
from dataclasses import dataclass

from defiso.anchoring.commitments import COMMITMENTS
from defiso.anchoring.ledger import FILLER, read_use
from defiso.anchoring.machine import read_batch
from defiso.anchoring.models import Batch, Commitments, LeafChunk, digests_in
from defiso.audit.services import PLATFORM
from defiso.chain.client import Chain, configured_chain
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.core import clock
from defiso.core.checkpoints import Checkpoint
from defiso.core.merkle import root_of
from defiso.credentials.notes import checked_checkpoint
from defiso.store.errors import DamagedRowError
from defiso.store.keys import tenant_key
from defiso.transparency.models import KeptCheckpoint, kept_key

KEPT_SECONDS = 60.0
PAUSE_SECONDS = 3.0  # after the chain did not answer
MOST_FOLLOWED = 50  # transactions back, past those that were no anchor
OLDER = "The registry’s database is older than its own record on the blockchain, so it could not be checked."
DAMAGED = "What the registry keeps of its newest record on the blockchain is missing or damaged."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    """``platform`` is the platform's checkpoint in the newest batch on the chain, None before the first.

    ``problem`` is a sentence if the database does not know what the chain has; nothing it says is the newest then.
    """

    platform: Checkpoint | None = None
    problem: str = ""


class _Kept:
    """The last answer of the chain, and when to ask again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.witness = Witness()
        self.ask_at = 0.0


_kept = _Kept()


def newest_witness() -> Witness:
    """As of at most a minute ago, or of when the chain last answered. One request asks, the others do not wait."""
    if clock.monotonic() < _kept.ask_at or not _kept.lock.acquire(blocking=_kept.ask_at == 0.0):
        return _kept.witness
    try:
        if clock.monotonic() >= _kept.ask_at:
            _ask()
    finally:
        _kept.lock.release()
    return _kept.witness


def forget_witness() -> None:
    """Ask the chain afresh: for tests."""
    _kept.witness, _kept.ask_at = Witness(), 0.0


def _ask() -> None:
    try:
        _kept.witness = look(configured_chain())
        _kept.ask_at = clock.monotonic() + KEPT_SECONDS
    except (ChainUnavailableError, ChainMismatchError) as error:
        log.warning("witness: %s", error.sentence)
        _kept.ask_at = clock.monotonic() + PAUSE_SECONDS
    if _kept.witness.problem:
        log.error("witness: %s", _kept.witness.problem)


def look(chain: Chain) -> Witness:
    """Follow our account's transactions back to the newest anchor. Raises ChainUnavailableError, ChainMismatchError."""
    newest = chain.account_state().nonce - 1
    for nonce in range(newest, max(-1, newest - MOST_FOLLOWED), -1):
        use = read_use(chain, nonce)
        if use is None:
            return Witness(problem=OLDER)
        if use.batch_id == FILLER:
            continue
        batch = read_batch(use.batch_id)
        if batch is None:
            return Witness(problem=DAMAGED)
        try:
            mined = _mined_root(chain, batch, nonce)
            if mined is not None:
                return _witness_of(batch) if mined == batch.root else Witness(problem=DAMAGED)
        except (DamagedRowError, ValueError, TypeError, KeyError):  # rows that are none of ours
            return Witness(problem=DAMAGED)
    return Witness() if newest < 0 else Witness(problem=DAMAGED)


def _mined_root(chain: Chain, batch: Batch, nonce: int) -> str | None:
    """The root, in hex, that a transaction of the batch carries under this nonce; None if none was mined well."""
    for attempt in reversed(batch.attempts):
        if attempt.nonce != nonce:
            continue
        seen = chain.evidence(attempt.tx_hash)
        if seen.transaction and seen.receipt and seen.receipt.succeeded and seen.transaction.sender == chain.address:
            return seen.transaction.data.hex()
    return None


def _witness_of(batch: Batch) -> Witness:
    """The platform's checkpoint in this batch, having computed its root from its leaves again."""
    chunks = LeafChunk.query(batch.PK, LeafChunk.SK.startswith("LEAVES#"), consistent_read=True)
    leaves = [leaf for chunk in chunks for leaf in digests_in(chunk.digests)]
    committed = Commitments.find(batch.PK, COMMITMENTS, consistent=True)
    generation = committed.generations[PLATFORM] if committed else 0
    kept = KeptCheckpoint.find(tenant_key(PLATFORM), kept_key(generation), consistent=True)
    checkpoint = checked_checkpoint(kept.note, tenant=None)[0] if kept else None
    is_whole = bool(leaves) and root_of(leaves).hex() == batch.root
    if checkpoint is None or not is_whole or checkpoint.digest not in leaves[batch.leaf_count :]:
        return Witness(problem=DAMAGED)
    return Witness(platform=checkpoint)
