"""Restoring: a suspended certificate is active again."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head, require_impartial
from defiso.certificates.acts.table import RESTORE
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.surveillance import audits_of, recorded_audits
from defiso.tenants.models import Tenant


def restore_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """Make a suspended certificate active again.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.1 and 9.6.5.
    """
    head = read_head(RESTORE, tenant=tenant, number=number, version=version)
    require_impartial(audits_of(dictionary_of(head), recorded_audits(head)), actor)
    return change_status(RESTORE, head, tenant=tenant, actor=actor, reason=reason)
