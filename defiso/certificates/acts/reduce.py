"""Restoring with a reduced scope: what failed is taken out, the rest is active again."""

from collections.abc import Sequence

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide_change, decided_now
from defiso.certificates.acts.table import REDUCE
from defiso.certificates.content import Site
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.guards import reduction_problem, require_reason
from defiso.certificates.models import Certificate
from defiso.core.errors import InvalidError
from defiso.tenants.models import Tenant


def reduce_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    reason: str,
    scope: str | None = None,
    sites: Sequence[Site] | None = None,
    version: int | None = None,
) -> Certificate:
    """Make a suspended certificate active again with this scope and these sites; what is None stays. Its expiry stays.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.5.
    """
    head = read_head(REDUCE, tenant=tenant, number=number, version=version)
    kept = require_reason(reason)
    old = dictionary_of(head)
    content = decided_now(
        old,
        actor,
        scope=old.get("scope", "") if scope is None else scope,
        sites=old.get("sites", []) if sites is None else [*sites],
    )
    if problem := reduction_problem(old, content):
        raise InvalidError(problem, {"scope": problem})
    return decide_change(REDUCE, head, tenant=tenant, actor=actor, old=old, content=content, reason=kept)
