"""Returning: what was submitted is a draft again, for a reason."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import RETURN
from defiso.certificates.models import Certificate
from defiso.tenants.models import Tenant


def return_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """Give a submitted draft back to whoever prepares it.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.2.
    """
    head = read_head(RETURN, tenant=tenant, number=number, version=version)
    return change_status(RETURN, head, tenant=tenant, actor=actor, reason=reason)
