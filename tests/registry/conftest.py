"""Two bodies, a chain, and caches that start empty."""

from collections.abc import Iterator

import pytest

from defiso.tenants.models import Tenant
from tests.anchoring.fixtures import anvil
from tests.staff import make_tenant
from tests.verification.conftest import forget_everything

__all__ = ["anvil"]


@pytest.fixture
def bodies() -> Iterator[tuple[Tenant, Tenant]]:
    forget_everything()
    yield make_tenant("acme"), make_tenant("globex")
    forget_everything()
