"""The certificates of an integrated management system: each names the others, as long as it is a draft.

What is issued stays as it was signed: a draft that joins it names it, and not the other way round.
"""

from collections.abc import Sequence

from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.certificates.acts.changing import changed, unchanged
from defiso.certificates.acts.table import EDIT
from defiso.certificates.content import Content, differences
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.heads import change_event, changed_head, columns_of
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.states import Status
from defiso.core.clock import now
from defiso.core.numbers import slug_of
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant


def drafts_in_set(tenant: Tenant, content: Content) -> list[Certificate]:
    """Those of the certificates that a content names which are drafts: one read of all."""
    slugs = [slug for number in content.get("integratedWith", []) if (slug := slug_of(number))]
    if not slugs:
        return []
    keys = [(Certificate, tenant_key(tenant.slug), certificate_key(slug)) for slug in dict.fromkeys(slugs)]
    found = find_all(keys, consistent=True)
    return [head for head in found if isinstance(head, Certificate) and head.status == Status.DRAFT]


def name_in_set(
    writes: Writes, *, tenant: Tenant, actor: Actor, drafts: Sequence[Certificate], number: str, instead_of: str = ""
) -> list[Event]:
    """Let each of these drafts name ``number``, in place of the number it had: their events, yet to be recorded."""
    events = []
    for draft in drafts:
        before = dictionary_of(draft)
        others = [
            one for one in before.get("integratedWith", []) if slug_of(one) not in map(slug_of, (number, instead_of))
        ]
        content: Content = {**before, "integratedWith": [*others, number]}
        fresh = changed_head(draft, tenant, at=now(), content=columns_of(content)["content"])
        writes.put(fresh, given=unchanged(draft), otherwise=changed(draft))
        was, now_is = differences(before, content)
        event = change_event(
            tenant=tenant, actor=actor, action=EDIT.action, was=draft, head=fresh, before=was, after=now_is
        )
        events.append(event)
    return events
