"""Withdrawing: the end of a certification, for good."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import WITHDRAW
from defiso.certificates.models import Certificate
from defiso.certificates.second_person import Confirmation
from defiso.tenants.models import Tenant


def withdraw_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    reason: str,
    version: int | None = None,
    confirming: Confirmation | None = None,
) -> Certificate:
    """Withdraw a certificate for good: an active, a suspended or an expired one.

    Raises NotFoundError, TransitionRefusedError, InvalidError, SecondPersonNeededError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.5.
    """
    head = read_head(WITHDRAW, tenant=tenant, number=number, version=version)
    return change_status(WITHDRAW, head, tenant=tenant, actor=actor, reason=reason, confirming=confirming)
