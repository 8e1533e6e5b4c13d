"""Every act on a certificate as one row: from which statuses to which, who may, what must hold, and its words.

Addresses, pages, offered buttons, event names and refusals derive from it. A new act is a row here, a service in a file
of its own beside it, and a line in ``staff.carrying_out``. Source: ISO/IEC 17021-1:2015, 9.5 and 9.6.
"""

from dataclasses import dataclass

from defiso.audit.actions import Action
from defiso.certificates.errors import TransitionRefusedError
from defiso.certificates.states import FINAL, Status
from defiso.core.permissions import Permission


@dataclass(frozen=True)
class Act:
    """``clause`` is where the standard asks for ``guard``; ``done`` completes "cannot be …".

    ``fields`` are those of its form, in order. ``consequence`` is read before, ``message`` after.
    ``second_person``: somebody else confirms it ``always``, by the body's ``policy``, or, empty, nobody does.
    """

    verb: str
    sources: tuple[Status, ...]
    target: Status
    permission: Permission
    action: Action
    guard: str
    clause: str
    done: str
    button: str
    tone: str = ""
    consequence: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    second_person: str = ""

    @property
    def question(self) -> str:
        return f"{self.button} {{number}}?"


EDIT = Act(
    verb="edit",
    sources=(Status.DRAFT,),
    target=Status.DRAFT,
    permission=Permission.PREPARE,
    action=Action.CERTIFICATE_EDITED,
    guard="nothing is issued yet",
    clause="8.2",
    done="edited",
    button="Edit draft",
    message="Draft saved.",
)
ISSUE = Act(
    verb="issue",
    sources=(Status.DRAFT,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_ISSUED,
    guard="complete; the decider took no part in the audit",
    clause="9.5.1",
    done="issued",
    button="Issue",
    tone="primary",
    consequence="It is signed, published and written to the blockchain. An issued certificate is never edited.",
    message="Issued. The public page is open now.",
    fields=("decided_by",),
)
SUSPEND = Act(
    verb="suspend",
    sources=(Status.ACTIVE,),
    target=Status.SUSPENDED,
    permission=Permission.SUSPEND,
    action=Action.CERTIFICATE_SUSPENDED,
    guard="a reason and a review date; over six months a justification",
    clause="9.6.5",
    done="suspended",
    button="Suspend",
    consequence="Whoever checks it reads at once that it is suspended. It can be restored.",
    message="Suspended.",
    fields=("reason", "review_on", "justification"),
)
RESTORE = Act(
    verb="restore",
    sources=(Status.SUSPENDED,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_RESTORED,
    guard="a reason",
    clause="9.6.5",
    done="restored",
    button="Restore",
    tone="primary",
    consequence="Whoever checks it reads at once that it is active again.",
    message="Restored: the certificate is active again.",
    fields=("reason",),
)
WITHDRAW = Act(
    verb="withdraw",
    sources=(Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED),
    target=Status.WITHDRAWN,
    permission=Permission.WITHDRAW,
    action=Action.CERTIFICATE_WITHDRAWN,
    guard="a reason; the number typed again",
    clause="9.6.5",
    done="withdrawn",
    button="Withdraw",
    tone="stop",
    consequence="Withdrawal is final: this certificate can never be made active again.",
    message="Withdrawn for good.",
    fields=("reason", "confirmation"),
    second_person="policy",
)

ACTS = (EDIT, ISSUE, SUSPEND, RESTORE, WITHDRAW)  # the gravest last, as buttons stand


def offered_from(status: Status) -> list[Act]:
    return [act for act in ACTS if status in act.sources]


def require_act(act: Act, *, number: str, status: Status) -> None:
    """Raises TransitionRefusedError, saying why, unless the act is possible from this status."""
    if status not in act.sources:
        raise TransitionRefusedError(_refusal(act, number, status))


def _refusal(act: Act, number: str, status: Status) -> str:
    state = status.replace("_", " ")
    if status in FINAL:
        return f"{number} cannot be {act.done}: {state} is final."
    if act.sources == (Status.DRAFT,):
        return f"{number} cannot be {act.done}: it is {state}, not a draft any more."
    needed = " or ".join(source.replace("_", " ") for source in act.sources)
    return f"{number} cannot be {act.done}: it is {_as_said(status)}, not {needed}."


def _as_said(status: Status) -> str:
    return "a draft" if status is Status.DRAFT else status.replace("_", " ")
