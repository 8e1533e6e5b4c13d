"""A tenant with its key, the people who act for it, and caches that start empty."""

from collections.abc import Iterator

import pytest

from defiso.audit.actors import Actor
from defiso.credentials.services import forget_cached_keys
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants
from tests.staff import make_tenant


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    forget_cached_tenants()
    forget_cached_keys()
    yield
    forget_cached_tenants()
    forget_cached_keys()


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def other() -> Tenant:
    return make_tenant("globex")


@pytest.fixture
def issuer() -> Actor:
    return Actor("01ISSUER", "user", "Issuer at Acme")


@pytest.fixture
def decider() -> Actor:
    return Actor("01DECIDER", "user", "Decision-maker at Acme")
