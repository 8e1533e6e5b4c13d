"""Sealed to signed to sent: attempts are stored whole before a byte leaves, and the same bytes are sent again at need.

A dearer attempt keeps its nonce, so that at most one of a batch's attempts at that nonce is ever mined.
"""

import logging
from datetime import timedelta

from defiso.anchoring.ledger import add_filler, add_use, next_nonce, read_use
from defiso.anchoring.machine import add_move, move, note_problem, read_batch, refreshed, storing
from defiso.anchoring.models import Attempt, Batch, State
from defiso.chain.client import Chain
from defiso.chain.sightings import Answer, Fees
from defiso.core.clock import distance, iso, now
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction

MOST_OFFERS = 10  # attempts at one nonce: the last offers nearly three times the first
LONGEST_PAUSE = timedelta(minutes=10)  # between attempts after failures
MOST_FILLERS = 50  # at one pass
log = logging.getLogger(__name__)


def sign_batch(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Store a signed attempt under a fresh nonce; does nothing while a failed batch pauses."""
    if _pauses(batch):
        return batch
    nonce = next_nonce(chain)
    signed = chain.sign_anchor(bytes.fromhex(batch.root), nonce=nonce, fees=chain.fees())
    attempt = Attempt.of(signed, signed_at=iso(now()))
    with transaction() as writes:
        hold.guard(writes)
        add_use(writes, chain, nonce=nonce, batch_id=batch.id)
        identity = [Batch.chain_id.set(chain.chain_id), Batch.sender.set(chain.address)]
        add_move(writes, batch, State.SIGNED, [storing([*batch.attempts, attempt]), *identity])
    log.info("batch=%s state=signed nonce=%d tx=%s", batch.id, nonce, attempt.tx_hash)
    return refreshed(batch)


def send_batch(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Send the stored bytes. A time-out leaves the batch signed: maybe sent, and sent again at the next pass."""
    answer = chain.send(batch.attempt.raw)
    if answer.means_sent:
        sent = move(hold, batch, State.SENT, [Batch.sent_at.set(iso(now())), Batch.problem.remove()])
        log.info("batch=%s state=sent answer=%s", batch.id, answer.value)
        return sent
    return _offer_more_or_say_why(hold, chain, batch, answer)


def resend_batch(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Send the stored bytes of a sent batch again: the node has forgotten them."""
    answer = chain.send(batch.attempt.raw)
    log.info("batch=%s resent answer=%s", batch.id, answer.value)
    return batch if answer.means_sent else _offer_more_or_say_why(hold, chain, batch, answer)


def offer_more(hold: Hold, chain: Chain, batch: Batch) -> Batch:
    """Store a dearer attempt at the same nonce, unless the count or the cap of offers is reached."""
    current = batch.attempt
    offers = sum(attempt.nonce == current.nonce for attempt in batch.attempts)
    fees = _dearer(current, chain.fees())
    if offers >= MOST_OFFERS or fees.most > chain.network.fee_cap:
        return note_problem(hold, batch, "Fees are high: the highest offer we make has not been taken yet.")
    signed = chain.sign_anchor(bytes.fromhex(batch.root), nonce=current.nonce, fees=fees)
    attempt = Attempt.of(signed, signed_at=iso(now()))
    log.info("batch=%s state=signed nonce=%d offer=%d tx=%s", batch.id, current.nonce, offers + 1, attempt.tx_hash)
    return move(hold, batch, State.SIGNED, [storing([*batch.attempts, attempt])])


def fill_nonce_gap(hold: Hold, chain: Chain, waiting: list[Batch]) -> int:
    """Use up nonces that nothing occupies but that sent batches wait behind; returns how many.

    Such a gap is left when a chain forgets transactions that were not anchors: foreign ones or reverted ones.
    """
    if not waiting:
        return 0
    lowest = min(batch.attempt.nonce for batch in waiting)
    free = chain.nonce("pending")
    gap = range(free, min(lowest, free + MOST_FILLERS))
    if not gap or any(_is_taken(chain, nonce) for nonce in gap):
        return 0
    fees = chain.fees()
    fillers = [chain.sign_filler(nonce=nonce, fees=fees) for nonce in gap]
    with transaction() as writes:
        hold.guard(writes)
        for filler in fillers:
            add_filler(writes, chain, nonce=filler.nonce, tx_hash=filler.tx_hash)
    for filler in fillers:
        answer = chain.send(filler.raw)
        log.warning("nonce=%d filled answer=%s", filler.nonce, answer.value)
    return len(gap)


def _is_taken(chain: Chain, nonce: int) -> bool:
    """Whether a batch that is to be mined at this nonce merely has not been seen in its new state yet."""
    use = read_use(chain, nonce)
    batch = read_batch(use.batch_id) if use else None
    return bool(batch and batch.state in (State.SIGNED, State.SENT) and batch.attempt.nonce == nonce)


def _offer_more_or_say_why(hold: Hold, chain: Chain, batch: Batch, answer: Answer) -> Batch:
    if answer is Answer.UNDERPRICED:
        return offer_more(hold, chain, batch)
    reasons = {Answer.NO_FUNDS: "The anchoring account has too little ether for the fee."}
    reason = reasons.get(answer, "The blockchain node refuses this transaction.")
    log.error("batch=%s problem=%s", batch.id, reason)
    return note_problem(hold, batch, reason)


def _dearer(attempt: Attempt, current: Fees) -> Fees:
    """At least an eighth (12.5 %) more than the attempt in both parts, as nodes ask of a replacement."""
    most, tip = (int(old) + -(-int(old) // 8) for old in (attempt.max_fee, attempt.max_tip))
    return Fees(most=max(most, current.most), tip=max(tip, current.tip))


def _pauses(batch: Batch) -> bool:
    """After attempts that were ruled out, wait twice as long each time: failures cost ether."""
    failures = sum(bool(attempt.outcome) for attempt in batch.attempts)
    pause = timedelta(seconds=2 ** min(failures, 10))
    return bool(failures) and distance(batch.attempt.signed_at) < min(pause, LONGEST_PAUSE)
