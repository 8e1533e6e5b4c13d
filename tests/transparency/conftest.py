"""The worker's right to write, and a chain for the logs that are anchored."""

from tests.anchoring.fixtures import anvil, chain, hold, tenants

__all__ = ["anvil", "chain", "hold", "tenants"]
