"""Tenants, their staff and browsers for tests: made through the services, so every test starts from real rows."""

from django.conf import settings
from django.test import Client

from defiso.accounts.models import User
from defiso.accounts.services import create_user, get_user
from defiso.accounts.sessions import begin_session
from defiso.audit.actors import SYSTEM, Actor
from defiso.audit.services import list_events
from defiso.core.permissions import Role
from defiso.credentials.services import create_signing_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from defiso.tenants.services import create_tenant

PASSWORD = "correct horse battery staple"


def make_tenant(slug: str) -> Tenant:
    """A tenant with its signing key."""
    return create_tenant(
        actor=SYSTEM,
        slug=slug,
        name=f"{slug.capitalize()} Certification",
        also=lambda writes, tenant: create_signing_key(tenant=tenant, writes=writes),
    )


def make_user(tenant: Tenant, role: str = Role.OWNER, *, email: str = "", password: str = PASSWORD) -> User:
    address = email or f"{role.replace('_', '-')}@{tenant.slug}.example"
    name = f"{role.replace('_', ' ').capitalize()} at {tenant.slug.capitalize()}"
    return create_user(tenant=tenant, actor=SYSTEM, email=address, name=name, role=role, password=password)


def host_header(tenant: Tenant | None) -> str:
    return f"{tenant.host if tenant else settings.BASE_DOMAIN}:{settings.PORT}"


def browser_at(tenant: Tenant | None, **options: bool) -> Client:
    """A browser that is not logged in. Unlike a real one it sends its cookies to any host."""
    return Client(headers={"host": host_header(tenant)}, **options)


def log_in_as(user: User, tenant: Tenant, **options: bool) -> Client:
    """A browser with a session of this user, begun without the form."""
    browser = browser_at(tenant, **options)
    browser.cookies[settings.SESSION_COOKIE_NAME] = begin_session_of(user, tenant)
    return browser


def begin_session_of(user: User, tenant: Tenant) -> str:
    """The cookie of a fresh session of the user as stored now."""
    number = int(get_user(tenant=tenant, user_id=user.id).sessions_from)
    with transaction() as writes:
        cookie = begin_session(writes, tenant=tenant, user=user, actor=actor_of(user), number=number)
    return cookie


def actor_of(user: User) -> Actor:
    return Actor(user.id, "user", user.name)


def actions_of(tenant: Tenant) -> list[str]:
    """The actions of the tenant's events, oldest first."""
    return [event.action for event in list_events(tenant_slug=tenant.slug).items][::-1]
