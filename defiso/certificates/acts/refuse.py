"""Refusing: a decision that nothing is issued."""

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import change_status, read_head, require_impartial
from defiso.certificates.acts.table import REFUSE
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.surveillance import audits_of, recorded_audits
from defiso.tenants.models import Tenant


def refuse_certificate(
    *, tenant: Tenant, actor: Actor, number: str, reason: str, version: int | None = None
) -> Certificate:
    """Decide that what was submitted is not certified.

    Raises NotFoundError, TransitionRefusedError, InvalidError, ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.5.1 and 9.5.2.
    """
    head = read_head(REFUSE, tenant=tenant, number=number, version=version)
    require_impartial(audits_of(dictionary_of(head), recorded_audits(head)), actor)
    return change_status(REFUSE, head, tenant=tenant, actor=actor, reason=reason)
