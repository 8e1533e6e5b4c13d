"""Fixtures of anchoring and crash tests: a real chain, two tenants, the worker's lease."""

from collections.abc import Iterator

import pytest

from defiso.anchoring.checking import forget_checked_anchors
from defiso.chain.client import Chain, configured_chain
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from tests.anchoring.anvil import Anvil
from tests.staff import make_tenant


@pytest.fixture
def anvil(settings) -> Iterator[Anvil]:
    """A fresh chain, which the settings name too."""
    with Anvil() as engine:
        settings.CHAIN_RPC_URLS = [engine.url]
        configured_chain.cache_clear()
        forget_checked_anchors()
        yield engine
    configured_chain.cache_clear()


@pytest.fixture
def chain(anvil: Anvil) -> Chain:
    return anvil.chain()


@pytest.fixture
def tenants() -> list[str]:
    """The slugs of two bodies."""
    for slug in ("acme", "globex"):
        make_tenant(slug)
    return ["acme", "globex"]


@pytest.fixture
def hold(tenants) -> Hold:
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    return Hold(lease)
