"""Recording an audit of a certificate in force: who, when, what was found. Nothing that the public reads changes."""

from datetime import date

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.certificates.acts.changing import changed, unchanged
from defiso.certificates.acts.refusals import arrow_refused
from defiso.certificates.content import Audit, Content
from defiso.certificates.errors import TransitionRefusedError
from defiso.certificates.models import Certificate
from defiso.certificates.rules.table import ISO
from defiso.certificates.services import get_certificate
from defiso.certificates.standing import recorded
from defiso.certificates.states import Status
from defiso.certificates.surveillance import due_after, new_record
from defiso.certificates.validation import problems_in
from defiso.core.clock import today
from defiso.core.errors import InvalidError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

SOURCES = (Status.ACTIVE, Status.SUSPENDED)
CLAUSE = f"{ISO}, 9.6.2"
KINDS = ("surveillance", "special")  # an initial audit or a recertification belongs to the decision it leads to


def record_audit(*, tenant: Tenant, actor: Actor, number: str, audit: Audit, version: int | None = None) -> Certificate:
    """Keep a surveillance or special audit and move the day of the next one, in one transaction with its event.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.2 and 9.6.4.
    """
    head = get_certificate(tenant=tenant, number=number, consistent=True)
    require_audited(head)
    if version is not None and version != head.version:
        raise changed(head)
    _refuse_unfit(audit)
    due = due_after(audit, head)
    fresh = Certificate(**{**head.attribute_values, "surveillance_due": due, "has_recorded_audits": True})
    findings = [finding["grade"] for finding in audit.get("findings", [])]
    with transaction() as writes:
        set_due = Certificate.surveillance_due.set(due) if due else Certificate.surveillance_due.remove()
        writes.update(
            head,
            [set_due, Certificate.has_recorded_audits.set(True)],
            given=unchanged(head),
            otherwise=changed(head),
        )
        writes.create(new_record(head, audit, by=actor.label), otherwise=changed(head))
        record_event(
            writes,
            tenant_slug=tenant.slug,
            actor=actor,
            action=Action.CERTIFICATE_AUDIT_RECORDED,
            target_kind="CERT",
            target_id=head.slug,
            before={"surveillance_due": head.surveillance_due},
            after={
                "type": audit["type"],
                "date": audit["date"],
                "auditors": audit.get("auditors"),
                "majors": findings.count("major"),
                "minors": findings.count("minor"),
                "surveillance_due": due,
            },
            counted=recorded(head, fresh),
            generation=head.generation,
        )
    return fresh


def require_audited(head: Certificate) -> None:
    """Raises TransitionRefusedError unless it is in force, suspended or not."""
    if head.status_today not in SOURCES:
        sentence = arrow_refused(head.number, head.status_today, sources=SOURCES, done="audited", clause=CLAUSE)
        raise TransitionRefusedError(sentence)


def _refuse_unfit(audit: Audit) -> None:
    content: Content = {"audits": [audit]}
    problems = {
        problem.field: problem.sentence
        for problem in reversed(problems_in(content))
        if problem.field.startswith("audits.")
    }
    if audit.get("type") not in KINDS:
        problems["audits.0.type"] = "Record a surveillance or a special audit; others belong to a decision."
    if not audit.get("auditors"):
        problems["audits.0.auditors"] = "Name the audit team."
    if "audits.0.date" not in problems and date.fromisoformat(audit["date"]) > today():
        problems["audits.0.date"] = "The audit is still to come."
    if problems:
        raise InvalidError(f"The audit was not recorded. {' '.join(problems.values())}"[:2000], problems)
