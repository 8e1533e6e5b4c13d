"""What a node told us, as plain values: fees, receipts, transactions, answers to something sent.

Hashes and addresses are lower-case hex with ``0x``, amounts are wei as Python integers.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Fees:
    """EIP-1559 offer in wei per gas: the most to pay in all, and of that the tip."""

    most: int
    tip: int


@dataclass(frozen=True)
class SignedTransaction:
    raw: str
    tx_hash: str
    nonce: int
    fees: Fees


@dataclass(frozen=True)
class Receipt:
    """A mined transaction. ``gas_price`` is what was paid, in wei per gas."""

    tx_hash: str
    succeeded: bool
    block_number: int
    block_hash: str
    gas_used: int
    gas_price: int


@dataclass(frozen=True)
class Transaction:
    sender: str
    recipient: str
    data: bytes
    chain_id: int | None


@dataclass(frozen=True)
class Sighting:
    """One node's view of our attempts at one nonce; nonces count mined and known transactions of our account."""

    head: int
    mined_nonce: int
    pending_nonce: int
    newest_is_known: bool
    receipts: list[Receipt]


@dataclass(frozen=True)
class OnChain:
    """What the chain holds about one transaction, and its newest block's number."""

    head: int
    transaction: Transaction | None
    receipt: Receipt | None


class Answer(Enum):
    """What a node said to bytes handed to it. Only the receipt says whether they were mined."""

    ACCEPTED = "accepted"
    ALREADY_KNOWN = "already known"
    NONCE_USED = "nonce used"
    UNDERPRICED = "underpriced"
    NO_FUNDS = "no funds"
    REFUSED = "refused"

    @property
    def means_sent(self) -> bool:
        return self in (Answer.ACCEPTED, Answer.ALREADY_KNOWN, Answer.NONCE_USED)


# How nodes (anvil, geth, Erigon, Nethermind, Besu, reth) word refusals; the first wording that occurs decides.
_WORDINGS = (
    ("already known", Answer.ALREADY_KNOWN),
    ("alreadyknown", Answer.ALREADY_KNOWN),
    ("already imported", Answer.ALREADY_KNOWN),
    ("known transaction", Answer.ALREADY_KNOWN),
    ("nonce too low", Answer.NONCE_USED),
    ("nonce is too low", Answer.NONCE_USED),
    ("oldnonce", Answer.NONCE_USED),
    ("underpriced", Answer.UNDERPRICED),
    ("less than block base fee", Answer.UNDERPRICED),
    ("fee too low", Answer.UNDERPRICED),
    ("feetoolow", Answer.UNDERPRICED),
    ("insufficient funds", Answer.NO_FUNDS),
    ("upfront cost exceeds", Answer.NO_FUNDS),
)


def answer_to_error(error: dict[str, Any]) -> Answer:
    """Classify the error object of a refused eth_sendRawTransaction."""
    text = str(error.get("message", "")).lower()
    return next((answer for wording, answer in _WORDINGS if wording in text), Answer.REFUSED)
