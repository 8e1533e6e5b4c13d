"""The people who act for a tenant."""

from tests.certificates.conftest import decider, issuer

__all__ = ["decider", "issuer"]
