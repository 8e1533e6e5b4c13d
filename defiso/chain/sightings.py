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
    nonce: int
    sender: str
    recipient: str
    data: bytes
    chain_id: int


@dataclass(frozen=True)
class Sighting:
    """One node's view of our attempts at one nonce; nonces count mined and known transactions of our account."""

    head: int
    mined_nonce: int
    pending_nonce: int
    newest_is_known: bool
    receipts: list[Receipt]
    finalized: int | None = None


@dataclass(frozen=True)
class OnChain:
    """What the chain holds about one transaction, its newest block's number, and that of the highest final one where
    the chain says which that is.
    """

    head: int
    transaction: Transaction | None
    receipt: Receipt | None
    finalized: int | None = None


@dataclass(frozen=True)
class AccountState:
    """How many transactions of our account are mined up to a block; the last of them has the nonce before."""

    block: int
    nonce: int


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


def read_receipt(raw: dict[str, Any]) -> Receipt:
    """A node's JSON of a receipt. Raises KeyError, ValueError, TypeError or AttributeError if it is none."""
    return Receipt(
        tx_hash=raw["transactionHash"].lower(),
        succeeded=int(raw["status"], 16) == 1,
        block_number=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"].lower(),
        gas_used=int(raw["gasUsed"], 16),
        gas_price=int(raw["effectiveGasPrice"], 16),
    )


def read_transaction(raw: dict[str, Any], *, chain_id: int) -> Transaction:
    """A node's JSON of a transaction, of the node's chain where it names none. Raises as ``read_receipt`` does."""
    return Transaction(
        nonce=int(raw["nonce"], 16),
        sender=raw["from"].lower(),
        recipient=(raw["to"] or "").lower(),
        data=bytes.fromhex(raw["input"].removeprefix("0x")),
        chain_id=int(raw["chainId"], 16) if raw.get("chainId") else chain_id,
    )
