"""A worker's drain, by hand."""

from collections.abc import Callable

import pytest

from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from defiso.worker.lanes import projections


@pytest.fixture
def drain() -> Callable[[], None]:
    """Handles all events that wait, as the worker does."""
    lease = acquire_lease(LEASE_NAME, holder="test", seconds=60)
    assert lease is not None
    hold = Hold(lease)
    return lambda: _drained(hold)


def _drained(hold: Hold) -> None:
    done = drain_outbox(hold, projections())
    assert (done.failed, done.reached_end) == (0, True)
