"""Rows of anchoring: batches, leaves, tenants' shares, proofs, the nonce ledger, and the worker's projections.

What moves a batch from state to state is in ``machine``; this page only says what is stored and under which key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.chain.sightings import SignedTransaction
from defiso.core.clock import parse_iso
from defiso.store.items import ChainItem, JSONOrNothing, WholeNumber
from defiso.store.keys import tenant_key

METADATA = "METADATA"
HASH = re.compile(r"[0-9a-f]{64}").fullmatch


class State(StrEnum):
    """Where a batch stands. ``sealed`` wants a signed attempt, ``signed`` wants sending, ``sent`` wants a receipt."""

    COLLECTING = "collecting"
    SEALED = "sealed"
    SIGNED = "signed"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    ANCHORED = "anchored"


IN_FLIGHT = (State.SIGNED, State.SENT, State.MINED)


@dataclass(frozen=True)
class Leaf:
    """One credential in a batch; ``digest`` is the hex SHA-256 Merkle leaf."""

    digest: str
    tenant_slug: str
    number_slug: str
    revision: int
    number: str


@dataclass(frozen=True)
class Attempt:
    """One signed transaction for a batch. ``outcome`` stays empty until the chain has ruled it out for good."""

    tx_hash: str
    raw: str
    nonce: int
    max_fee: str
    max_tip: str
    signed_at: str
    outcome: str = ""

    @classmethod
    def of(cls, signed: SignedTransaction, *, signed_at: str) -> Self:
        return cls(
            tx_hash=signed.tx_hash,
            raw=signed.raw,
            nonce=signed.nonce,
            max_fee=str(signed.fees.most),
            max_tip=str(signed.fees.tip),
            signed_at=signed_at,
        )


class Batch(ChainItem):
    """``PK BATCH#<ulid>, SK METADATA``, GSI1 ``STATE#<state>``. ``version`` grows by one with every change."""

    id = UnicodeAttribute()
    state = UnicodeAttribute()
    version = WholeNumber()
    opened_at = UnicodeAttribute()
    leaf_count = WholeNumber()
    chunk_count = WholeNumber()
    sealed_at = UnicodeAttribute(null=True)
    root = UnicodeAttribute(null=True)
    chain_id = WholeNumber(null=True)
    sender = UnicodeAttribute(null=True)
    stored_attempts = JSONAttribute(null=True)
    tx_hash = UnicodeAttribute(null=True)
    block_number = WholeNumber(null=True)
    block_hash = UnicodeAttribute(null=True)
    gas_used = WholeNumber(null=True)
    gas_price = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    confirmed_at = UnicodeAttribute(null=True)
    problem = UnicodeAttribute(null=True)

    @property
    def attempts(self) -> list[Attempt]:
        return [Attempt(**stored) for stored in self.stored_attempts or []]

    @property
    def attempt(self) -> Attempt:
        """The attempt that counts now: the newest."""
        return self.attempts[-1]

    @property
    def fee(self) -> int | None:
        """What the anchor cost, in wei."""
        return int(self.gas_used) * int(self.gas_price) if self.gas_used and self.gas_price else None

    @property
    def is_anchored(self) -> bool:
        return self.state == State.ANCHORED


class LeafChunk(ChainItem):
    """``PK BATCH#<ulid>, SK LEAVES#<0000>``: leaves in the order collected, each a list of Leaf's fields."""

    stored_leaves = JSONAttribute()

    @property
    def leaves(self) -> list[Leaf]:
        return [Leaf(*stored) for stored in self.stored_leaves]


class Share(ChainItem):
    """``PK TENANT#<slug>, SK BATCH#<ulid>``: one tenant's part in a batch, with what its list of batches shows."""

    batch_id = UnicodeAttribute()
    certificates = WholeNumber()
    state = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    tx_hash = UnicodeAttribute(null=True)
    block_number = WholeNumber(null=True)
    anchored_at = UnicodeAttribute(null=True)


class Proof(ChainItem):
    """``PK TENANT#<slug>, SK PROOF#<number slug>#<0001>``: the path from one credential's digest to its anchor.

    ``path`` is a list of {"left" or "right": hex sibling}, from the leaf up; ``digest`` and ``root`` are hex.
    """

    number = UnicodeAttribute()
    slug = UnicodeAttribute()
    revision = WholeNumber()
    digest = UnicodeAttribute()
    batch_id = UnicodeAttribute()
    index = WholeNumber()
    path = JSONOrNothing()
    root = UnicodeAttribute()
    chain_id = WholeNumber()
    tx_hash = UnicodeAttribute()
    block_number = WholeNumber()
    confirmed_at = UnicodeAttribute()
    sender = UnicodeAttribute()

    @property
    def is_readable(self) -> bool:
        """Whether every part is there in its form. Whether it is true is for ``checking``."""
        try:
            parse_iso(self.confirmed_at)
            steps = [step for pair in self.path for step in pair.items()]
            hashes = [self.digest, self.root, self.tx_hash.removeprefix("0x"), *(sibling for _side, sibling in steps)]
            numbers = (self.index, self.revision, self.chain_id, self.block_number)
            return all(map(HASH, hashes)) and bool(self.sender) and None not in numbers
        except (ValueError, TypeError, AttributeError):
            return False


def proof_key(tenant_slug: str, number_slug: str, revision: int) -> tuple[str, str]:
    """The partition and sort key of a revision's proof."""
    return tenant_key(tenant_slug), f"PROOF#{number_slug}#{revision:04d}"


class NonceUse(ChainItem):
    """``PK ACCOUNT#<chain>#<address>, SK NONCE#<20 digits>``: which batch was signed with it. The one nonce source."""

    nonce = WholeNumber()
    batch_id = UnicodeAttribute()


class Account(ChainItem):
    """``PK ACCOUNT#<chain>#<address>, SK METADATA``: the highest block that holds a finished anchor of ours.

    While the chain still has this block, it has all below it, so no older anchor needs looking at.
    """

    tip_number = WholeNumber(null=True)
    tip_hash = UnicodeAttribute(null=True)
