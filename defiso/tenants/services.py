"""Tenants: making them, suspending them, and finding the one a host belongs to.

A tenant's first signing key joins its creation through ``also``: keys belong to a domain above this one.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import PLATFORM, record_event
from defiso.core.cache import TimedCache
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.keys import host_key, tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.claims import claim_looks, naming_the_other
from defiso.tenants.errors import (
    InvalidTenantError,
    ReadsLikeAnotherError,
    SlugInUseError,
    TenantSuspendedError,
    UnknownTenantError,
)
from defiso.tenants.models import METADATA, CustomDomain, Tenant, TenantStatus
from defiso.tenants.rules import problems_with_tenant
from defiso.tenants.slugs import is_label

KNOWN_SECONDS = 60
UNKNOWN_SECONDS = 10
MOST_CACHED = 4096

_by_host: TimedCache[Tenant] = TimedCache(size=MOST_CACHED, seconds=KNOWN_SECONDS)
_by_slug: TimedCache[Tenant] = TimedCache(size=MOST_CACHED, seconds=KNOWN_SECONDS)
_unknown_hosts: TimedCache[bool] = TimedCache(size=MOST_CACHED, seconds=UNKNOWN_SECONDS)


def create_tenant(
    *,
    actor: Actor,
    slug: str,
    name: str,
    accent: str = "",
    introduction: str = "",
    website: str = "",
    contact_email: str = "",
    accreditation_body: str = "",
    accreditation_number: str = "",
    print_name: str = "",
    postal_address: str = "",
    paper_size: str = "",
    also: Callable[[Writes, Tenant], object] | None = None,
) -> Tenant:
    """Create a tenant and its event in one transaction, with what ``also`` adds to it (the signing key).

    Raises InvalidTenantError (``fields`` names the problems), SlugInUseError, ReadsLikeAnotherError.
    """
    texts = {
        "name": name,
        "accent": accent,
        "introduction": introduction,
        "website": website,
        "contact_email": contact_email,
        "accreditation_body": accreditation_body,
        "accreditation_number": accreditation_number,
        "print_name": print_name,
        "postal_address": postal_address,
        "paper_size": paper_size,
    }
    given: dict[str, Any] = {field: text.strip() or None for field, text in texts.items()}
    if problems := problems_with_tenant({"slug": slug, **given}):
        raise InvalidTenantError(" ".join(problems.values()), problems)
    tenant = Tenant(
        tenant_key(slug),
        METADATA,
        GSI1PK=host_key(host_of(slug)),
        GSI1SK=tenant_key(slug),
        slug=slug,
        host=host_of(slug),
        status=TenantStatus.ACTIVE,
        created_at=iso(now()),
        **given,
    )
    try:
        with transaction() as writes:
            writes.create(tenant, otherwise=SlugInUseError(slug))
            claim_looks(writes, tenant)
            after = {"host": tenant.host, **{field: text for field, text in given.items() if text}}
            record_of_tenant(writes, tenant, actor, Action.TENANT_CREATED, after=after)
            if also is not None:
                also(writes, tenant)
    except ReadsLikeAnotherError as refusal:
        raise naming_the_other(refusal) from refusal
    forget_tenant(tenant)
    return tenant


def suspend_tenant(*, actor: Actor, slug: str, reason: str) -> Tenant:
    """Close the staff area of a tenant from the next request on; its certificates stay verifiable."""
    if not reason.strip():
        raise InvalidTenantError("A suspension needs a reason.", {"reason": "Say why, for the tenant's staff to read."})
    return _change_status(actor, slug, TenantStatus.ACTIVE, TenantStatus.SUSPENDED, reason.strip())


def reinstate_tenant(*, actor: Actor, slug: str, reason: str = "") -> Tenant:
    """Open the staff area of a suspended tenant again, from the next request on."""
    return _change_status(actor, slug, TenantStatus.SUSPENDED, TenantStatus.ACTIVE, reason.strip())


def refuse_if_suspended(tenant: Tenant) -> None:
    """Raises TenantSuspendedError with the reason that the tenant's staff are given."""
    if tenant.is_suspended:
        raise TenantSuspendedError(tenant.suspended_reason or "ask the operator")


