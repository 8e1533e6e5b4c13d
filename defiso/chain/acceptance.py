"""When a transaction is an anchor: one set of rules for the worker, who waits for it, and for the public check.

Rules: it exists, its receipt says success, on our chain, from our account to itself, whose whole input is the root, and
deep enough. Verifiers that accept less take reverted or relabelled transactions for anchors.
"""

from enum import Enum

from defiso.chain.sightings import OnChain, Receipt, Sighting


class Shortfall(Enum):
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


def shortfall_of(on_chain: OnChain, *, root: bytes, sender: str, chain_id: int, confirmations: int) -> Shortfall | None:
    """The first rule that the transaction breaks, None when it is an anchor of ``root``."""
    transaction, receipt = on_chain.transaction, on_chain.receipt
    if transaction is None:
        return Shortfall.ABSENT
    if transaction.chain_id != chain_id:
        return Shortfall.OTHER_CHAIN
    if not transaction.sender == transaction.recipient == sender:
        return Shortfall.OTHER_SENDER
    if transaction.data != root:
        return Shortfall.OTHER_CONTENT
    if receipt is None:
        return Shortfall.NOT_MINED
    if not receipt.succeeded:
        return Shortfall.FAILED
    return None if is_deep_enough(on_chain, receipt, confirmations=confirmations) else Shortfall.TOO_SHALLOW


def is_deep_enough(on_chain: OnChain | Sighting, receipt: Receipt, *, confirmations: int) -> bool:
    """Whether enough blocks confirm it and, where the chain says which blocks are final, its own is."""
    is_final = on_chain.finalized is None or receipt.block_number <= on_chain.finalized
    return is_final and on_chain.head - receipt.block_number + 1 >= confirmations


def depth_of(on_chain: OnChain) -> int:
    """How many blocks confirm the transaction, its own included; 0 while it is not mined."""
    return on_chain.head - on_chain.receipt.block_number + 1 if on_chain.receipt else 0
