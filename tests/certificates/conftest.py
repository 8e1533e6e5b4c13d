"""The people who act for a tenant."""

import pytest

from defiso.audit.actors import Actor


@pytest.fixture
def issuer() -> Actor:
    return Actor("01ISSUER", "user", "Issuer at Acme")


@pytest.fixture
def decider() -> Actor:
    return Actor("01DECIDER", "user", "Decision-maker at Acme")
