"""The chain, bodies and lease of the anchoring tests; and a register that each test of a module finds the same."""

from collections.abc import Iterator

import pytest

from defiso.anchoring.checking import forget_checked_anchors
from defiso.chain.client import Chain, configured_chain
from defiso.credentials import status_entries
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from tests.anchoring.anvil import Anvil
from tests.anchoring.fixtures import anvil, chain, hold, tenants
from tests.auditing.kit import Stored, every, put, tell_a_story
from tests.staff import make_tenant

__all__ = ["anvil", "chain", "hold", "tenants"]


@pytest.fixture(scope="module")
def engine_of_story() -> Iterator[Anvil]:
    with Anvil() as engine:
        yield engine


@pytest.fixture(scope="module")
def told() -> list[Stored]:
    """The rows of the story, once it has been told."""
    return []


@pytest.fixture
def register(engine_of_story: Anvil, told: list[Stored], settings) -> Iterator[Chain]:
    """The chain of a register in which everything has happened and been anchored; made once, then put back."""
    settings.CHAIN_RPC_URLS = [engine_of_story.url]
    configured_chain.cache_clear()
    forget_checked_anchors()
    chain = engine_of_story.chain()
    if told:
        for stored in told:
            put(stored)
    else:
        for slug in ("acme", "globex"):
            make_tenant(slug)
        lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
        assert lease
        with pytest.MonkeyPatch.context() as patch:  # places of status lists in order, so that rows are always the same
            patch.setattr(status_entries.secrets, "choice", min)
            tell_a_story(Hold(lease), chain)
        told += every("", of="")
    yield chain
    configured_chain.cache_clear()
