"""What the acts share that end in a new revision: the decision, its dates, and one transaction of head and revision.

The decider is whoever is logged in. Source: ISO/IEC 17021-1:2015, 9.5.
"""

from datetime import date
from typing import Any, cast

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import changed, require_impartial, unchanged
from defiso.certificates.acts.table import Act
from defiso.certificates.content import Audit, Content, differences
from defiso.certificates.cycles import capped, chosen_expiry, require_audit
from defiso.certificates.guards import issue_problems
from defiso.certificates.heads import add_revision, changed_head, columns_of, make_issue, record_change
from defiso.certificates.models import Certificate
from defiso.certificates.problems import read_day
from defiso.certificates.rules.table import LAPSED, RECERTIFICATION, Rule
from defiso.certificates.surveillance import audits_of, recorded_audits
from defiso.core.clock import now, today
from defiso.core.errors import InvalidError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant


def decided_now(old: Content, actor: Actor, **changes: Any) -> Content:
    """The next revision as decided today by this person: effective and issued on the same day."""
    day = today().isoformat()
    content = cast(Content, {**old, **changes})
    content.update({"decisionDate": day, "effectiveDate": day, "issueDate": day})
    content["revision"] = old.get("revision", 0) + 1
    return content | named_decider(actor)


def named_decider(actor: Actor) -> Content:
    """Who decided: the name as printed, and of a person the account."""
    named: Content = {"decidedBy": actor.label}
    return named | Content(decidedByUser=actor.id) if actor.kind == "user" else named


def decide_cycle(
    act: Act,
    head: Certificate,
    *,
    tenant: Tenant,
    actor: Actor,
    old: Content,
    audit: Audit,
    kind: str,
    after: date | None,
    latest: date,
    rule: Rule,
    expires_on: date | None,
    **changes: Any,
) -> Certificate:
    """Begin another cycle on this audit, which is of this ``kind`` and ended ``after`` a day.

    Raises InvalidError naming ``audit_date`` or ``expires_on``, and as ``decide`` does.
    """
    needed = LAPSED if kind == "initial" else RECERTIFICATION
    require_audit(audit, after=after, rule=needed, today=today())
    latest = capped(latest, (old["standard"]["code"], old["standard"]["edition"]))
    expires = chosen_expiry(expires_on, latest=latest, rule=rule, today=today())
    held: Audit = {**audit, "type": kind}
    audits = [*old.get("audits", []), held]
    content = decided_now(old, actor, audits=audits, expiryDate=expires.isoformat(), **changes)
    return decide(act, head, tenant=tenant, actor=actor, old=old, content=content, latest_expiry=latest)


def decide_change(
    act: Act, head: Certificate, *, tenant: Tenant, actor: Actor, old: Content, content: Content, reason: str
) -> Certificate:
    """Say something else within the cycle in force, whose expiry stays. Raises as ``decide`` does."""
    return decide(
        act,
        head,
        tenant=tenant,
        actor=actor,
        old=old,
        content=content,
        latest_expiry=expiry_of(old),
        new_cycle=False,
        reason=reason,
    )


def decide(
    act: Act,
    head: Certificate,
    *,
    tenant: Tenant,
    actor: Actor,
    old: Content,
    content: Content,
    latest_expiry: date | None,
    new_cycle: bool = True,
    reason: str | None = None,
) -> Certificate:
    """Sign this content as the head's next revision, which takes the place of the one before, with its event.

    Raises InvalidError (``fields`` by content path), ChangedMeanwhileError, NoSigningKeyError.
    """
    audits = audits_of(content, recorded_audits(head))
    require_impartial(audits, actor)
    problems = issue_problems(content, today=today(), latest_expiry=latest_expiry, new_cycle=new_cycle, audits=audits)
    _refuse(act, problems)
    state = {"status": act.target, "revision": content["revision"], "reason": reason, "review_on": None}
    fresh = changed_head(head, tenant, at=now(), **state, draft_key=None, **columns_of(content))
    issue = make_issue(tenant=tenant, head=fresh, content=content, was=head)
    before, after = differences(old, content)
    with transaction() as writes:
        writes.put(issue.certificate, given=unchanged(head), otherwise=changed(head))
        add_revision(writes, issue, otherwise=changed(head))
        record_change(
            writes,
            tenant=tenant,
            actor=actor,
            action=act.action,
            was=head,
            head=issue.certificate,
            before={**before, "status": head.status, "revision": int(head.revision)},
            after={**after, "status": act.target, "revision": content["revision"], "decidedBy": content["decidedBy"]},
            reason=reason or "",
            credential=issue.reference,
        )
    return issue.certificate


def expiry_of(content: Content) -> date | None:
    return read_day(content.get("expiryDate"))


def _refuse(act: Act, problems: dict[str, str]) -> None:
    if problems:
        count = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        sentence = f"The certificate cannot be {act.done} yet; {count} to correct: {' '.join(problems.values())}"
        raise InvalidError(sentence[:2000], problems)
