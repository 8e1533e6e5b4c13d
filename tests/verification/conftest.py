"""One tenant and a real chain."""

import pytest

from defiso.tenants.models import Tenant
from tests.anchoring.fixtures import anvil, chain

__all__ = ["anvil", "chain"]


@pytest.fixture
def acme(tenant: Tenant) -> Tenant:
    return tenant
