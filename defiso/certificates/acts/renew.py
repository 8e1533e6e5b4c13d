"""Renewing: another cycle, decided on before the one in force expires."""

from datetime import date

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide_cycle, expiry_of
from defiso.certificates.acts.table import RENEW
from defiso.certificates.content import Audit
from defiso.certificates.cycles import cycle_start, renewed_until
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.core.clock import today
from defiso.tenants.models import Tenant


def renew_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    audit: Audit,
    expires_on: date | None = None,
    version: int | None = None,
) -> Certificate:
    """Decide on the recertification that this ``audit`` was: its type is set. It expires at the latest three years
    after the expiry before, unless ``expires_on`` is earlier.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.3.2.3.
    """
    head = read_head(RENEW, tenant=tenant, number=number, version=version)
    old = dictionary_of(head)
    expires = expiry_of(old)
    latest, rule = renewed_until(expires, today())
    return decide_cycle(
        RENEW,
        head,
        tenant=tenant,
        actor=actor,
        old=old,
        audit=audit,
        kind="recertification",
        after=cycle_start(expires),
        latest=latest,
        rule=rule,
        expires_on=expires_on,
    )
