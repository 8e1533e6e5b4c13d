"""One tenant and a real chain; nothing is remembered from one check to the next unless a test wants it."""

from collections.abc import Iterator

import pytest

from defiso.credentials.services import forget_cached_keys
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants
from defiso.verification.evidence import forget_checked_evidence
from defiso.verification.history import forget_history
from tests.anchoring.fixtures import anvil
from tests.staff import make_tenant

__all__ = ["anvil"]


@pytest.fixture
def acme() -> Iterator[Tenant]:
    forget_everything()
    yield make_tenant("acme")
    forget_everything()


def forget_everything() -> None:
    forget_cached_tenants()
    forget_cached_keys()
    forget_checked_evidence()
    forget_history()
