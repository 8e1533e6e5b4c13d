"""Restoring after expiry: within six months, on the cycle that it would have had."""

from datetime import date

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide_cycle, expiry_of
from defiso.certificates.acts.table import RESTORE_EXPIRED
from defiso.certificates.content import Audit
from defiso.certificates.cycles import cycle_start, renewed_until
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.rules.table import RESTORED
from defiso.core.clock import today
from defiso.tenants.models import Tenant


def restore_expired_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    audit: Audit,
    expires_on: date | None = None,
    version: int | None = None,
) -> Certificate:
    """Decide on the outstanding recertification that this ``audit`` was: its type is set. It is effective from today,
    and expires at the latest three years after the expiry before, unless ``expires_on`` is earlier.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.3.2.5.
    """
    head = read_head(RESTORE_EXPIRED, tenant=tenant, number=number, version=version)
    old = dictionary_of(head)
    expired = expiry_of(old)
    latest, _rule = renewed_until(expired, today())
    return decide_cycle(
        RESTORE_EXPIRED,
        head,
        tenant=tenant,
        actor=actor,
        old=old,
        audit=audit,
        kind="recertification",
        after=cycle_start(expired),
        latest=latest,
        rule=RESTORED,
        expires_on=expires_on,
    )
