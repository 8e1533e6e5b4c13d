"""Batches against the chain itself: the transaction of each, and the account's own count of what it sent."""

from collections.abc import Iterator

from defiso.anchoring.ledger import uses_newest_first
from defiso.anchoring.machine import batch_key
from defiso.anchoring.models import METADATA, Batch
from defiso.anchoring.restores import Restores, read_restores
from defiso.auditing.findings import Finding, Kind, Progress, Steps
from defiso.auditing.rows import read_some
from defiso.chain.acceptance import shortfall_of
from defiso.chain.accounts import our_addresses
from defiso.chain.client import Chain, chain_of
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.store.items import BATCH_GET_LIMIT

NO_ANSWER = (ChainUnavailableError, ChainMismatchError)


class AnchorsOf:
    """``chain`` is the one that is anchored on now. One that does not answer is asked no more, and that is told."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._silent: set[int] = set()

    def check(self, batch: Batch) -> Iterator[Finding]:
        if not batch.is_anchored or batch.chain_id in self._silent:
            return
        chain = self._chain if batch.chain_id == self._chain.chain_id else chain_of(batch.chain_id)
        if chain is None:
            yield from self._give_up(batch.chain_id, f"No node of chain {batch.chain_id} is known.")
            return
        try:
            sentence = _problem_of(chain, batch)
        except NO_ANSWER as error:
            yield from self._give_up(batch.chain_id, error.sentence)
            return
        if sentence:
            yield Finding(Kind.CHAIN, "", batch.id, f"Batch {batch.id}: {sentence}")

    def ledger(self) -> Steps:
        """Every nonce that was signed with is of a batch, without a gap, and none that the chain knows is missing."""
        if self._chain.chain_id in self._silent:
            return
        try:
            used = self._chain.nonce("latest")
        except NO_ANSWER as error:
            yield from self._give_up(self._chain.chain_id, error.sentence)
            return
        uses, restores = uses_newest_first(self._chain), read_restores(self._chain)
        above: int | None = None
        some: list[tuple[int, str]] = []
        for use in uses:
            if above is None and not _are_lost(restores, use.nonce + 1, used):
                yield self._older(used, f"the newest known here has nonce {use.nonce}")
            if above is not None and not _are_lost(restores, use.nonce + 1, above):
                sentence = f"No batch is known to have used the nonces {use.nonce + 1} to {above - 1} of the account."
                yield Finding(Kind.CHAIN, "", str(use.nonce + 1), sentence)
            above = int(use.nonce)
            some.append((above, use.batch_id))
            if len(some) == BATCH_GET_LIMIT:
                yield from _batches_of(some)
                some = []
        yield from _batches_of(some)
        yield Progress()

    def _older(self, used: int, known: str) -> Finding:
        sentence = f"The database is older than its chain: the account has sent {used} transactions, and {known}."
        return Finding(Kind.CHAIN, "", str(used - 1), sentence)

    def _give_up(self, chain_id: int, why: str) -> Iterator[Finding]:
        self._silent.add(chain_id)
        yield Finding(Kind.CHAIN, "", str(chain_id), f"Anchors on chain {chain_id} could not be checked: {why}")


def _are_lost(restores: Restores, start: int, end: int) -> bool:
    """Whether every nonce from ``start`` up to ``end`` is known to be lost by a restore; there may be none."""
    return all(restores.has_lost(nonce) for nonce in range(start, end))


def _problem_of(chain: Chain, batch: Batch) -> str:
    """What is wrong with the anchor, as a sentence; nothing if it stands."""
    if batch.sender not in our_addresses(batch.chain_id):
        return "It names an account that is none of this registry's."
    evidence = chain.evidence(batch.tx_hash or "")
    shortfall = shortfall_of(
        evidence, root=bytes.fromhex(batch.root), sender=batch.sender, chain_id=chain.chain_id, confirmations=1
    )
    if shortfall:
        return shortfall.sentence
    receipt = evidence.receipt
    if receipt and (receipt.block_number, receipt.block_hash) != (batch.block_number, batch.block_hash):
        return f"Its transaction is in block {receipt.block_number}, not in the one that is kept."
    return ""


def _batches_of(uses: list[tuple[int, str]]) -> Iterator[Finding]:
    keys = [(Batch, batch_key(batch_id), METADATA) for _nonce, batch_id in uses]
    for (nonce, batch_id), row in zip(uses, read_some(keys), strict=True):
        if row is None:
            sentence = f"Batch {batch_id}, which nonce {nonce} of the account was used for, is gone."
            yield Finding(Kind.BATCH, "", batch_id, sentence)
