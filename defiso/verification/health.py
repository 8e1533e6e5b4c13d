"""Whether this copy can do its work: the store answers and has room, the chain answers, a worker is at it.

Anybody may ask, so it is found out once a second at most, and by one request while the others read the last answer.
"""

import os
import threading
import time
from typing import NamedTuple

from django.conf import settings

from defiso.anchoring.services import chain_doubts, chain_problem
from defiso.anchoring.witness import OLDER, RESTORES_GONE, newest_witness
from defiso.audit.services import PLATFORM
from defiso.auditing.daily import read_last_check
from defiso.core.clock import now, parse_iso
from defiso.core.errors import UnavailableError
from defiso.outbox.hold import LEASE_NAME, LEASE_SECONDS
from defiso.store.errors import DamagedRowError
from defiso.store.lease import LastSeen, LeaseItem, is_held, read_lease

FRESH_SECONDS = 1.0
UNRENEWED_SECONDS = LEASE_SECONDS
PASS_SECONDS = 60.0  # a pass takes a second or two, and half a minute while the chain does not answer
NOTES = {"chain_nodes", "register"}
MEGABYTE = 1024 * 1024
LEAST_FREE = 100 * MEGABYTE


class _Kept(NamedTuple):
    until: float
    health: dict[str, str]


_asking = threading.Lock()
_kept: _Kept | None = None
_renewal, _pass = LastSeen(), LastSeen()


def read_health() -> dict[str, str]:
    """``ok`` or a short reason for each of ``dynamodb``, ``chain``, ``worker``, as of a moment ago.

    ``chain_nodes`` is there while a node among several is outvoted, lags or gives no answer; ``register`` once a full
    check has found something.
    """
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
    global _kept, _renewal, _pass
    _kept = None
    _renewal, _pass = LastSeen(), LastSeen()


def _find_out() -> dict[str, str]:
    dynamodb, worker = _store_and_worker()
    chain = chain_problem() or "ok"
    if (chain, worker) == ("ok", "ok") and (problem := newest_witness().problem) in (OLDER, RESTORES_GONE):
        worker = f"stands still: {problem}"
    health = {"dynamodb": dynamodb, "chain": chain, "worker": worker}
    notes = {"chain_nodes": chain_doubts(), "register": _findings()}
    return health | {part: note for part, note in notes.items() if note}


def is_well(health: dict[str, str]) -> bool:
    """Whether this copy can do its work; what is only noted does not keep it from that."""
    return all(answer == "ok" for part, answer in health.items() if part not in NOTES)


def _findings() -> str:
    """What the last full check found in all logs together."""
    try:
        last = read_last_check(PLATFORM)
    except (UnavailableError, DamagedRowError):
        return ""
    number = int(last.everywhere or 0) if last else 0
    found = f"{number:,} thing{'' if number == 1 else 's'}"
    return f"the last full check found {found}: see manage.py audit_register" if number else ""


def _store_and_worker() -> tuple[str, str]:
    try:
        lease = read_lease(LEASE_NAME)
    except UnavailableError:
        return "does not answer", "unknown: its lease could not be read"
    return _disk_problem() or "ok", _worker_problem(lease) or "ok"


def _disk_problem() -> str:
    """The embedded engine answers reads from a full disk, but no write any more."""
    if not settings.DYNAMODB_IS_EMBEDDED or not settings.DATA_DIR.exists():
        return ""
    disk = os.statvfs(settings.DATA_DIR)
    left = disk.f_bavail * disk.f_frsize
    return "" if left >= LEAST_FREE else f"the disk is full: {left // MEGABYTE} MB are left"


def _worker_problem(lease: LeaseItem | None) -> str:
    """By how long this process saw nothing change; only at its first look are the clocks of others believed."""
    if lease is None:
        return "has not started yet"
    unrenewed = _renewal.age(lease.mark, at_first=_seconds_since(lease.renewed_at))
    passed_at = lease.passed_at or lease.renewed_at
    unpassed = _pass.age(passed_at, at_first=_seconds_since(passed_at))
    if not is_held(lease):
        return "has stopped, and no other works"
    if unrenewed > UNRENEWED_SECONDS:
        return f"has not renewed its lease for {unrenewed:.0f} seconds"
    if unpassed > PASS_SECONDS:
        return f"has not come to the end of a pass for {unpassed:.0f} seconds"
    return ""


def _seconds_since(text: str) -> float:
    return max(0.0, (now() - parse_iso(text)).total_seconds())
