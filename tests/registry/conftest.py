"""Two bodies and a real chain."""

import pytest

from defiso.tenants.models import Tenant
from tests.anchoring.fixtures import anvil

__all__ = ["anvil"]


@pytest.fixture
def bodies(tenant: Tenant, other: Tenant) -> tuple[Tenant, Tenant]:
    return tenant, other
