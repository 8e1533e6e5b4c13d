"""One tenant and a real chain."""

from tests.anchoring.fixtures import anvil

__all__ = ["anvil"]
