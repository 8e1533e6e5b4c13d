"""The full check as the worker makes it: every log once a day, a piece at a time, whenever nothing else is to be done.

What is known of a log half checked is in memory; a log that was checked is not checked again that day, also by the next
worker.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from defiso.audit.services import PLATFORM
from defiso.auditing.batches import Committed
from defiso.auditing.bodies import all_bodies
from defiso.auditing.findings import Finding, Steps
from defiso.auditing.models import LAST_CHECK, LastCheck
from defiso.auditing.services import audit_batches, audit_log
from defiso.chain.client import Chain
from defiso.core import clock
from defiso.core.cache import TimedCache
from defiso.core.clock import distance, iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.keys import tenant_key
from defiso.store.transactions import put_alone

EVERY = timedelta(days=1)
FIRST_AFTER_SECONDS = 60.0  # of a worker's life, and so long after a round or a failure until the next look
PIECE_SECONDS = 0.05
MOST_TOLD = 20
_known: TimedCache[tuple[LastCheck | None]] = TimedCache(size=4096, seconds=60)
log = logging.getLogger(__name__)


@dataclass
class DailyCheck:
    """One of a worker, which calls ``work`` when it has nothing better to do."""

    chain: Chain
    _round: Iterator[None] | None = None
    _look_at: float = field(default_factory=lambda: clock.monotonic() + FIRST_AFTER_SECONDS)

    def work(self, seconds: float = PIECE_SECONDS) -> None:
        """Go on for about so long. Whatever fails is logged, and the round begins anew a minute later."""
        if self._round is None and clock.monotonic() < self._look_at:
            return
        self._round = self._round or round_of_checks(self.chain)
        until = clock.monotonic() + seconds
        try:
            while clock.monotonic() < until:
                next(self._round)
        except StopIteration:
            self._rest()
        except Exception:
            log.exception("the full check was broken off")
            self._rest()

    def _rest(self) -> None:
        self._round, self._look_at = None, clock.monotonic() + FIRST_AFTER_SECONDS


def round_of_checks(chain: Chain) -> Iterator[None]:
    """Every log that is due, the platform's last; nothing if that was checked within a day."""
    if not _is_due(read_last_check(PLATFORM)):
        return
    committed: dict[str, Committed] = {}
    of_batches = _Found()
    yield from of_batches.take(audit_batches(chain, committed))
    everywhere = 0
    for slug in all_bodies():
        last = read_last_check(slug)
        if last is None or _is_due(last):
            of_log = _Found()
            yield from of_log.take(audit_log(slug, committed))
            last = _keep(slug, of_log)
        everywhere += last.findings
    yield from of_batches.take(audit_log(PLATFORM, committed))
    _keep(PLATFORM, of_batches, everywhere=everywhere + len(of_batches.sentences))


def read_last_check(slug: str) -> LastCheck | None:
    """What the last full check of this log said: one GetItem."""
    return LastCheck.find(tenant_key(slug), LAST_CHECK)


def known_last_check(slug: str) -> LastCheck | None:
    """The same for a page, as it was at most a minute ago."""
    known = _known.get(slug)
    if known is None:
        known = (read_last_check(slug),)
        _known.put(slug, known)
    return known[0]


def forget_last_checks() -> None:
    """Read every one afresh: for tests."""
    _known.clear()


@dataclass
class _Found:
    events: int = 0
    sentences: list[str] = field(default_factory=list)

    def take(self, steps: Steps) -> Iterator[None]:
        for step in steps:
            if isinstance(step, Finding):
                log.error("full check: tenant=%s kind=%s %s", step.tenant, step.kind, step.sentence)
                self.sentences.append(step.sentence)
            else:
                self.events += step.events
            yield


def _is_due(last: LastCheck | None) -> bool:
    try:
        return last is None or distance(last.finished_at) >= EVERY
    except ValueError:
        return True


def _keep(slug: str, found: _Found, *, everywhere: int | None = None) -> LastCheck:
    fresh = LastCheck(tenant_key(slug), LAST_CHECK, finished_at=iso(now()), events=found.events)
    fresh.findings, fresh.told, fresh.everywhere = len(found.sentences), found.sentences[:MOST_TOLD] or None, everywhere
    last = read_last_check(slug)
    same = LastCheck.operation == last.operation if last else LastCheck.PK.does_not_exist()
    put_alone(fresh, given=same, otherwise=ChangedMeanwhileError(f"Another worker has checked {slug}."))
    log.info("full check: log=%s events=%d findings=%d", slug, found.events, fresh.findings)
    return fresh
