"""Marks that a body has printed on its certificates: its own, and one that a licence lets it use."""

from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.core.errors import ChangedMeanwhileError
from defiso.documents.marks import keep_mark
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.errors import InvalidTenantError, UnknownTenantError
from defiso.tenants.models import METADATA, Tenant
from defiso.tenants.services import forget_tenant, record_of_tenant

LONGEST_LICENCE = 60


def set_own_mark(*, actor: Actor, slug: str, png: bytes | None) -> Tenant:
    """The body's own mark, None for none any more. Raises UnknownTenantError, InvalidMarkError, ChangedMeanwhileError.

    Certificates are printed with it from the next download on.
    """
    return _set(actor, slug, "logo", {"digest": keep_mark(png)} if png is not None else None)


def set_licensed_mark(*, actor: Actor, slug: str, png: bytes | None, licence: str) -> Tenant:
    """A mark of an accreditor's or of anybody else's, with the reference of the licence that lets the body print it.

    Raises what ``set_own_mark`` raises; InvalidTenantError without a licence.
    """
    licence = " ".join(licence.split())
    if png is not None and not 0 < len(licence) <= LONGEST_LICENCE:
        sentence = f"Name the licence that lets this body use the mark, in at most {LONGEST_LICENCE} characters."
        raise InvalidTenantError(sentence, {"licence": sentence})
    return _set(actor, slug, "mark", {"digest": keep_mark(png), "licence": licence} if png is not None else None)


def _set(actor: Actor, slug: str, name: str, mark: dict[str, str] | None) -> Tenant:
    tenant = Tenant.find(tenant_key(slug), METADATA, consistent=True)
    if tenant is None:
        raise UnknownTenantError(slug)
    attribute: Any = getattr(Tenant, name)
    before = getattr(tenant, name)
    with transaction() as writes:
        writes.update(
            tenant,
            [attribute.set(mark) if mark else attribute.remove()],
            given=attribute == before if before else attribute.does_not_exist(),
            otherwise=ChangedMeanwhileError(f"Somebody else changed the marks of {slug} meanwhile."),
        )
        record_of_tenant(writes, tenant, actor, Action.TENANT_MARK_SET, before={name: before}, after={name: mark})
    forget_tenant(tenant)
    return Tenant.get(tenant_key(slug), METADATA, consistent_read=True)
