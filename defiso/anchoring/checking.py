"""The public check of an anchor: from the credential's digest up the path to the root, and the root on the chain.

What could not be checked is never called wrong: when the chain is out of reach, the last good check is named.
"""

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from defiso.anchoring.machine import read_batch
from defiso.anchoring.models import Proof
from defiso.anchoring.proofs import Unproven
from defiso.chain.acceptance import Shortfall, depth_of, shortfall_of
from defiso.chain.accounts import our_addresses
from defiso.chain.client import Chain, chain_of
from defiso.chain.errors import ChainDisagreementError, ChainMismatchError, ChainUnavailableError
from defiso.chain.networks import network_of
from defiso.chain.sightings import OnChain
from defiso.core.cache import TimedCache
from defiso.core.checks import Check, Result
from defiso.core.clock import now, parse_iso
from defiso.core.dates import write_age, write_day
from defiso.core.merkle import Step, root_from

GOOD_SECONDS = 60
REMEMBERED_SECONDS = 86_400
MOST_REMEMBERED = 4096
PAUSE_SECONDS = 3.0
OUT_OF_REACH = "We could not reach the blockchain just now"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OnRecord:
    """What the chain showed of an anchor when it was last good."""

    checked_at: datetime
    confirmations: int
    block: int


@dataclass(frozen=True)
class AnchorCheck(Check):
    """``is_pending``: unknown because it is being written. ``seen`` is None where the chain never showed it good."""

    is_pending: bool = False
    seen: OnRecord | None = None


_good: TimedCache[OnRecord] = TimedCache(size=MOST_REMEMBERED, seconds=REMEMBERED_SECONDS)


def check_anchor(proof: Proof, leaf_digest: bytes) -> AnchorCheck:
    """Check that the 32-byte digest is anchored as the proof says. Good answers of the chain are kept for 60 s."""
    if not proof.is_readable:  # no node is asked about it: its error would look like an outage to all
        return _fail("The proof of this certificate is damaged.")
    if not _leads_to_root(proof, leaf_digest):
        return _fail("This certificate does not lead to the record on the blockchain that it names.")
    chain = chain_of(proof.chain_id)
    if chain is None:
        name = network_of(proof.chain_id).name
        return _unknown(f"It was recorded on {name} (chain {proof.chain_id}), of which no node is known here.")
    if proof.sender not in our_addresses(proof.chain_id):
        return _fail("The record on the blockchain was not made by this registry's account.")
    known = _good.get(_key(proof))
    if known and (now() - known.checked_at).total_seconds() < GOOD_SECONDS:
        return _pass(proof, known)
    evidence = _ask(chain, proof.tx_hash)
    return _judge(proof, evidence) if isinstance(evidence, OnChain) else _not_told(proof, known, evidence)


def unproven(why: Unproven) -> AnchorCheck:
    """The check of a credential without a proof: pending, unless what should be there is not."""
    return _unknown(why.value) if why is Unproven.MISSING else _pending(why.value)


def forget_checked_anchors() -> None:
    """Ask the chain afresh: for tests."""
    _good.clear()
    _outages.clear()


def _judge(proof: Proof, evidence: OnChain) -> AnchorCheck:
    shortfall = shortfall_of(
        evidence,
        root=bytes.fromhex(proof.root),
        sender=proof.sender,
        chain_id=proof.chain_id,
        confirmations=_confirmations(proof.chain_id),
    )
    if shortfall is None and evidence.receipt:
        good = OnRecord(now(), depth_of(evidence), evidence.receipt.block_number)
        _good.put(_key(proof), good)
        return _pass(proof, good)
    _good.forget(_key(proof))
    if shortfall is Shortfall.TOO_SHALLOW:
        return _pending(shortfall.sentence)
    if shortfall in (Shortfall.ABSENT, Shortfall.NOT_MINED, Shortfall.FAILED):
        return _judge_by_batch(proof, shortfall)
    return _fail(shortfall.sentence if shortfall else Shortfall.NOT_MINED.sentence)


