"""The worker's right to write: its lease, renewed between steps and required by every transaction.

A worker that was suspended past its lease finds each write refused once another has taken over.
"""

import time

from defiso.core.clock import iso, now
from defiso.outbox.errors import LeaseLostError
from defiso.store.lease import Lease
from defiso.store.transactions import Writes

LEASE_NAME = "worker"
LEASE_SECONDS = 10.0  # and so at most this long until another takes over from one that was killed


class Hold:
    """A held lease. Steps call ``keep`` between pieces of work that take seconds."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._renewed = time.monotonic()

    def keep(self) -> None:
        """Renew the lease when a third of it has passed. Raises LeaseLostError."""
        if time.monotonic() - self._renewed < self.lease.seconds / 3:
            return
        if not self.lease.renew():
            raise LeaseLostError
        self._renewed = time.monotonic()

    def note_pass(self) -> None:
        """A round of work is done: the next renewal says so, and after the first of this hold it comes at once."""
        if not self.lease.passed_at:
            self._renewed -= self.lease.seconds
        self.lease.passed_at = iso(now())

    def guard(self, writes: Writes) -> None:
        """Refuse the transaction with LeaseLostError if another worker holds the lease by then."""
        self.lease.guard(writes, otherwise=LeaseLostError())
