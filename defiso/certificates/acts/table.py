"""Every act on a certificate as one row: from which statuses to which, who may, what must hold, and its words.

Addresses, pages, offered buttons, event names and refusals derive from it. A new act is a row here, a service in a file
of its own beside it, and a line in ``staff.carrying_out``. Source: ISO/IEC 17021-1:2015, 9.5 and 9.6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from defiso.audit.actions import Action
from defiso.certificates.acts.refusals import arrow_refused
from defiso.certificates.cycles import lapsed_problem, restored_problem
from defiso.certificates.errors import TransitionRefusedError
from defiso.certificates.problems import read_day
from defiso.certificates.rules.table import ISO
from defiso.certificates.states import Status
from defiso.core.clock import today
from defiso.core.permissions import Permission


@dataclass(frozen=True)
class Act:
    """``clause`` is where the standard asks for ``guard``; ``done`` completes "cannot be …".

    ``fields`` are those of its form, in order. ``consequence`` is read before, ``message`` after; ``title`` is what the
    history calls it, in ``told_as`` a tone. ``too_early_or_late`` says of the expiry and a day why not on that day.
    ``is_decision``: nobody of the audit team takes it; to stop a certificate is open to all who may.
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
    title: str
    tone: str = ""
    told_as: str = ""
    consequence: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    is_decision: bool = False
    second_person: str = ""
    too_early_or_late: Callable[[date, date], str] | None = None

    @property
    def question(self) -> str:
        return f"{self.button}: {{number}}?" if " " in self.button else f"{self.button} {{number}}?"


