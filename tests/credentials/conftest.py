"""Two tenants with a signing key each, and a way to make one without."""

from collections.abc import Callable

import pytest

from defiso.audit.actors import SYSTEM
from defiso.credentials.services import create_signing_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant
from defiso.tenants.services import create_tenant


def _with_key(writes: Writes, tenant: Tenant) -> None:
    create_signing_key(tenant=tenant, writes=writes)


@pytest.fixture
def make_tenant() -> Callable[..., Tenant]:
    def make(slug: str, *, with_key: bool = True) -> Tenant:
        name = f"{slug.capitalize()} Certification"
        return create_tenant(actor=SYSTEM, slug=slug, name=name, also=_with_key if with_key else None)

    return make


@pytest.fixture
def tenant(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def other(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("globex")
