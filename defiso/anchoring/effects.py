"""What one event asks of the worker, read from the event alone: a leaf to anchor, a look-up, a change of counts.

Pure but for the tenant's name. An event that makes no sense raises here and is set aside by the outbox.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from defiso.anchoring.models import CodeLookup, Leaf
from defiso.audit.models import CredentialReference, Event
from defiso.store.keys import tenant_key
from defiso.tenants.services import get_tenant

DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True)
class Effects:
    """``lookup`` is the row to publish; where it is None, ``lookup_key`` must hold no row. ``counts`` is by status."""

    event: Event
    leaf: Leaf | None = None
    lookup: CodeLookup | None = None
    lookup_key: tuple[str, str] | None = None
    counts: Counter[str] = field(default_factory=Counter)


def effects_of(event: Event) -> Effects:
    """Raises ValueError, TypeError, KeyError or UnknownTenantError for an event that makes no sense."""
    if not event.action.startswith("certificate."):
        return Effects(event)
    counts = _change_of_counts(event.before or {}, event.after or {})
    if not event.credential:
        return Effects(event, counts=counts)
    credential = CredentialReference(**event.credential)
    leaf = _leaf_of(event, credential)
    key = (code_key(leaf.number_slug), tenant_key(leaf.tenant_slug))
    if credential.confidential:
        return Effects(event, leaf=leaf, lookup_key=key, counts=counts)
    return Effects(event, leaf=leaf, lookup=_lookup_of(leaf, key), lookup_key=key, counts=counts)


def code_key(number_slug: str) -> str:
    return f"CODE#{number_slug}"


def counts_by_tenant(effects: Iterable[Effects]) -> dict[str, Counter[str]]:
    """The change of counts of each tenant that has any."""
    totals: dict[str, Counter[str]] = {}
    for effect in effects:
        if effect.counts:
            totals.setdefault(effect.event.tenant_slug, Counter()).update(effect.counts)
    return totals


def _change_of_counts(before: dict[str, Any], after: dict[str, Any]) -> Counter[str]:
    """One out of the old status, one into the new; nothing where the status stays or is not told."""
    old, new = before.get("status"), after.get("status")
    if new is None or old == new:
        return Counter()
    return Counter({new: 1, old: -1} if old else {new: 1})


def _leaf_of(event: Event, credential: CredentialReference) -> Leaf:
    if not DIGEST(credential.digest) or not credential.number_slug or int(credential.revision) < 1:
        raise ValueError("the event's credential is malformed")
    return Leaf(
        digest=credential.digest,
        tenant_slug=event.tenant_slug,
        number_slug=credential.number_slug,
        revision=int(credential.revision),
        number=credential.number or credential.number_slug,
    )


def _lookup_of(leaf: Leaf, key: tuple[str, str]) -> CodeLookup:
    tenant = get_tenant(leaf.tenant_slug)
    return CodeLookup(
        *key,
        number=leaf.number,
        slug=leaf.number_slug,
        revision=leaf.revision,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        tenant_host=tenant.host,
    )
