"""What a body has chosen for its own registry. Set by the operator; every process follows within a minute."""

from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.errors import InvalidTenantError, UnknownTenantError
from defiso.tenants.models import METADATA, Tenant
from defiso.tenants.rules import PROBLEM_WITH
from defiso.tenants.services import forget_tenant, record_of_tenant

POLICIES = ("two_persons", "paper_size", "print_name", "postal_address", "browsable")  # attributes of a tenant


def set_policy(*, actor: Actor, slug: str, chosen: dict[str, Any]) -> Tenant:
    """Set some of ``POLICIES``, an empty text being none. Raises what ``change_tenant`` raises; InvalidTenantError."""
    problems = {
        name: problem
        for name, text in chosen.items()
        if name in PROBLEM_WITH and text and (problem := PROBLEM_WITH[name](text))
    }
    if problems:
        raise InvalidTenantError(" ".join(problems.values()), problems)
    return change_tenant(actor=actor, slug=slug, chosen=chosen, action=Action.TENANT_POLICY_SET)


def change_tenant(*, actor: Actor, slug: str, chosen: dict[str, Any], action: Action) -> Tenant:
    """Set attributes of a tenant, or take away what is None or empty, given that they are as read, with an event.

    Raises UnknownTenantError, ChangedMeanwhileError.
    """
    tenant = Tenant.find(tenant_key(slug), METADATA, consistent=True)
    if tenant is None:
        raise UnknownTenantError(slug)
    before = {name: getattr(tenant, name) for name in chosen}
    given = Tenant.PK.exists()
    for name in chosen:
        attribute = getattr(Tenant, name)
        given &= attribute.does_not_exist() if before[name] is None else attribute == before[name]
    with transaction() as writes:
        writes.update(
            tenant,
            [_changed(getattr(Tenant, name), value) for name, value in chosen.items()],
            given=given,
            otherwise=ChangedMeanwhileError(f"Somebody else changed the rules of {slug} meanwhile."),
        )
        record_of_tenant(writes, tenant, actor, action, before=before, after=chosen)
    forget_tenant(tenant)
    return Tenant.get(tenant_key(slug), METADATA, consistent_read=True)


def _changed(attribute: Any, value: Any) -> Any:
    return attribute.remove() if value in (None, "") else attribute.set(value)
