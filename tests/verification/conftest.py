"""One tenant and a real chain."""

import pytest

from defiso.tenants.models import Tenant
from tests.anchoring.fixtures import anvil

__all__ = ["anvil"]


@pytest.fixture
def acme(tenant: Tenant) -> Tenant:
    return tenant
