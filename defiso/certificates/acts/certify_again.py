"""Certifying again: after a lapse of over six months, on a stage 2, and the lapse is printed."""

from datetime import date

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide_cycle, expiry_of
from defiso.certificates.acts.table import CERTIFY_AGAIN
from defiso.certificates.content import Audit
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.rules.table import FIRST_CYCLE
from defiso.certificates.validation import CYCLE_YEARS
from defiso.core.clock import today
from defiso.core.dates import years_after
from defiso.tenants.models import Tenant


def certify_again(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    audit: Audit,
    expires_on: date | None = None,
    version: int | None = None,
) -> Certificate:
    """Decide on the stage 2 that this ``audit`` was: its type is set. A new cycle of three years from today begins,
    unless ``expires_on`` is earlier. The document says when the last one ended and when it was certified again.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.3.2.5 and the note of 8.2.2.
    """
    head = read_head(CERTIFY_AGAIN, tenant=tenant, number=number, version=version)
    old = dictionary_of(head)
    return decide_cycle(
        CERTIFY_AGAIN,
        head,
        tenant=tenant,
        actor=actor,
        old=old,
        audit=audit,
        kind="initial",
        after=expiry_of(old),
        latest=years_after(today(), CYCLE_YEARS),
        rule=FIRST_CYCLE,
        expires_on=expires_on,
        previousExpiryDate=old.get("expiryDate"),
        recertificationDate=today().isoformat(),
    )
