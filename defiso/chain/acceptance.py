"""When a transaction is an anchor: one set of rules for the worker, who waits for it, and for the public check.

Rules: it exists, its receipt says success, on our chain, from our account to itself, whose whole input is the root, and
deep enough. Verifiers that accept less take reverted or relabelled transactions for anchors.
"""

from enum import Enum

from defiso.chain.sightings import Evidence


class Refusal(Enum):
    """Why a transaction is not accepted. ``passing`` ones may pass with time and prove nothing wrong."""

    ABSENT = "The blockchain holds no such transaction."
    NOT_MINED = "The transaction has not been mined yet."
    TOO_SHALLOW = "The transaction is on the blockchain, but not yet deep enough to be final."
    FAILED = "The transaction failed on the blockchain."
    OTHER_CHAIN = "The transaction was made for another blockchain."
    OTHER_SENDER = "The transaction was not sent by this registry's account."
    OTHER_CONTENT = "The transaction does not hold the root that this certificate leads to."

    @property
    def sentence(self) -> str:
        return str(self.value)


def refusal_of(evidence: Evidence, *, root: bytes, sender: str, chain_id: int, confirmations: int) -> Refusal | None:
    """The first rule that the transaction breaks, None when it is an anchor of ``root``."""
    transaction, receipt = evidence.transaction, evidence.receipt
    if transaction is None:
        return Refusal.ABSENT
    if transaction.chain_id not in (None, chain_id):
        return Refusal.OTHER_CHAIN
    if not transaction.sender == transaction.recipient == sender:
        return Refusal.OTHER_SENDER
    if transaction.data != root:
        return Refusal.OTHER_CONTENT
    if receipt is None:
        return Refusal.NOT_MINED
    if not receipt.succeeded:
        return Refusal.FAILED
    if depth_of(evidence) < confirmations:
        return Refusal.TOO_SHALLOW
    return None


def depth_of(evidence: Evidence) -> int:
    """How many blocks confirm the transaction, its own included; 0 while it is not mined."""
    return evidence.head - evidence.receipt.block_number + 1 if evidence.receipt else 0
