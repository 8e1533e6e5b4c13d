"""A real chain for each test that asks for one."""

from tests.anchoring.fixtures import anvil, chain, tenants

__all__ = ["anvil", "chain", "tenants"]
