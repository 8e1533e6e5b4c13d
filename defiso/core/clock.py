"""The one clock: aware UTC times and their text form.

Tests move it with time-machine; nothing else in the product reads the time.
"""

from datetime import UTC, date, datetime


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The calendar date in UTC, by which expiry is judged."""
    return now().date()


def iso(moment: datetime) -> str:
    """``2026-11-23T09:14:00.123Z``: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_iso(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
