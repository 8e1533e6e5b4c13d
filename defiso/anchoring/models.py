"""Rows of anchoring: batches, their leaves and trees, tenants' shares, places of credentials, the nonce ledger.

What moves a batch from state to state is in ``machine``; this page only says what is stored and under which key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from defiso.chain.sightings import SignedTransaction
from defiso.core.clock import parse_iso
from defiso.core.deflated import inflate_json
from defiso.core.merkle import Side
from defiso.store.items import ChainItem, Octets, WholeNumber
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
    wanted_at = UnicodeAttribute(null=True)  # since when a certificate waits for it; what else happened can wait longer
    leaf_count = WholeNumber()  # of credentials alone
    row_count = WholeNumber()
    previous_id = UnicodeAttribute(null=True)  # of the batch sealed before, whose root is the last leaf of this one
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
    has_places = BooleanAttribute(null=True)  # its certificates know their places, which no reorg changes

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


class Collected(ChainItem):
    """``PK BATCH#<ulid>, SK COLLECTED#<0000>``: leaves as one draining transaction brought them, in order.

    ``digests`` is 32 bytes a leaf; ``names`` whose they are, deflated JSON of Leaf's other fields.
    """

    digests = Octets()
    names = Octets()

    @property
    def leaves(self) -> list[Leaf]:
        pairs = zip(digests_in(self.digests), inflate_json(self.names), strict=True)
        return [Leaf(digest.hex(), *name) for digest, name in pairs]


class Touched(ChainItem):
    """``PK BATCH#<ulid>, SK TOUCHED#<slug>``: a tenant of which something else happened, for its checkpoint."""


class Commitments(ChainItem):
    """``PK BATCH#<ulid>, SK COMMITMENTS``: the leaves of a sealed batch after its credentials.

    ``names`` is deflated JSON, [[tenant, generation, size], …] of checkpoints, the platform's last; ``digests`` theirs,
    32 bytes each, and then the root of the batch before, zeros for the first.
    """

    digests = Octets()
    names = Octets()

    @property
    def generations(self) -> dict[str, int]:
        """Which checkpoint each tenant has among these leaves, in their order."""
        return {name: generation for name, generation, _size in inflate_json(self.names)}


class Newest(ChainItem):
    """``PK BATCHES, SK METADATA``: the batch that was sealed last, whose root the next one takes over."""

    batch_id = UnicodeAttribute()
    root = UnicodeAttribute()
    version = WholeNumber()


class LeafChunk(ChainItem):
    """``PK BATCH#<ulid>, SK LEAVES#<0000>``: the digests of CHUNK leaves of a sealed batch, a subtree of its own."""

    digests = Octets()


class Top(ChainItem):
    """``PK BATCH#<ulid>, SK TOP``: the roots of all chunks of a sealed batch."""

    digests = Octets()


def digests_in(octets: bytes) -> list[bytes]:
    return [octets[start : start + 32] for start in range(0, len(octets), 32)]


class Share(ChainItem):
    """``PK TENANT#<slug>, SK BATCH#<ulid>``: one tenant's part in a batch, with what its list of batches shows."""

    batch_id = UnicodeAttribute()
    certificates = WholeNumber()
    state = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    tx_hash = UnicodeAttribute(null=True)
    block_number = WholeNumber(null=True)
    anchored_at = UnicodeAttribute(null=True)


class Place(ChainItem):
    """``PK TENANT#<slug>, SK PROOF#<number slug>#<0001>``: where in which batch a credential's leaf is.

    Only a hint: what stands there is compared with the credential.
    """

    batch_id = UnicodeAttribute()
    index = WholeNumber()


@dataclass(frozen=True)
class Proof:
    """The path from one credential's digest to its anchor, as ``proofs`` derives it.

    ``path`` is a list of {"left" or "right": hex sibling}, from the leaf up; ``digest`` and ``root`` are hex.
    """

    number: str
    revision: int
    digest: str
    batch_id: str
    index: int
    path: list[dict[Side, str]]
    root: str
    chain_id: int
    tx_hash: str
    block_number: int
    confirmed_at: str
    sender: str

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
    """The partition and sort key of a revision's place."""
    return tenant_key(tenant_slug), f"PROOF#{number_slug}#{revision:04d}"


class NonceUse(ChainItem):
    """``PK ACCOUNT#<chain>#<address>, SK NONCE#<20 digits>``: which batch was signed with it. The one nonce source.

    ``fillers`` are the hashes of transactions that were sent with it and carry nothing.
    """

    nonce = WholeNumber()
    batch_id = UnicodeAttribute()
    fillers = JSONAttribute(null=True)


class Account(ChainItem):
    """``PK ACCOUNT#<chain>#<address>, SK METADATA``: the highest block that holds a finished anchor of ours.

    While the chain still has this block, it has all below it, so no older anchor needs looking at.
    """

    tip_number = WholeNumber(null=True)
    tip_hash = UnicodeAttribute(null=True)


class Restore(ChainItem):
    """``PK ACCOUNT#<chain>#<address>, SK RESTORE#<8 digits>``: a restore that the operator accepted (``restores``).

    ``statement`` is canonical JSON, ``event`` the id of the platform's event that says it.
    """

    statement = UnicodeAttribute(null=True)
    event = UnicodeAttribute(null=True)
