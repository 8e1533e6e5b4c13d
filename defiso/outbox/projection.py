"""A projection: what events add to rows that a domain owns. The domain writes one; ``worker.lanes`` lists them all.

What has to be seen in the store is verified first; what may be written twice is published before the draining
transaction; what must happen exactly once is part of it.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

from pynamodb.expressions.update import Action

from defiso.audit.models import Event
from defiso.outbox.hold import Hold
from defiso.store.transactions import Writes

Addition = TypeVar("Addition")


class Projection(Generic[Addition]):
    """Override ``read`` and what applies of the others. One instance serves one pass, so it may remember rows."""

    def read(self, event: Event) -> Addition | None:
        """What this event adds, None for nothing; read from the event alone.

        Whatever it raises says that the event makes no sense: it is set aside in the end, and the rest go on.
        """
        raise NotImplementedError

    def verify(self, additions: Sequence[Addition]) -> None:
        """See in the store that these additions of one group are what their events say, before anything is written.

        Whatever it raises but the store's own trouble is of one of them: the group is halved until it is found.
        """

    def publish(self, hold: Hold, additions: Sequence[Addition]) -> None:
        """Write what may be written twice, guarded by ``hold``, for the additions of one group, in order."""

    def parts(self, additions: Sequence[Addition]) -> int:
        """How many parts at most ``add`` puts into the draining transaction for these additions."""
        return 0

    def add(self, writes: Writes, additions: Sequence[Addition]) -> None:
        """Add what must happen exactly once, each part stating the value it replaces."""

    def marks(self, event: Event) -> Sequence[Action]:
        """What is noted on an event that leaves the outbox, by the transaction of the additions added last."""
        return ()

    def committed(self) -> None:
        """The transaction with what ``add`` added last has taken effect."""
