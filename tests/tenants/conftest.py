"""Caches that start empty."""

from collections.abc import Iterator

import pytest

from defiso.tenants.services import forget_cached_tenants


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    forget_cached_tenants()
    yield
    forget_cached_tenants()
