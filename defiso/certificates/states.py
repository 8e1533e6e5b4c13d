"""The life of a certification: its statuses and every change there is between them, as one table.

Guards that look at more than the status are in ``services``. Source: ISO/IEC 17021-1:2015, 9.5 and 9.6.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from defiso.certificates.errors import TransitionRefusedError
from defiso.core.permissions import Permission


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


FINAL = frozenset({Status.WITHDRAWN, Status.CANCELLED, Status.VOID, Status.TRANSFERRED_OUT})
RUNS_OUT = frozenset({Status.ACTIVE, Status.SUSPENDED})


@dataclass(frozen=True)
class Transition:
    """One allowed change. ``offered`` ones have a service and a screen; ``permission`` names who may."""

    verb: str
    source: Status
    target: Status
    permission: Permission
    guard: str
    offered: bool = True


TRANSITIONS = (
    Transition("edit", Status.DRAFT, Status.DRAFT, Permission.PREPARE, "nothing is issued yet"),
    Transition("issue", Status.DRAFT, Status.ACTIVE, Permission.DECIDE, "complete; decider not an auditor"),
    Transition("suspend", Status.ACTIVE, Status.SUSPENDED, Permission.SUSPEND, "reason; review within six months"),
    Transition("restore", Status.SUSPENDED, Status.ACTIVE, Permission.DECIDE, "reason"),
    Transition("withdraw", Status.ACTIVE, Status.WITHDRAWN, Permission.WITHDRAW, "reason; the number typed again"),
    Transition("withdraw", Status.SUSPENDED, Status.WITHDRAWN, Permission.WITHDRAW, "reason; the number typed again"),
    # Decided upon, not built yet.
    Transition("submit", Status.DRAFT, Status.UNDER_REVIEW, Permission.PREPARE, "all required fields", offered=False),
    Transition("return", Status.UNDER_REVIEW, Status.DRAFT, Permission.DECIDE, "reason", offered=False),
    Transition("refuse", Status.UNDER_REVIEW, Status.REFUSED, Permission.DECIDE, "reason", offered=False),
    Transition("issue", Status.UNDER_REVIEW, Status.ACTIVE, Permission.DECIDE, "decider not an auditor", offered=False),
    Transition("revise", Status.ACTIVE, Status.ACTIVE, Permission.DECIDE, "decision; new revision", offered=False),
    Transition("renew", Status.ACTIVE, Status.ACTIVE, Permission.DECIDE, "decision before expiry", offered=False),
    Transition(
        "renew", Status.EXPIRED, Status.ACTIVE, Permission.DECIDE, "≤ 6 months after expiry; prior cycle", offered=False
    ),
    Transition("cancel", Status.ACTIVE, Status.CANCELLED, Permission.WITHDRAW, "the client ends it", offered=False),
    Transition(
        "void", Status.ACTIVE, Status.VOID, Permission.WITHDRAW, "issued in error; second person", offered=False
    ),
    Transition(
        "transfer", Status.ACTIVE, Status.TRANSFERRED_OUT, Permission.DECIDE, "not while suspended", offered=False
    ),
)

DONE = {"edit": "edited", "issue": "issued", "suspend": "suspended", "restore": "restored", "withdraw": "withdrawn"}


def status_of(stored: str, expires_on: str | None, today: date) -> Status:
    """The status on a day: active and suspended certificates run out at the end (UTC) of their expiry date."""
    status = Status(stored)
    return Status.EXPIRED if status in RUNS_OUT and expires_on and expires_on < today.isoformat() else status


def offered_from(status: Status) -> list[Transition]:
    return [transition for transition in TRANSITIONS if transition.offered and transition.source == status]


def require_transition(verb: str, *, number: str, status: Status) -> Transition:
    """The change called ``verb`` from this status. Raises TransitionRefusedError saying why there is none."""
    for transition in offered_from(status):
        if transition.verb == verb:
            return transition
    raise TransitionRefusedError(_refusal(verb, number, status))


def _refusal(verb: str, number: str, status: Status) -> str:
    state = status.replace("_", " ")
    if status in FINAL:
        return f"{number} cannot be {DONE[verb]}: {state} is final."
    sources = [one.source for one in TRANSITIONS if one.offered and one.verb == verb]
    needed = " or ".join(source.replace("_", " ") for source in sources)
    if sources == [Status.DRAFT]:
        return f"{number} cannot be {DONE[verb]}: it is {state}, not a draft any more."
    return f"{number} cannot be {DONE[verb]}: it is {_as_said(status)}, not {needed}."


def _as_said(status: Status) -> str:
    return "a draft" if status is Status.DRAFT else status.replace("_", " ")
