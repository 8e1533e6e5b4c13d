"""The one clock: aware UTC times and their text form; and a second one, that nobody sets, for how long things take.

Tests move the first with time-machine; nothing else in the product reads the time.
"""

import time
from datetime import UTC, date, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar date in UTC, by which expiry is judged."""
    return now().date()


def iso(moment: datetime) -> str:
    """``2026-11-23T09:14:00.123Z``: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_iso(text: str) -> datetime:
    """Raises ValueError for anything else."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:  # before the year 1, or after 9999, in UTC
        raise ValueError("out of range") from error


def distance(text: str) -> timedelta:
    """How far from now a written time is, either way: one to come was written by a clock that was, or is, wrong.

    Whoever waits for n seconds by this waits for 2 n at most, whatever the clocks did.
    """
    return abs(now() - parse_iso(text))


def monotonic() -> float:
    """Seconds that only grow, for differences within this process. They stand still while the machine sleeps."""
    return time.monotonic()
