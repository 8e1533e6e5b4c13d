"""How many certificates of a tenant stand how, and when they expire: a projection, exact as of the outbox.

One row of totals by stored status, and one for each year in which certificates in force expire: by day and status, and
by month, standard and status. So a row stays small, and a day is judged without reading certificates. What the
dashboard makes of them is in ``figures``; counting anew in ``recounting``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.audit.models import Event
from defiso.certificates.errors import CountersChangedError
from defiso.certificates.standing import Standing, read_recorded
from defiso.certificates.states import RUNS_OUT
from defiso.outbox.projection import Projection
from defiso.store.items import CertificatesItem, WholeNumber, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes

FIGURES = "FIGURES#"
TOTALS = f"{FIGURES}ALL"  # after every year, before the reviews


class Counters(CertificatesItem):
    """``PK TENANT#<slug>, SK FIGURES#ALL`` or ``FIGURES#<year of expiry>``; what is zero has no member.

    ``numbers`` of ALL are by stored status, ``active``, and of what would run out but has no date, ``active never``.
    Those of a year are of what runs out in it, by status and day, ``active 03-14``, and by status, month and standard,
    ``active 03 9001:2015``. ``as_of``, of ALL, is the id of the newest event counted.
    """

    numbers = JSONAttribute()
    as_of = UnicodeAttribute(null=True)
    version = WholeNumber()


def year_key(year: int) -> str:
    return f"{FIGURES}{year:04d}"


def days_in(year: Counters, status: str) -> dict[str, int]:
    """Certificates of a status by the ISO date on which they expire."""
    start, of_year = f"{status} ", f"{year.SK.removeprefix(FIGURES)}-"
    days = ((name.removeprefix(start), number) for name, number in year.numbers.items() if name.startswith(start))
    return {of_year + day: number for day, number in days if " " not in day}


def standards_in(year: Counters, status: str) -> dict[str, dict[str, int]]:
    """Certificates of a status by the month in which they expire, ``2027-03``, and the standard, ``9001:2015``."""
    start, months = f"{status} ", defaultdict[str, dict[str, int]](dict)
    for name, number in year.numbers.items():
        if name.startswith(start) and name[len(start) + 2] == " ":
            month, standard = name.removeprefix(start).split(" ", 1)
            months[f"{year.SK.removeprefix(FIGURES)}-{month}"][standard] = number
    return months


class Change(NamedTuple):
    """One certificate out of the numbers it was in, if any, and into others; ``rows`` are (PK, SK) of both."""

    event_id: str
    totals: tuple[str, str]
    before: Standing | None
    after: Standing
    rows: frozenset[tuple[str, str]]


class Counts(Projection[Change]):
    """Each change states the rows it replaces, so that a repetition is refused instead of counted twice."""

    def read(self, event: Event) -> Change | None:
        if not event.action.startswith("certificate.") or not event.counted:
            return None
        before, after = read_recorded(event.counted)
        if before == after and not event.credential:
            return None
        pk = tenant_key(event.tenant_slug)
        keys = {sk for standing in (before, after) if standing for sk, _name in numbers_of(standing)}
        return Change(event.id, (pk, TOTALS), before, after, frozenset((pk, sk) for sk in keys))

    def parts(self, additions: Sequence[Change]) -> int:
        return len(frozenset().union(*(change.rows for change in additions)))

    def add(self, writes: Writes, additions: Sequence[Change]) -> None:
        differences = _differences(additions)
        newest: dict[tuple[str, str], str] = {}
        for change in additions:
            newest[change.totals] = max(newest.get(change.totals, ""), change.event_id)
        keys = list(differences)
        for key, row in zip(keys, find_all([(Counters, *key) for key in keys], consistent=True), strict=True):
            old = row if isinstance(row, Counters) else None
            as_of = max((old and old.as_of) or "", newest.get(key, "")) or None
            put_counters(writes, key, old, sum_of(old.numbers if old else {}, differences[key]), as_of=as_of)


def put_counters(
    writes: Writes, key: tuple[str, str], old: Counters | None, numbers: dict[str, int], *, as_of: str | None
) -> None:
    """The next version of a row, given that it is still as read."""
    fresh = Counters(*key, numbers=numbers, as_of=as_of, version=old.version + 1 if old else 1)
    as_read = Counters.version == old.version if old else Counters.PK.does_not_exist()
    writes.put(fresh, given=as_read, otherwise=CountersChangedError(key[0]))


def numbers_of(standing: Standing) -> list[tuple[str, str]]:
    """Where a certificate that stands so is counted: (SK, name of the number)."""
    places = [(TOTALS, standing.status)]
    if standing.status in RUNS_OUT and not standing.expires:
        places.append((TOTALS, never(standing.status)))
    elif standing.status in RUNS_OUT:
        year, month, day = standing.expires.split("-")
        row = year_key(int(year))
        places += [(row, f"{standing.status} {month}-{day}"), (row, f"{standing.status} {month} {standing.standard}")]
    return places


def never(status: str) -> str:
    return f"{status} never"


def sum_of(numbers: dict[str, int], difference: Counter[str]) -> dict[str, int]:
    """In a fixed order and without zeros."""
    total = {name: numbers.get(name, 0) + difference[name] for name in sorted({*numbers, *difference})}
    return {name: number for name, number in total.items() if number}


def _differences(changes: Iterable[Change]) -> dict[tuple[str, str], Counter[str]]:
    """What is added to each row; a row of totals also where nothing is, as it says how far events are counted."""
    differences: dict[tuple[str, str], Counter[str]] = {}
    for change in changes:
        pk, _totals = change.totals
        differences.setdefault(change.totals, Counter())
        for standing, sign in ((change.before, -1), (change.after, 1)):
            for sk, name in numbers_of(standing) if standing else ():
                differences.setdefault((pk, sk), Counter())[name] += sign
    return {key: added for key, added in differences.items() if any(added.values()) or key[1] == TOTALS}
