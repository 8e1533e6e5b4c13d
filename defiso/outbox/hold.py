"""The worker's right to write: its lease, renewed between steps and required by every transaction.

A worker that was suspended past its lease finds each write refused once another has taken over.
"""

from defiso.core.clock import iso, now
from defiso.outbox.errors import LeaseLostError
from defiso.store.lease import Lease
from defiso.store.transactions import Writes

LEASE_NAME = "worker"
LEASE_SECONDS = 10.0  # and so about this long until another takes over from one that was killed


class Hold:
    """A held lease. Steps call ``keep`` between pieces of work that take seconds."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._has_news = False

    def keep(self) -> None:
        """Renew the lease when a third of it has passed. Raises LeaseLostError, also if all of it has."""
        if self.lease.age < self.lease.seconds / 3 and not self._has_news:
            return
        if not self.lease.renew():
            raise LeaseLostError
        self._has_news = False

    def note_pass(self) -> None:
        """A round of work is done: the next renewal says so, and after the first of this hold it comes at once."""
        self._has_news = self._has_news or not self.lease.passed_at
        self.lease.passed_at = iso(now())

    def guard(self, writes: Writes) -> None:
        """Refuse the transaction with LeaseLostError if another worker holds the lease by then."""
        self.lease.guard(writes, otherwise=LeaseLostError())
