"""The chain, tenants and lease of the anchoring tests."""

from tests.anchoring.fixtures import anvil, chain, hold, tenants

__all__ = ["anvil", "chain", "hold", "tenants"]
