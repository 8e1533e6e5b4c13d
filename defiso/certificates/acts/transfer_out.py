"""Transferring out: another body takes it over."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head
from defiso.certificates.acts.table import TRANSFER_OUT
from defiso.certificates.models import Certificate
from defiso.tenants.models import Tenant


def transfer_out_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """End an active certificate that another body takes over, for good; a suspended one is not transferred.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: IAF MD 2:2023, 2.1.
    """
    head = read_head(TRANSFER_OUT, tenant=tenant, number=number, version=version)
    return change_status(TRANSFER_OUT, head, tenant=tenant, actor=actor, reason=reason)
