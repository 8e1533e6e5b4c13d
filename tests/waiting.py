"""Waiting for what another process or thread does: until it is so, never for a time."""

import time
from collections.abc import Callable

PATIENCE = 90  # seconds; a busy machine may be slow, and only what never happens costs all of them


def wait_until(
    condition: Callable[[], object], otherwise: str = "it did not happen", *, within: float = PATIENCE
) -> None:
    """Raises AssertionError with ``otherwise`` if it is not so ``within`` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
