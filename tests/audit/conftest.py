"""A tenant with an owner, another tenant, and caches that start empty."""

from collections.abc import Iterator

import pytest

from defiso.accounts.models import User
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants
from tests.staff import make_tenant, make_user


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    forget_cached_tenants()
    yield
    forget_cached_tenants()


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def other() -> Tenant:
    return make_tenant("globex")


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant)