EDIT = Act(
    verb="edit",
    sources=(Status.DRAFT,),
    target=Status.DRAFT,
    permission=Permission.PREPARE,
    action=Action.CERTIFICATE_EDITED,
    guard="nothing is issued yet",
    clause=f"{ISO}, 8.2",
    done="edited",
    button="Edit draft",
    title="Draft edited",
    message="Draft saved.",
)
SUBMIT = Act(
    verb="submit",
    sources=(Status.DRAFT,),
    target=Status.UNDER_REVIEW,
    permission=Permission.PREPARE,
    action=Action.CERTIFICATE_SUBMITTED,
    guard="complete: all that a certificate has to say",
    clause=f"{ISO}, 8.2.2",
    done="submitted",
    button="Submit",
    title="Submitted for decision",
    tone="primary",
    consequence="It waits for a decision. Until then it is not edited; it can be returned.",
    message="Submitted: it waits for a decision.",
)
RETURN = Act(
    verb="return",
    sources=(Status.UNDER_REVIEW,),
    target=Status.DRAFT,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_RETURNED,
    guard="a reason",
    clause=f"{ISO}, 9.5.2",
    done="returned",
    button="Return",
    title="Returned",
    consequence="It is a draft again, for whoever prepares it to correct.",
    message="Returned: it is a draft again.",
    fields=("reason",),
)
REFUSE = Act(
    verb="refuse",
    sources=(Status.UNDER_REVIEW,),
    target=Status.REFUSED,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_REFUSED,
    guard="a reason",
    clause=f"{ISO}, 9.5.2",
    is_decision=True,
    done="refused",
    button="Refuse",
    title="Refused",
    tone="stop",
    told_as="stop",
    consequence="No certificate is issued from it, now or later. The public sees nothing of it.",
    message="Refused.",
    fields=("reason",),
)
ISSUE = Act(
    verb="issue",
    sources=(Status.UNDER_REVIEW,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_ISSUED,
    guard="complete; the decider took no part in the audit; no major nonconformity is open",
    clause=f"{ISO}, 9.5.1",
    is_decision=True,
    done="issued",
    button="Issue",
    title="Issued",
    tone="primary",
    told_as="ok",
    consequence="You decide, under your name. It is signed, published and written to the blockchain. "
    "An issued certificate is never edited.",
    message="Issued. The public page is open now.",
)
REVISE = Act(
    verb="revise",
    sources=(Status.ACTIVE,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_REVISED,
    guard="a decision; something else is said, for the same period",
    clause=f"{ISO}, 9.6.4",
    is_decision=True,
    done="revised",
    button="Revise",
    title="Revised",
    told_as="ok",
    consequence="You decide, under your name. A new revision is signed and replaces the one in force, which stays "
    "readable and says so. The expiry date stays.",
    message="Revised. The public page shows the new revision.",
    fields=("legal_name", "address", "scope", "sites", "reason"),
)
RENEW = Act(
    verb="renew",
    sources=(Status.ACTIVE,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_RENEWED,
    guard="a recertification audit, decided on before expiry; at most three years more",
    clause=f"{ISO}, 9.6.3.2.3",
    is_decision=True,
    done="renewed",
    button="Renew",
    title="Renewed",
    told_as="ok",
    consequence="You decide, under your name. A new revision is signed, with a new expiry date.",
    message="Renewed. The public page shows the new expiry date.",
    fields=("audit_date", "audit_team", "findings", "expires_on"),
)
SUSPEND = Act(
    verb="suspend",
    sources=(Status.ACTIVE,),
    target=Status.SUSPENDED,
    permission=Permission.SUSPEND,
    action=Action.CERTIFICATE_SUSPENDED,
    guard="a reason and a review date; over six months a justification",
    clause=f"{ISO}, 9.6.5",
    done="suspended",
    button="Suspend",
    title="Suspended",
    told_as="warn",
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
    guard="a reason; the decider took no part in the audit",
    clause=f"{ISO}, 9.6.5",
    is_decision=True,
    done="restored",
    button="Restore",
    title="Restored",
    tone="primary",
    told_as="ok",
    consequence="Whoever checks it reads at once that it is active again.",
    message="Restored: the certificate is active again.",
    fields=("reason",),
)
REDUCE = Act(
    verb="reduce",
    sources=(Status.SUSPENDED,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_REDUCED,
    guard="a reason; another scope or fewer sites, and none that it had not",
    clause=f"{ISO}, 9.6.5",
    is_decision=True,
    done="restored with a reduced scope",
    button="Restore with reduced scope",
    title="Restored with reduced scope",
    told_as="ok",
    consequence="You decide, under your name. A new revision with the reduced scope is signed, and is active at once.",
    message="Restored with reduced scope.",
    fields=("scope", "sites", "reason"),
)
RESTORE_EXPIRED = Act(
    verb="restore-expired",
    sources=(Status.EXPIRED,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_RESTORED_AFTER_EXPIRY,
    guard="within six months of the expiry, recertification done; expiry by the prior cycle",
    clause=f"{ISO}, 9.6.3.2.5",
    is_decision=True,
    done="restored after its expiry",
    button="Restore after expiry",
    title="Restored after expiry",
    tone="primary",
    told_as="ok",
    consequence="You decide, under your name. A new revision is signed, effective from today, expiring by the cycle "
    "before. For the days between it stays expired.",
    message="Restored: the certificate is active again.",
    fields=("audit_date", "audit_team", "findings", "expires_on"),
    too_early_or_late=restored_problem,
)
CERTIFY_AGAIN = Act(
    verb="certify-again",
    sources=(Status.EXPIRED,),
    target=Status.ACTIVE,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_CERTIFIED_AGAIN,
    guard="over six months after the expiry, on a stage 2; the lapse is printed",
    clause=f"{ISO}, 9.6.3.2.5",
    is_decision=True,
    done="certified again",
    button="Certify again",
    title="Certified again after a lapse",
    tone="primary",
    told_as="ok",
    consequence="You decide, under your name. A new revision is signed for a new cycle. It prints the lapse: the last "
    "expiry and today's recertification.",
    message="Certified again. The document prints the lapse.",
    fields=("audit_date", "audit_team", "findings", "expires_on"),
    too_early_or_late=lapsed_problem,
)
CANCEL = Act(
    verb="cancel",
    sources=(Status.ACTIVE,),
    target=Status.CANCELLED,
    permission=Permission.WITHDRAW,
    action=Action.CERTIFICATE_CANCELLED,
    guard="the client ends it; a reason; the number typed again",
    clause=f"{ISO}, 8.2.4",
    done="cancelled",
    button="Cancel",
    title="Ended by its holder",
    tone="stop",
    told_as="stop",
    consequence="The public page says at once that it has ended. This cannot be undone.",
    message="Cancelled for good.",
    fields=("reason", "confirmation"),
)
TRANSFER_OUT = Act(
    verb="transfer-out",
    sources=(Status.ACTIVE,),
    target=Status.TRANSFERRED_OUT,
    permission=Permission.WITHDRAW,
    action=Action.CERTIFICATE_TRANSFERRED_OUT,
    guard="in force, not suspended; a reason that names the other body; the number typed again",
    clause="IAF MD 2:2023, 2.1",
    done="transferred to another body",
    button="Transfer out",
    title="Transferred to another body",
    tone="stop",
    told_as="stop",
    consequence="The public page says at once that another body has taken it over. This cannot be undone.",
    message="Transferred out for good.",
    fields=("reason", "confirmation"),
)
WITHDRAW = Act(
    verb="withdraw",
    sources=(Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED),
    target=Status.WITHDRAWN,
    permission=Permission.WITHDRAW,
    action=Action.CERTIFICATE_WITHDRAWN,
    guard="a reason; the number typed again; a second person where the body wants one",
    clause=f"{ISO}, 9.6.5",
    done="withdrawn",
    button="Withdraw",
    title="Withdrawn",
    tone="stop",
    told_as="stop",
    consequence="Withdrawal is final: this certificate can never be made active again.",
    message="Withdrawn for good.",
    fields=("reason", "confirmation"),
    second_person="policy",
)
VOID = Act(
    verb="void",
    sources=(Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED),
    target=Status.VOID,
    permission=Permission.DECIDE,
    action=Action.CERTIFICATE_VOIDED,
    guard="issued in error; a reason; the number typed again; a second person confirms",
    clause=f"{ISO}, 8.2.4",
    done="declared void",
    button="Declare void",
    title="Declared void",
    tone="stop",
    told_as="stop",
    consequence="The public page says at once that it was issued in error. This cannot be undone.",
    message="Void for good.",
    fields=("reason", "confirmation"),
    second_person="always",
)

ACTS = (  # the gravest last, as buttons stand
    *(EDIT, SUBMIT, ISSUE, RENEW, REVISE, RESTORE, REDUCE, RESTORE_EXPIRED, CERTIFY_AGAIN),
    *(SUSPEND, RETURN, REFUSE, TRANSFER_OUT, CANCEL, WITHDRAW, VOID),
)


def offered_from(status: Status, expires_on: str | None = None) -> list[Act]:
    """The acts that lead on from this status today."""
    return [act for act in ACTS if status in act.sources and not _untimely(act, expires_on)]


def require_act(act: Act, *, number: str, status: Status, expires_on: str | None = None) -> None:
    """Raises TransitionRefusedError, saying why and by which clause, unless the act is possible today."""
    if status not in act.sources:
        sentence = arrow_refused(number, status, sources=act.sources, done=act.done, clause=act.clause)
        raise TransitionRefusedError(sentence)
    if problem := _untimely(act, expires_on):
        raise TransitionRefusedError(f"{number} cannot be {act.done}: {problem}")


def _untimely(act: Act, expires_on: str | None) -> str:
    expires = read_day(expires_on)
    return act.too_early_or_late(expires, today()) if act.too_early_or_late and expires else ""
