"""What the chain says of the database: whether the newest anchor that our account made is one that the database knows.

Somebody who puts a whole database of yesterday back cannot take back a transaction. The chain is asked at most once a
minute by each process; while it is out of reach, what it said last stands.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from defiso.anchoring.commitments import COMMITMENTS
from defiso.anchoring.errors import DamagedWitnessError
from defiso.anchoring.ledger import FILLER, read_use, uses_newest_first
from defiso.anchoring.machine import read_batch
from defiso.anchoring.models import Batch, Commitments, LeafChunk, NonceUse, digests_in
from defiso.anchoring.restores import Restores, read_restores
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
FOREIGN = "The newest transaction of the registry’s account is none that its database knows of."
DAMAGED = "What the registry keeps of its newest record on the blockchain is missing or damaged."
RESTORES_GONE = "What the registry keeps of backups that were restored is missing or damaged."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    """``platform`` is the platform's checkpoint in the newest batch on the chain, None before the first.

    ``problem`` is a sentence if the database does not know what the chain has; nothing it says is the newest then.
    ``least_generation`` is that of checkpoints since the last accepted restore (``restores``).
    """

    platform: Checkpoint | None = None
    problem: str = ""
    least_generation: int = 0


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
        chain = configured_chain()
        _kept.witness = look(chain, read_restores(chain))
        _kept.ask_at = clock.monotonic() + KEPT_SECONDS
    except (ChainUnavailableError, ChainMismatchError) as error:
        log.warning("witness: %s", error.sentence)
        _kept.ask_at = clock.monotonic() + PAUSE_SECONDS
    if _kept.witness.problem:
        log.error("witness: %s", _kept.witness.problem)


def look(chain: Chain, restores: Restores) -> Witness:
    """Follow our account's transactions back to the newest anchor, past those that were lost by accepted restores.

    Raises ChainUnavailableError, ChainMismatchError.
    """
    if not restores.are_whole:
        return Witness(problem=RESTORES_GONE)
    count = chain.account_state().nonce
    counting = (nonce for nonce in range(count - 1, -1, -1) if not restores.has_lost(nonce))
    for nonce in islice(counting, MOST_FOLLOWED):
        use = read_use(chain, nonce)
        found = _judge(chain, use) if use else Witness(problem=OLDER)
        if found:
            return replace(found, least_generation=restores.least_generation)
    is_new = all(restores.has_lost(nonce) for nonce in range(count))
    return replace(Witness() if is_new else Witness(problem=DAMAGED), least_generation=restores.least_generation)


def lost_nonces(chain: Chain, restores: Restores) -> range:
    """From the first to the last that the database knows nothing of, above the newest anchor that it knows.

    Raises DamagedWitnessError if what it keeps of that is damaged; ChainUnavailableError, ChainMismatchError.
    """
    if not restores.are_whole:
        raise DamagedWitnessError(RESTORES_GONE)
    above = chain.account_state().nonce
    unknown: list[int] = []
    for use in uses_newest_first(chain):
        nonce = int(use.nonce)
        if nonce >= above:
            continue
        unknown += [lost for lost in range(nonce + 1, above) if not restores.has_lost(lost)]
        above = nonce
        found = None if restores.has_lost(nonce) else _judge(chain, use)
        if found and found.problem == FOREIGN:
            unknown.append(nonce)
        elif found and found.problem:
            raise DamagedWitnessError(found.problem)
        elif found:
            break
    else:
        unknown += [lost for lost in range(above) if not restores.has_lost(lost)]
    return range(min(unknown), max(unknown) + 1) if unknown else range(0)


def _judge(chain: Chain, use: NonceUse) -> Witness | None:
    """What is known of the anchor with this nonce; None if its transaction is known and carries none.

    No row is believed for that: the chain has to show a transaction with this nonce that the row names.
    """
    try:
        mined = _mined(chain, use.fillers or [], int(use.nonce))
        if mined and not mined.data:
            return None
        if use.batch_id == FILLER:
            return Witness(problem=FOREIGN)
        batch = read_batch(use.batch_id)
        if batch is None:
            return Witness(problem=DAMAGED)
        mined = _mined(chain, [attempt.tx_hash for attempt in reversed(batch.attempts)], int(use.nonce))
        if mined is None:
            return Witness(problem=FOREIGN)
        if not mined.succeeded:
            return None
        return _witness_of(batch) if mined.data.hex() == batch.root else Witness(problem=DAMAGED)
    except (DamagedRowError, ValueError, TypeError, KeyError):  # rows that are none of ours
        return Witness(problem=DAMAGED)


class _Mined(NamedTuple):
    data: bytes
    succeeded: bool


def _mined(chain: Chain, hashes: Iterable[str], nonce: int) -> _Mined | None:
    """The one of these transactions that the chain has, if it is our account's and has this nonce."""
    for tx_hash in hashes:
        seen = chain.evidence(tx_hash)
        transaction, receipt = seen.transaction, seen.receipt
        if transaction and receipt and (transaction.sender, transaction.nonce) == (chain.address, nonce):
            return _Mined(transaction.data, receipt.succeeded)
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
