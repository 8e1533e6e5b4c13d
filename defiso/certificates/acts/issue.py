"""Issuing: a decision makes a draft the signed first revision of a certificate in force."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import changed, read_head, unchanged
from defiso.certificates.acts.table import ISSUE
from defiso.certificates.content import Content
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.guards import decider_problem, issue_problems
from defiso.certificates.heads import add_revision, changed_head, columns_of, make_issue, record_change
from defiso.certificates.models import Certificate
from defiso.certificates.states import Status
from defiso.core.clock import now, today
from defiso.core.errors import InvalidError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant


def issue_certificate(
    *, tenant: Tenant, actor: Actor, number: str, decided_by: str = "", version: int | None = None
) -> Certificate:
    """Sign and issue a draft as revision 1. ``decided_by`` defaults to the draft's decider, else to the actor.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.
    """
    head = read_head(ISSUE, tenant=tenant, number=number, version=version)
    content = dictionary_of(head)
    content["revision"] = 1
    content["decidedBy"] = decided_by.strip() or content.get("decidedBy", "") or actor.label
    _refuse_unfit(content, actor)
    changes = {"status": ISSUE.target, "revision": 1, "draft_key": None, **columns_of(content)}
    fresh = changed_head(head, tenant, at=now(), **changes)
    issue = make_issue(tenant=tenant, head=fresh, content=content, was=head)
    with transaction() as writes:
        writes.put(issue.certificate, given=unchanged(head), otherwise=changed(head))
        add_revision(writes, issue, otherwise=changed(head))
        record_change(
            writes,
            tenant=tenant,
            actor=actor,
            action=ISSUE.action,
            was=head,
            head=issue.certificate,
            before={"status": Status.DRAFT, "revision": 0},
            after={"status": ISSUE.target, "revision": 1, "decidedBy": content["decidedBy"]},
            credential=issue.reference,
        )
    return issue.certificate


def _refuse_unfit(content: Content, actor: Actor) -> None:
    problems = issue_problems(content, today=today())
    if problem := decider_problem(content, [content["decidedBy"], actor.label]):
        problems["decidedBy"] = problem
    if problems:
        count = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        sentence = f"The certificate cannot be issued yet; {count} to correct: {' '.join(problems.values())}"
        raise InvalidError(sentence[:2000], problems)
