"""The certificate's life: draft, edit, issue, suspend, restore, withdraw. Each is one transaction with its event.

Lists are in ``lists``, bulk issue from a register in ``loading``, the statuses and their arrows in ``states``.
"""

from datetime import date
from typing import Any

from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.certificates.content import Content, differences
from defiso.certificates.errors import CertificateNotFoundError, NumberInUseError
from defiso.certificates.guards import decider_problem, issue_problems, require_reason, require_review_date
from defiso.certificates.heads import (
    add_revision,
    changed_head,
    columns_of,
    make_head,
    make_issue,
    record_change,
    seal_status,
    status_statement,
)
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.states import DONE, Status, require_transition, status_of
from defiso.certificates.validation import draft_problems
from defiso.core.clock import now, today
from defiso.core.errors import ChangedMeanwhileError, InvalidError
from defiso.core.numbers import generate_number, slug_asked, slug_of
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

__all__ = [
    "draft_certificate",
    "edit_draft",
    "get_certificate",
    "history_of",
    "issue_certificate",
    "restore_certificate",
    "status_on",
    "status_statement",
    "suspend_certificate",
    "withdraw_certificate",
]


def draft_certificate(*, tenant: Tenant, actor: Actor, content: Content) -> Certificate:
    """Keep a new draft, complete or not; without a number it is given one.

    Raises InvalidError (``fields`` by content path), NumberInUseError.
    """
    content = _without_revision(content)
    if not slug_of(content.get("number", "")) and (standard := content.get("standard")):
        content["number"] = generate_number(standard["code"], today().year)
    _refuse_unfit_draft(content)
    head = make_head(tenant=tenant, actor=actor, content=content, status=Status.DRAFT, at=now())
    with transaction() as writes:
        writes.create(head, otherwise=NumberInUseError(head.number))
        after = {"status": Status.DRAFT, "number": head.number}
        record_change(writes, tenant=tenant, actor=actor, action="certificate.drafted", head=head, after=after)
    return head


def edit_draft(*, tenant: Tenant, actor: Actor, number: str, content: Content, version: int) -> Certificate:
    """Replace a draft's content, given that it is still at ``version``. A new number moves it to another key.

    Raises NotFoundError, TransitionRefusedError, InvalidError, NumberInUseError, ChangedMeanwhileError.
    """
    head = _read_for("edit", tenant, number, version)
    content = _without_revision(content)
    if not slug_of(content.get("number", "")):
        content["number"] = head.number
    _refuse_unfit_draft(content)
    slug = slug_of(content["number"])
    moved = {"SK": certificate_key(slug), "slug": slug}
    fresh = changed_head(head, tenant, at=now(), **columns_of(content), **moved)
    before, after = differences(head.dictionary, content)
    with transaction() as writes:
        if fresh.SK == head.SK:
            writes.put(fresh, given=_unchanged(head), otherwise=_changed(head))
        else:
            writes.delete(head, given=_unchanged(head), otherwise=_changed(head))
            writes.create(fresh, otherwise=NumberInUseError(fresh.number))
        record_change(
            writes, tenant=tenant, actor=actor, action="certificate.edited", head=fresh, before=before, after=after
        )
    return fresh


def issue_certificate(
    *, tenant: Tenant, actor: Actor, number: str, decided_by: str = "", version: int | None = None
) -> Certificate:
    """Sign and issue a draft as revision 1. ``decided_by`` defaults to the draft's decider, else to the actor.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.
    """
    head = _read_for("issue", tenant, number, version)
    content = head.dictionary
    content["revision"] = 1
    content["decidedBy"] = decided_by.strip() or content.get("decidedBy", "") or actor.label
    _refuse_unfit_issue(content, actor)
    at = now()
    changes = {"status": Status.ACTIVE, "revision": 1, **columns_of(content)}
    issue = make_issue(
        tenant=tenant, actor=actor, head=changed_head(head, tenant, at=at, **changes), content=content, at=at
    )
    with transaction() as writes:
        writes.put(issue.certificate, given=_unchanged(head), otherwise=_changed(head))
        add_revision(writes, issue, otherwise=_changed(head))
        record_change(
            writes,
            tenant=tenant,
            actor=actor,
            action="certificate.issued",
            head=issue.certificate,
            before={"status": Status.DRAFT, "revision": 0},
            after={"status": Status.ACTIVE, "revision": 1, "decidedBy": content["decidedBy"]},
            credential=issue.reference,
        )
    return issue.certificate


