"""Sent to mined to final, and back when the chain takes something back. What a node says is believed only as far as
its own receipts go; an attempt is ruled out only when the chain has settled that it can no longer be mined.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from defiso.anchoring.ledger import add_tip, read_account, uses_newest_first
from defiso.anchoring.machine import forgetting_the_block, move, note_problem, read_batch, read_leaves, storing
from defiso.anchoring.models import Batch, State
from defiso.anchoring.sending import offer_more, resend_batch
from defiso.anchoring.sharing import tell_tenants
from defiso.chain.acceptance import is_deep_enough, shortfall_of
from defiso.chain.client import Chain
from defiso.chain.sightings import Receipt, Sighting
from defiso.core.clock import distance, iso, now
from defiso.outbox.hold import Hold
from defiso.store.transactions import transaction

OFFER_STANDS = timedelta(seconds=90)  # before a dearer one
log = logging.getLogger(__name__)


def watch_batch(hold: Hold, chain: Chain, batch: Batch, *, confirmations: int) -> Batch:
    """Look for a receipt of any attempt of a sent or mined batch and take the arrow it calls for."""
    sighting = chain.observe([attempt.tx_hash for attempt in batch.attempts])
    success = next((receipt for receipt in sighting.receipts if receipt.succeeded), None)
    if success is None and batch.state == State.MINED:
        return send_back(hold, batch, "The blockchain took back the block that held this anchor.")
    if success is None:
        return _wait_or_try_again(hold, chain, batch, sighting, confirmations)
    if batch.block_hash != success.block_hash or batch.tx_hash != success.tx_hash:
        batch = _record_receipt(hold, batch, success)
    if is_deep_enough(sighting, success, confirmations=confirmations):
        batch = _finalise(hold, chain, batch, confirmations)
    return batch


def send_back(hold: Hold, batch: Batch, why: str) -> Batch:
    """Return a batch whose receipt is gone to sent; its bytes are sent again from there."""
    tell_tenants(hold, batch, read_leaves(batch), State.SENT)
    log.warning(
        "batch=%s state=sent was=%s nonce=%d lost tx=%s", batch.id, batch.state, batch.attempt.nonce, batch.tx_hash
    )
    back = [Batch.sent_at.set(iso(now())), Batch.problem.set(why), *forgetting_the_block()]
    return move(hold, batch, State.SENT, back)


def find_lost_anchors(hold: Hold, chain: Chain) -> int:
    """Send back every anchored batch that the chain has lost; returns how many. One question while nothing is lost.

    Nonces are mined in order, so below the newest batch that the chain still holds, it holds all.
    """
    account = read_account(chain)
    if not account.tip_hash or chain.block_hash(account.tip_number) == account.tip_hash:
        return 0
    lost = 0
    held: Batch | None = None
    for use in uses_newest_first(chain):
        hold.keep()
        batch = read_batch(use.batch_id)
        if batch is None or batch.state != State.ANCHORED:
            continue
        if chain.block_hash(batch.block_number) == batch.block_hash:
            held = batch
            break
        send_back(hold, batch, "The blockchain lost this anchor; it is being written again.")
        lost += 1
    with transaction() as writes:
        hold.guard(writes)
        number, block_hash = (held.block_number, held.block_hash) if held else (None, None)
        add_tip(writes, account, number=number, block_hash=block_hash)
    log.warning("chain lost anchors=%d", lost)
    return lost


def _record_receipt(hold: Hold, batch: Batch, receipt: Receipt) -> Batch:
    log.info("batch=%s state=mined block=%d gas=%d", batch.id, receipt.block_number, receipt.gas_used)
    told = [
        Batch.tx_hash.set(receipt.tx_hash),
        Batch.block_number.set(receipt.block_number),
        Batch.block_hash.set(receipt.block_hash),
        Batch.gas_used.set(receipt.gas_used),
        Batch.gas_price.set(str(receipt.gas_price)),
        Batch.problem.remove(),
    ]
    return move(hold, batch, State.MINED, told)


def _finalise(hold: Hold, chain: Chain, batch: Batch, confirmations: int) -> Batch:
    """Deep enough: accept the transaction by the same rules as the public check does."""
    evidence = chain.evidence(batch.tx_hash)
    shortfall = shortfall_of(
        evidence,
        root=bytes.fromhex(batch.root),
        sender=batch.sender,
        chain_id=chain.chain_id,
        confirmations=confirmations,
    )
    if shortfall:
        return note_problem(hold, batch, shortfall.sentence)
    log.info("batch=%s state=final", batch.id)
    return move(hold, batch, State.FINAL, [Batch.confirmed_at.set(iso(now())), Batch.problem.remove()])


def _wait_or_try_again(hold: Hold, chain: Chain, batch: Batch, sighting: Sighting, confirmations: int) -> Batch:
    """No attempt has succeeded: rule the newest out, send it again, offer more, or wait."""
    attempt = batch.attempt
    failure = next((receipt for receipt in sighting.receipts if receipt.tx_hash == attempt.tx_hash), None)
    if failure:
        if is_deep_enough(sighting, failure, confirmations=confirmations):
            return _rule_out(hold, batch, "reverted", "The anchor's transaction failed; another follows.")
        return batch
    if sighting.mined_nonce > attempt.nonce:
        settled = max(0, sighting.head - confirmations + 1)
        if chain.nonce(settled) > attempt.nonce:
            return _rule_out(hold, batch, "nonce used", "Another transaction used this anchor's turn; another follows.")
        return batch
    if not sighting.newest_is_known:
        return resend_batch(hold, chain, batch)
    if distance(batch.sent_at) >= OFFER_STANDS and attempt.nonce == sighting.mined_nonce:
        return offer_more(hold, chain, batch)
    return batch


def _rule_out(hold: Hold, batch: Batch, outcome: str, problem: str) -> Batch:
    log.warning("batch=%s state=sealed attempt=%s outcome=%s", batch.id, batch.attempt.tx_hash, outcome)
    attempts = [*batch.attempts[:-1], replace(batch.attempt, outcome=outcome)]
    return move(hold, batch, State.SEALED, [storing(attempts), Batch.problem.set(problem)])
