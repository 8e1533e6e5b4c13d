"""The vocabulary of verification: four verdicts, each a check with its name, and one overall answer.

"Could not check" is never "invalid".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from defiso.core.checks import Check, Result
from defiso.core.sealed_state import SealedState
from defiso.verification.accreditation import KnownAccreditation


class Overall(StrEnum):
    """In order of precedence: the first that applies is the answer."""

    NOT_GENUINE = "not_genuine"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    VOID = "void"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    COULD_NOT_CHECK = "could_not_check"
    PENDING_ANCHOR = "pending_anchor"
    VALID = "valid"


# The name of each verdict -> what the page calls it.
LABELS = {
    "content": "Content unchanged",
    "issuer": "Issued by this body",
    "anchor": "On the blockchain",
    "status": "Status",
}


@dataclass(frozen=True)
class AnchorFacts:
    """Where on which chain: hashes in hex with 0x, ``confirmations`` 0 when the chain could not be asked."""

    chain_id: int
    chain_name: str
    explorer_url: str
    tx_hash: str
    block: int
    confirmations: int
    root: str


@dataclass(frozen=True)
class Verification:
    """The answer for one certificate at one moment. ``subject`` is what was signed, never an unsigned copy.

    ``version`` is that of the stored head; ``state`` what it says, None unless that may be trusted, and ``reason`` the
    reason given with it.
    """

    tenant_slug: str
    number: str
    slug: str
    revision: int
    version: int
    state: SealedState | None
    reason: str | None
    overall: Overall
    checked_at: datetime
    verdicts: Mapping[str, Check]
    accreditation: KnownAccreditation
    anchor: AnchorFacts | None
    pending: bool
    headline: str
    subject: Mapping[str, Any]
    digest: str
    key_id: str


# A status as stored or derived -> the overall answer it forces, whatever else passes.
FORCED_BY_STATUS = {
    "withdrawn": Overall.WITHDRAWN,
    "cancelled": Overall.CANCELLED,
    "transferred_out": Overall.CANCELLED,
    "void": Overall.VOID,
    "suspended": Overall.SUSPENDED,
    "expired": Overall.EXPIRED,
}


def overall_of(verdicts: Mapping[str, Check], *, status: str, record_intact: bool, pending: bool) -> Overall:
    """The one answer: design order not_genuine, final states, suspended, expired, could_not_check, pending, valid.

    ``record_intact`` is False when the stored status does not carry the body's signature.
    """
    evidence = [verdicts[name].result for name in ("content", "issuer", "anchor")]
    if Result.FAIL in evidence or not record_intact:
        return Overall.NOT_GENUINE
    if status in FORCED_BY_STATUS:
        return FORCED_BY_STATUS[status]
    unknown = {name for name, check in verdicts.items() if check.result is Result.UNKNOWN}
    if unknown - ({"anchor"} if pending else set()):
        return Overall.COULD_NOT_CHECK
    return Overall.PENDING_ANCHOR if pending else Overall.VALID
