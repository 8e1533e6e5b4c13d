"""How values read on a page: the filters of every template.

``docs/components.md`` shows each with an example. What a key of a document leaves out is empty here too.
"""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup

from defiso.core import clock
from defiso.core.countries import country_name
from defiso.core.dates import When, read_when, write_age, write_day, write_exactly, write_minute, write_span
from defiso.core.scripts import east_asian_language


def day(value: When) -> str:
    """``3 March 2026`` for a date, a datetime (its UTC day) or their ISO text; other text as it came."""
    when = read_when(value)
    return write_day(when) if when else str(value or "")


def moment(value: When) -> str:
    """``<time>``: 3 March 2026, 09:14 UTC, with the second and the ISO form kept for hover and machines."""
    return _time_element(value, write_minute)


def ago(value: When) -> str:
    """``<time>``: 4 minutes ago, with the exact UTC time on hover."""
    return _time_element(value, write_age)


def until(value: When) -> str:
    """``in 2 years 11 months``, ``in 12 days``, ``today`` or ``3 days ago``, counted in UTC days from today."""
    when = read_when(value)
    if not when:
        return ""
    target = when.date() if isinstance(when, datetime) else when
    return write_span(target, clock.today())


def short(value: object, length: int = 16) -> str:
    """``0x4f3a…91bc``: the middle of a long code left out, ``length`` characters kept at most."""
    text = str(value or "")
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[-tail:]}"


def plain_number(value: object) -> str:
    """``48 210``: thousands set apart by a narrow no-break space; text that is no number as it came."""
    try:
        return f"{int(str(value)):,}".replace(",", "\u202f")
    except ValueError:
        return str(value or "")


def worded(value: object) -> str:
    """``Decision maker`` for ``decision_maker``, ``Certificate issued`` for ``certificate.issued``."""
    return str(value or "").replace("_", " ").replace(".", " ").capitalize()


def country(code: object) -> str:
    """``Germany`` for ``DE``; what is no code as it came."""
    return country_name(str(code or ""))


def name(value: object, country: str | None = "") -> str:
    """``<bdi lang="ja">``: a name in any script, kept apart from the words around it.

    The language is told where Han characters want its shapes: by the other letters of the name, else by ``country``.
    """
    text = str(value or "")
    if not text:
        return ""
    language = east_asian_language(text, country)
    return Markup("<bdi{}>{}</bdi>").format(Markup(' lang="{}"').format(language) if language else "", text)


def _time_element(value: When, write: Callable[[datetime], str]) -> str:
    """Markup for a time, of digits and our own words alone; text that is none as it came, for the page to escape."""
    when = read_when(value)
    if not when:
        return str(value or "")
    if not isinstance(when, datetime):
        return Markup(f'<time datetime="{when.isoformat()}">{write_day(when)}</time>')  # noqa: S704
    return Markup(f'<time datetime="{clock.iso(when)}" title="{write_exactly(when)}">{write(when)}</time>')  # noqa: S704


FILTERS = {write.__name__: write for write in (day, moment, ago, until, short, plain_number, worded, country, name)}
