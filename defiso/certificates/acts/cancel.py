"""Cancelling: the client ends it."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import CANCEL
from defiso.certificates.models import Certificate
from defiso.tenants.models import Tenant


def cancel_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """End an active certificate at its holder's wish, for good.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 8.2.4.
    """
    head = read_head(CANCEL, tenant=tenant, number=number, version=version)
    return change_status(CANCEL, head, tenant=tenant, actor=actor, reason=reason)
