"""Declaring void: it was issued in error."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import VOID
from defiso.certificates.models import Certificate
from defiso.certificates.second_person import Confirmation
from defiso.tenants.models import Tenant


def void_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    reason: str,
    version: int | None = None,
    confirming: Confirmation | None = None,
) -> Certificate:
    """Declare an issued certificate void, for good: it should never have been issued.

    Raises NotFoundError, TransitionRefusedError, InvalidError, SecondPersonNeededError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 8.2.4.
    """
    head = read_head(VOID, tenant=tenant, number=number, version=version)
    return change_status(VOID, head, tenant=tenant, actor=actor, reason=reason, confirming=confirming)
