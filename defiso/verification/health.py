"""Whether this copy can do its work: the store answers, the chain answers, a worker is at it."""

from defiso.anchoring.hold import LEASE_NAME
from defiso.anchoring.services import chain_problem
from defiso.core.errors import UnavailableError
from defiso.store.lease import is_held, read_lease, seconds_since_renewal


def read_health() -> dict[str, str]:
    """``ok`` or a short reason for each of ``dynamodb``, ``chain``, ``worker``."""
    dynamodb, worker = _store_and_worker()
    return {"dynamodb": dynamodb, "chain": chain_problem() or "ok", "worker": worker}


def _store_and_worker() -> tuple[str, str]:
    try:
        lease = read_lease(LEASE_NAME)
    except UnavailableError:
        return "does not answer", "unknown: its lease could not be read"
    if lease is None:
        return "ok", "has not started yet"
    return "ok", "ok" if is_held(lease) else f"last seen {seconds_since_renewal(lease)} seconds ago"
