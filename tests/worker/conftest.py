"""A real chain for each test that asks for one."""

from tests.anchoring.fixtures import anvil, chain, hold, tenants

__all__ = ["anvil", "chain", "hold", "tenants"]
