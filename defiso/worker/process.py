"""The worker process: holds the lease, runs passes over outbox, batches and chain, and stops cleanly when told to.

Any number may run; the one that holds the lease works, the others wait to take over.
"""

import logging
import os
import random
import socket
import threading

from defiso.auditing.daily import DailyCheck
from defiso.chain.client import Chain
from defiso.core.ids import new_id
from defiso.outbox.errors import LeaseLostError
from defiso.outbox.hold import LEASE_NAME, LEASE_SECONDS, Hold
from defiso.store.errors import StoreTroubleError
from defiso.store.lease import LastSeen, acquire_lease
from defiso.worker.lanes import new_recorder
from defiso.worker.passes import Pass, Rules, run_pass
from defiso.worker.restraint import Restraint

IDLE_SECONDS = 0.5
LONGEST_PAUSE = 10.0
log = logging.getLogger(__name__)


class Worker:
    """One worker. ``run`` returns after ``stop``, which may be called from a signal handler."""

    def __init__(self, chain: Chain, rules: Rules, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.chain = chain
        self.rules = rules
        self.holder = f"{socket.gethostname()}-{os.getpid()}-{new_id()[-8:]}"
        self._lease_seconds = lease_seconds
        self._stopping = threading.Event()
        self._hold: Hold | None = None
        self._recorder = new_recorder()
        self._restraint = Restraint()
        self._daily_check = DailyCheck(chain)
        self._others_lease = LastSeen()
        self._problems: dict[str, str | None] = {}
        self._failures = 0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped, then give the lease back."""
        log.info("worker=%s started chain=%d account=%s", self.holder, self.chain.chain_id, self.chain.address)
        while not self._stopping.is_set():
            self._stopping.wait(self.run_once())
        self._give_back()
        log.info("worker=%s stopped", self.holder)

    def run_once(self) -> float:
        """Take or keep the lease and run one pass; returns the seconds to rest before the next."""
        try:
            result = self._work()
        except LeaseLostError:
            log.warning("worker=%s lost the lease", self.holder)
            self._hold = None
            return IDLE_SECONDS
        except StoreTroubleError as error:
            self._tell("store", error.sentence)
            return self._rest_after_failure() * random.uniform(0.75, 1)  # noqa: S311  jitter, not a secret
        except Exception:
            log.exception("worker=%s pass failed", self.holder)
            return self._rest_after_failure()
        self._tell("store", None)
        return self._rest_after(result) if result else self._lease_seconds / 10

    def _work(self) -> Pass | None:
        """One pass; None while another worker holds the lease."""
        hold = self._held()
        if hold is None:
            return None
        result = run_pass(hold, self.chain, self.rules, self._recorder, self._restraint)
        hold.note_pass()
        if not result.moved:
            self._daily_check.work()
        return result

    def _held(self) -> Hold | None:
        if self._hold is None:
            lease = acquire_lease(LEASE_NAME, holder=self.holder, seconds=self._lease_seconds, seen=self._others_lease)
            if lease is None:
                return None
            log.info("worker=%s holds the lease term=%d", self.holder, lease.term)
            self._hold = Hold(lease)
        self._hold.keep()
        return self._hold

    def _tell(self, what: str, problem: str | None) -> None:
        """Log a problem once, when it begins, and once when it is over."""
        if problem == self._problems.get(what):
            return
        self._problems[what] = problem
        if problem:
            log.error("worker=%s %s problem: %s", self.holder, what, problem)
        else:
            log.info("worker=%s %s answers again", self.holder, what)

    def _rest_after(self, result: Pass) -> float:
        self._tell("chain", result.chain_problem)
        if result.failed or result.chain_problem:
            return self._rest_after_failure() if not result.moved else IDLE_SECONDS
        self._failures = 0
        return 0.0 if result.moved else IDLE_SECONDS

    def _rest_after_failure(self) -> float:
        """Longer after each failure in a row, but never so long that the lease runs out or a new event waits."""
        self._failures += 1
        return float(min(IDLE_SECONDS * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE, self._lease_seconds / 3))

    def _give_back(self) -> None:
        if self._hold is not None:
            try:
                self._hold.lease.release()
            except Exception:
                log.exception("worker=%s could not give the lease back", self.holder)