def _judge_by_batch(proof: Proof, shortfall: Shortfall) -> AnchorCheck:
    """The chain does not have it now. A proof of a transaction that its batch never made is wrong; one that the chain
    has lost, or that a node has yet to catch up with, is not.
    """
    batch = read_batch(proof.batch_id)
    if batch is None or proof.tx_hash not in [attempt.tx_hash for attempt in batch.attempts]:
        return _fail(shortfall.sentence)
    if not batch.is_anchored:
        return _pending("The blockchain lost this record; it is being written again.")
    if batch.tx_hash != proof.tx_hash:
        return _fail(shortfall.sentence)
    return _unknown("The blockchain does not show this record just now. If it was lost, it will be written again.")


def _leads_to_root(proof: Proof, leaf_digest: bytes) -> bool:
    try:
        root = root_from(leaf_digest, _steps(proof.path))
    except (ValueError, TypeError, AttributeError):
        return False
    return root.hex() == proof.root and leaf_digest.hex() == proof.digest


def _steps(path: Any) -> list[Step]:
    """Raises ValueError for anything but a list of {"left" or "right": hex of 32 bytes}."""
    steps: list[Step] = []
    for step in path:
        [(side, sibling)] = step.items()
        if side not in ("left", "right") or len(sibling) != 64:
            raise ValueError("malformed path")
        steps.append((side, bytes.fromhex(sibling)))
    return steps


class _Outage:
    """After a failure to reach the chain, one request in PAUSE_SECONDS tries again; the others do not wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_out = False
        self._next_try = 0.0

    def may_try(self) -> bool:
        with self._lock:
            if not self._is_out:
                return True
            if time.monotonic() < self._next_try:
                return False
            self._next_try = time.monotonic() + PAUSE_SECONDS
            return True

    def began(self) -> None:
        with self._lock:
            self._is_out = True
            self._next_try = time.monotonic() + PAUSE_SECONDS

    def clear(self) -> None:
        with self._lock:
            self._is_out = False


_outages: defaultdict[int, _Outage] = defaultdict(_Outage)  # by chain id


def _ask(chain: Chain, tx_hash: str) -> OnChain | str:
    """What the chain holds, or why it was not told."""
    outage = _outages[chain.chain_id]
    if not outage.may_try():
        return OUT_OF_REACH
    try:
        evidence = chain.evidence(tx_hash)
    except ChainDisagreementError as error:  # about this transaction; the next may be another matter
        log.warning("anchor check: %s", error.sentence)
        return error.sentence.removesuffix(".")
    except (ChainUnavailableError, ChainMismatchError) as error:
        log.warning("anchor check: %s", error.sentence)
        outage.began()
        return OUT_OF_REACH
    outage.clear()
    return evidence


def _confirmations(chain_id: int) -> int:
    return int(settings.CONFIRMATIONS) if chain_id == settings.CHAIN_ID else network_of(chain_id).confirmations


def _key(proof: Proof) -> str:
    return f"{proof.chain_id} {proof.tx_hash} {proof.root} {proof.sender}"


def _pass(proof: Proof, seen: OnRecord) -> AnchorCheck:
    since = write_day(parse_iso(proof.confirmed_at))
    return AnchorCheck(Result.PASS, f"Recorded on the blockchain on {since} and unchanged since.", seen=seen)


def _not_told(proof: Proof, seen: OnRecord | None, why: str) -> AnchorCheck:
    last = seen.checked_at if seen else parse_iso(proof.confirmed_at)
    return AnchorCheck(Result.UNKNOWN, f"{why}; last confirmed {write_age(last)}.", seen=seen)


def _fail(reason: str) -> AnchorCheck:
    return AnchorCheck(Result.FAIL, reason)


def _unknown(reason: str) -> AnchorCheck:
    return AnchorCheck(Result.UNKNOWN, reason)


def _pending(reason: str) -> AnchorCheck:
    return AnchorCheck(Result.UNKNOWN, reason, is_pending=True)
