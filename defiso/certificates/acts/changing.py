"""What the acts share: reading the head an act starts from, and the change of status that most of them are.

The acts that make a new revision are in ``deciding``.
"""

from collections.abc import Iterable
from typing import Any

from pynamodb.expressions.condition import Condition

from defiso.audit.actors import Actor
from defiso.certificates.acts.table import Act, require_act
from defiso.certificates.content import Audit
from defiso.certificates.guards import decider_problem, require_reason
from defiso.certificates.heads import changed_head, record_change, seal_state
from defiso.certificates.models import Certificate
from defiso.certificates.second_person import Confirmation, require_second_person
from defiso.certificates.services import get_certificate
from defiso.core.clock import now
from defiso.core.errors import ChangedMeanwhileError, InvalidError
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant


def read_head(act: Act, *, tenant: Tenant, number: str, version: int | None) -> Certificate:
    """The head as it is now, if this act is possible; ``version`` is the one that the person was shown.

    Raises NotFoundError, TransitionRefusedError, ChangedMeanwhileError.
    """
    head = get_certificate(tenant=tenant, number=number, consistent=True)
    require_act(act, number=head.number, status=head.status_today, expires_on=head.expires_on)
    if version is not None and version != head.version:
        raise changed(head)
    return head


def require_impartial(audits: Iterable[Audit], actor: Actor) -> None:
    """Raises InvalidError if this person was in one of these audits."""
    if problem := decider_problem(audits, actor):
        raise InvalidError(problem, {"decidedBy": problem})


def change_status(
    act: Act,
    head: Certificate,
    *,
    tenant: Tenant,
    actor: Actor,
    reason: str = "",
    review_on: str | None = None,
    justification: str | None = None,
    confirming: Confirmation | None = None,
) -> Certificate:
    """Take the act's arrow, with its event, and with a reason if the act asks for one.

    ``confirming`` is what somebody else proposed, if that is so.

    Raises InvalidError, SecondPersonNeededError, ChangedMeanwhileError.
    """
    require_second_person(act, tenant, confirming)
    kept = require_reason(reason) if "reason" in act.fields else None
    fresh = changed_head(head, tenant, at=now(), status=act.target, reason=kept, review_on=review_on)
    if fresh.is_issued:
        seal_state(fresh, tenant, was=head)
    after: dict[str, Any] = {"status": act.target, "review_on": review_on, "justification": justification}
    after |= confirming.told if confirming else {}
    with transaction() as writes:
        writes.put(fresh, given=unchanged(head), otherwise=changed(head))
        if confirming:
            confirming.settle(writes)
        record_change(
            writes,
            tenant=tenant,
            actor=actor,
            action=act.action,
            was=head,
            head=fresh,
            before={"status": head.status},
            after={name: value for name, value in after.items() if value},
            reason=kept or "",
        )
    return fresh


def unchanged(head: Certificate) -> Condition:
    """Nothing has written this row since it was read: also what leaves its version as it is, such as an audit."""
    last = head.operation
    written = Certificate.operation == last if last else Certificate.operation.does_not_exist()
    same: Condition = (Certificate.version == head.version) & (Certificate.status == head.status) & written
    return same


def changed(head: Certificate) -> ChangedMeanwhileError:
    return ChangedMeanwhileError(f"Somebody changed {head.number} meanwhile. Look at it as it is now and decide again.")
