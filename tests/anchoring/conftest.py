"""A real chain for each test that asks for one."""

from collections.abc import Iterator

import pytest

from defiso.anchoring.chain import Chain
from tests.anchoring.anvil import Anvil


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    with Anvil() as engine:
        yield engine


@pytest.fixture
def chain(anvil: Anvil) -> Chain:
    return anvil.chain()
