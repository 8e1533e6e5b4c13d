"""The worker's right to write."""

from tests.anchoring.fixtures import hold, tenants

__all__ = ["hold", "tenants"]
