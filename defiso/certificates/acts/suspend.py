"""Suspending: for a time, with a day by which it is looked at again."""

from datetime import date

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import SUSPEND
from defiso.certificates.guards import require_review_date
from defiso.certificates.models import Certificate
from defiso.core.clock import today
from defiso.tenants.models import Tenant


def suspend_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    reason: str,
    review_on: date,
    justification: str = "",
    version: int | None = None,
) -> Certificate:
    """Suspend an active certificate until ``review_on``; over six months only with a written justification.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.5 ("in most cases" the suspension does not exceed six months).
    """
    head = read_head(SUSPEND, tenant=tenant, number=number, version=version)
    kept = require_review_date(review_on, justification, today=today())
    return change_status(
        SUSPEND,
        head,
        tenant=tenant,
        actor=actor,
        reason=reason,
        review_on=review_on.isoformat(),
        justification=kept,
    )
