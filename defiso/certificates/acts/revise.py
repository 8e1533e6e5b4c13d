"""Revising: another name, address, scope or sites, within the cycle in force."""

from collections.abc import Sequence
from typing import Any

from defiso.audit.actors import Actor
from defiso.certificates.acts.changing import read_head
from defiso.certificates.acts.deciding import decide_change, decided_now
from defiso.certificates.acts.table import REVISE
from defiso.certificates.content import Site
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.guards import require_reason, revision_problem
from defiso.certificates.models import Certificate
from defiso.core.errors import InvalidError
from defiso.tenants.models import Tenant


def revise_certificate(
    *,
    tenant: Tenant,
    actor: Actor,
    number: str,
    reason: str,
    legal_name: str | None = None,
    address: str | None = None,
    scope: str | None = None,
    sites: Sequence[Site] | None = None,
    version: int | None = None,
) -> Certificate:
    """Decide on a change of what the certificate says; what is None stays. Its expiry stays too.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by content path), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.6.4.
    """
    head = read_head(REVISE, tenant=tenant, number=number, version=version)
    kept = require_reason(reason)
    old = dictionary_of(head)
    named = {"legalName": legal_name, "address": address}
    organisation = {**old["organisation"], **{name: value for name, value in named.items() if value is not None}}
    said: dict[str, Any] = {"organisation": organisation, "scope": scope, "sites": None if sites is None else [*sites]}
    content = decided_now(old, actor, **{name: value for name, value in said.items() if value is not None})
    if problem := revision_problem(old, content):
        raise InvalidError(problem)
    return decide_change(REVISE, head, tenant=tenant, actor=actor, old=old, content=content, reason=kept)