def open_to_staff(tenant: Tenant) -> Tenant:
    """The tenant if its staff area is open, else TenantSuspendedError. One that a cache calls suspended is read afresh:
    it may have been reinstated meanwhile. That one is suspended meanwhile is seen where a session is read.
    """
    if not tenant.is_suspended:
        return tenant
    fresh = Tenant.get(tenant.PK, tenant.SK, consistent_read=True)
    refuse_if_suspended(fresh)
    forget_tenant(fresh)
    return fresh


def get_tenant(slug: str) -> Tenant:
    """The tenant of this slug, as it was at most 60 s ago. Raises UnknownTenantError."""
    if tenant := _by_slug.get(slug):
        return tenant
    found = Tenant.find(tenant_key(slug), METADATA)
    if found is None:
        raise UnknownTenantError(slug)
    _by_slug.put(slug, found)
    return found


def find_tenant_by_host(host: str) -> Tenant | None:
    """The tenant at this host name (lower case, no port): one query, kept 60 s; the lack of one is kept 10 s."""
    if tenant := _by_host.get(host):
        return tenant
    if _unknown_hosts.get(host):
        return None
    found = _look_up_host(host)
    if found is None:
        _unknown_hosts.put(host, True)
    else:
        _by_host.put(host, found)
    return found


def origin_of(tenant: Tenant) -> str:
    """``http://acme.localhost:8000``: scheme, host and, when run embedded, the port."""
    return origin_of_host(tenant.host)


def origin_of_host(host: str) -> str:
    port = f":{settings.PORT}" if settings.BASE_DOMAIN == "localhost" else ""
    return f"{'https' if settings.HTTPS else 'http'}://{host}{port}"


def apex_origin() -> str:
    return origin_of_host(settings.BASE_DOMAIN)


def host_of(slug: str) -> str:
    return f"{slug}.{settings.BASE_DOMAIN}"


def forget_cached_tenants() -> None:
    """Read every tenant afresh: for tests, and after changes made by another process."""
    for cache in (_by_host, _by_slug, _unknown_hosts):
        cache.clear()


def _look_up_host(host: str) -> Tenant | None:
    """A name under the base domain is that slug's only; any other host must be a verified domain of one tenant."""
    suffix = f".{settings.BASE_DOMAIN}"
    if host.endswith(suffix):
        slug = host.removesuffix(suffix)
        if not is_label(slug):
            return None
        tenants = Tenant.GSI1.query(host_key(host))
        return next((tenant for tenant in tenants if tenant.SK == METADATA and tenant.slug == slug), None)
    domains = [domain for domain in CustomDomain.GSI1.query(host_key(host)) if domain.verified_at]
    return Tenant.find(tenant_key(domains[0].slug), METADATA) if len(domains) == 1 else None


def _change_status(actor: Actor, slug: str, old: TenantStatus, new: TenantStatus, reason: str) -> Tenant:
    tenant = Tenant.find(tenant_key(slug), METADATA, consistent=True)
    if tenant is None:
        raise UnknownTenantError(slug)
    note = Tenant.suspended_reason.set(reason) if new == TenantStatus.SUSPENDED else Tenant.suspended_reason.remove()
    with transaction() as writes:
        writes.update(
            tenant,
            [Tenant.status.set(new), note],
            given=Tenant.status == old,
            otherwise=ChangedMeanwhileError(f"The tenant {slug} is not {old} now."),
        )
        action = Action.TENANT_SUSPENDED if new == TenantStatus.SUSPENDED else Action.TENANT_REINSTATED
        record_of_tenant(writes, tenant, actor, action, before={"status": old}, after={"status": new}, reason=reason)
    forget_tenant(tenant)
    return Tenant.get(tenant_key(slug), METADATA, consistent_read=True)


def record_of_tenant(
    writes: Writes,
    tenant: Tenant,
    actor: Actor,
    action: Action,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
    reason: str = "",
) -> None:
    """Once for the tenant to read, once for the platform's own log."""
    for log_of in (tenant.slug, PLATFORM):
        record_event(
            writes,
            tenant_slug=log_of,
            actor=actor,
            action=action,
            target_kind="TENANT",
            target_id=tenant.slug,
            before=before,
            after=after,
            reason=reason,
        )


def forget_tenant(tenant: Tenant) -> None:
    _by_slug.forget(tenant.slug)
    _by_host.clear()  # custom domains lead to it as well
    _unknown_hosts.forget(tenant.host)
