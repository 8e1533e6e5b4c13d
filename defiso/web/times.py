"""How dates and times read on a page: 3 March 2026, and 3 March 2026, 09:14 UTC.

Takes dates, aware datetimes and the ISO texts the store keeps; shows UTC always.
"""

from datetime import UTC, date, datetime, timedelta

from defiso.core import clock

When = date | datetime | str | None


def read_when(value: When) -> date | datetime | None:
    """The date or UTC datetime meant by ``value``; None for nothing and for text that is neither."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return value


def write_day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def write_minute(value: datetime) -> str:
    return f"{write_day(value)}, {value:%H:%M} UTC"


def write_exactly(value: datetime) -> str:
    return f"{write_day(value)}, {value:%H:%M:%S} UTC"


def write_age(value: datetime) -> str:
    """``just now``, ``4 minutes ago``, ``3 hours ago``, ``12 days ago``; older than 30 days or to come: the day."""
    age = clock.now() - value
    if age < -timedelta(minutes=1) or age > timedelta(days=30):
        return write_day(value)
    if age < timedelta(seconds=60):
        return "just now"
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if age >= length:
            number = age // length
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    raise AssertionError(age)


def write_span(days: int) -> str:
    """``today``, ``in 12 days``, ``3 days ago``; beyond two months in months, beyond two years in years."""
    if days == 0:
        return "today"
    number, unit = abs(days), "day"
    if number >= 730:
        number, unit = number // 365, "year"
    elif number >= 61:
        number, unit = number // 30, "month"
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {words}" if days > 0 else f"{words} ago"
