"""Whether this copy can do its work: the store answers, the chain answers, a worker is at it.

Anybody may ask, so it is found out once a second at most, and by one request while the others read the last answer.
"""

import threading
import time
from typing import NamedTuple

from defiso.anchoring.services import chain_problem
from defiso.core.errors import UnavailableError
from defiso.outbox.hold import LEASE_NAME
from defiso.store.lease import is_held, read_lease, seconds_since_renewal

FRESH_SECONDS = 1.0


class _Kept(NamedTuple):
    until: float
    health: dict[str, str]


_asking = threading.Lock()
_kept: _Kept | None = None


def read_health() -> dict[str, str]:
    """``ok`` or a short reason for each of ``dynamodb``, ``chain``, ``worker``, as of a moment ago."""
    global _kept
    kept = _kept
    if kept is None:
        _asking.acquire()
    elif time.monotonic() < kept.until or not _asking.acquire(blocking=False):
        return kept.health
    try:
        if _kept is None or _kept is kept:  # nobody has asked meanwhile
            health = _find_out()
            _kept = _Kept(time.monotonic() + FRESH_SECONDS, health)
        return _kept.health
    finally:
        _asking.release()


def forget_health() -> None:
    """Ask afresh: for tests."""
    global _kept
    _kept = None


def _find_out() -> dict[str, str]:
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
