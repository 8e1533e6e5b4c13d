"""The statuses of a certification, and the one judgement of how it stands on a day.

Which acts lead from one to another is in ``acts.table``. Source: ISO/IEC 17021-1:2015, 9.5 and 9.6.
"""

from datetime import date
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    REFUSED = "refused"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"  # derived from the clock, never stored
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    VOID = "void"
    TRANSFERRED_OUT = "transferred_out"
    UNKNOWN = "unknown"  # of a damaged record, or on a day before the first one; never stored


FINAL = frozenset({Status.WITHDRAWN, Status.CANCELLED, Status.VOID, Status.TRANSFERRED_OUT})
RUNS_OUT = frozenset({Status.ACTIVE, Status.SUSPENDED})
DERIVED = frozenset({Status.EXPIRED, Status.UNKNOWN})
_KNOWN = {status.value: status for status in Status}


def status_of(stored: str | None, expires_on: str | None, today: date) -> Status:
    """The status on a day: active and suspended certificates run out at the end (UTC) of their expiry date.

    Staff, public and scripts are all told by this one. What no status is called is unknown.
    """
    status = _KNOWN.get(stored or "", Status.UNKNOWN)
    return Status.EXPIRED if status in RUNS_OUT and expires_on and expires_on < today.isoformat() else status