def suspend_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, review_on: date, version: int | None = None
) -> Certificate:
    """Suspend an active certificate until ``review_on`` (at most six months away).

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.5.
    """
    head = _read_for("suspend", tenant, number, version)
    require_review_date(review_on, today=today())
    return _change_status("suspend", head, tenant, actor, reason, review_on.isoformat())


def restore_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """Make a suspended certificate active again. Raises as suspend_certificate does."""
    head = _read_for("restore", tenant, number, version)
    return _change_status("restore", head, tenant, actor, reason)


def withdraw_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """Withdraw an active or suspended certificate for good. Raises as suspend_certificate does."""
    head = _read_for("withdraw", tenant, number, version)
    return _change_status("withdraw", head, tenant, actor, reason)


def get_certificate(*, tenant: Tenant, number: str, consistent: bool = False) -> Certificate:
    """The head of this number, however it is written. Raises CertificateNotFoundError."""
    slug = slug_asked(number)
    head = Certificate.find(tenant_key(tenant.slug), certificate_key(slug), consistent=consistent) if slug else None
    if head is None:
        raise CertificateNotFoundError(number)
    return head


def status_on(certificate: Certificate, day: date) -> Status:
    """The current status as judged on ``day``: expired once the expiry date has passed."""
    return status_of(certificate.status, certificate.expires_on, day)


def history_of(*, tenant: Tenant, certificate: Certificate) -> list[Event]:
    """What happened to it, oldest first: one query."""
    return events_of(tenant_slug=tenant.slug, target_kind="CERT", target_id=certificate.slug)


def _read_for(verb: str, tenant: Tenant, number: str, version: int | None) -> Certificate:
    head = get_certificate(tenant=tenant, number=number, consistent=True)
    require_transition(verb, number=head.number, status=status_on(head, today()))
    if version is not None and version != head.version:
        raise _changed(head)
    return head


def _change_status(
    verb: str, head: Certificate, tenant: Tenant, actor: Actor, reason: str, review_on: str | None = None
) -> Certificate:
    reason = require_reason(reason)
    status = require_transition(verb, number=head.number, status=status_on(head, today())).target
    fresh = changed_head(head, tenant, at=now(), status=status, reason=reason, review_on=review_on)
    seal_status(fresh, tenant)
    after = {"status": status, "review_on": review_on} if review_on else {"status": status}
    with transaction() as writes:
        writes.put(fresh, given=_unchanged(head), otherwise=_changed(head))
        record_change(
            writes,
            tenant=tenant,
            actor=actor,
            action=f"certificate.{DONE[verb]}",
            head=fresh,
            before={"status": head.status},
            after=after,
            reason=reason,
        )
    return fresh


def _unchanged(head: Certificate) -> Any:
    return (Certificate.version == head.version) & (Certificate.status == head.status)


def _changed(head: Certificate) -> ChangedMeanwhileError:
    return ChangedMeanwhileError(f"Somebody changed {head.number} meanwhile. Look at it as it is now and decide again.")


def _without_revision(content: Content) -> Content:
    copy = content.copy()
    copy.pop("revision", None)
    return copy


def _refuse_unfit_draft(content: Content) -> None:
    problems = {problem.field: problem.sentence for problem in reversed(draft_problems(content))}
    if problems:
        raise InvalidError("The draft has not been saved.", problems)


def _refuse_unfit_issue(content: Content, actor: Actor) -> None:
    problems = issue_problems(content, today=today())
    if problem := decider_problem(content, [content["decidedBy"], actor.label]):
        problems["decidedBy"] = problem
    if problems:
        count = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        sentence = f"The certificate cannot be issued yet; {count} to correct: {' '.join(problems.values())}"
        raise InvalidError(sentence[:2000], problems)
