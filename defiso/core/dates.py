"""How dates and times read on a page: 3 March 2026, and 3 March 2026, 09:14 UTC.

Takes dates, aware datetimes and the ISO texts the store keeps; shows UTC always.
"""

from datetime import UTC, date, datetime, timedelta

from defiso.core import clock

When = date | datetime | str | None
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


TYPED = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")  # in none is a month a number beside the day


def read_typed_day(text: str) -> date | None:
    """The day of ``3 Mar 2026``, ``3. March 2026``, ``March 3, 2026`` or ``2026-03-03``; None for anything else."""
    plain = " ".join(text.replace(",", " ").replace(".", " ").split())
    for form in TYPED:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def read_when(value: When) -> date | datetime | None:
    """The date or UTC datetime meant by ``value``; None for nothing and for text that is neither."""
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # OverflowError: before the year 1 in UTC
        return None
    return value


def write_day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def write_minute(value: datetime) -> str:
    return f"{write_day(value)}, {value.hour:02}:{value.minute:02} UTC"


def write_exactly(value: datetime) -> str:
    return f"{write_day(value)}, {value.hour:02}:{value.minute:02}:{value.second:02} UTC"


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


def write_span(day: date, today: date) -> str:
    """``today``, ``in 12 days``, ``5 months ago``, ``in 2 years 11 months``: from two months on in whole ones."""
    if day == today:
        return "today"
    earlier, later = sorted((day, today))
    months = 12 * (later.year - earlier.year) + later.month - earlier.month - (later.day < earlier.day)
    years, rest = divmod(months, 12)
    if months < 2:
        words = _counted((later - earlier).days, "day")
    elif years < 2:
        words = _counted(months, "month")
    else:
        words = " ".join(filter(None, (_counted(years, "year"), _counted(rest, "month"))))
    return f"in {words}" if day > today else f"{words} ago"


def _counted(number: int, unit: str) -> str:
    """``1 month``, ``11 months``; nothing for none."""
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; 28 February for 29 February. The last day there is, if that lies beyond."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later; the last day of that month where it is shorter, the last there is beyond that."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= date.max.year:
        return date.max
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))
