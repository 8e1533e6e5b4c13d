"""A tenant's figures on a day, from the rows that ``counts`` and ``reviews`` keep: one query, whatever there is.

Exact as of the events the worker has handled: what has run out follows from the counts of each day.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from defiso.certificates.counts import TOTALS, Counters, days_in, never, standards_in, year_key
from defiso.certificates.reviews import REVIEWS, Review, review_key
from defiso.certificates.states import RUNS_OUT, Status
from defiso.core.dates import months_after
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant

MOST_ROWS = 40  # one for each year to come, the totals, and the reviews that are due, oldest first
MONTHS = 12


@dataclass(frozen=True)
class Month:
    """``number`` active certificates expire in it, of the current month from today on; of later ones by standard."""

    first: date
    number: int
    by_standard: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """``counts`` by status as of today; ``reviews`` are those due, oldest first; ``as_of`` the newest event counted."""

    counts: dict[Status, int]
    expiring: int
    months: list[Month]
    reviews: list[Review]
    as_of: str


def read_figures(*, tenant: Tenant, today: date, expiring_days: int, most_reviews: int = MOST_ROWS) -> Figures:
    """How the tenant's certificates stand, how many active ones expire within so many days, which reviews are due."""
    years, totals, due = _read(tenant, today)
    days = {status: _from(today, years, status) for status in RUNS_OUT}
    stored = totals.numbers if totals else {}
    counts = {status: stored.get(status, 0) for status in Status}
    counts |= {status: sum(days[status].values()) + stored.get(never(status), 0) for status in RUNS_OUT}
    counts[Status.EXPIRED] = sum(stored.get(status, 0) - counts[status] for status in RUNS_OUT)
    last = (today + timedelta(days=expiring_days)).isoformat()
    return Figures(
        counts={status: max(0, number) for status, number in counts.items()},
        expiring=sum(number for day, number in days[Status.ACTIVE].items() if day <= last),
        months=_months(days[Status.ACTIVE], years, today),
        reviews=[Review.from_raw_data(row) for row in due[:most_reviews]],
        as_of=(totals and totals.as_of) or "",
    )


def _read(tenant: Tenant, today: date) -> tuple[list[Counters], Counters | None, list[dict[str, Any]]]:
    """The counters of this year and of those to come, the totals, and the reviews due: neighbours by their keys."""
    wanted = Counters.SK.between(year_key(today.year), review_key(today + timedelta(days=1)))
    found = Counters.query(tenant_key(tenant.slug), wanted, page_size=MOST_ROWS)
    rows: list[dict[str, Any]] = next(found.page_iter)["Items"]
    first_day = today.isoformat()
    due = [
        row
        for row in rows
        if row["SK"]["S"].startswith(REVIEWS) and row.get("expires_on", {}).get("S", first_day) >= first_day
    ]
    counters = [Counters.from_raw_data(row) for row in rows if not row["SK"]["S"].startswith(REVIEWS)]
    years = [row for row in counters if row.SK != TOTALS]
    return years, next((row for row in counters if row.SK == TOTALS), None), due


def _from(today: date, years: Iterable[Counters], status: Status) -> dict[str, int]:
    """Certificates of this stored status by the ISO date of their expiry, today or later."""
    first = today.isoformat()
    return {day: number for row in years for day, number in days_in(row, status).items() if day >= first}


def _months(days: dict[str, int], years: Iterable[Counters], today: date) -> list[Month]:
    numbers: dict[str, int] = defaultdict(int)
    for day, number in days.items():
        numbers[day[:7]] += number
    standards = {month: _by_code(of) for year in years for month, of in standards_in(year, Status.ACTIVE).items()}
    months = []
    for first in (months_after(today.replace(day=1), ahead) for ahead in range(MONTHS)):
        month = f"{first:%Y-%m}"
        months.append(Month(first, numbers[month], standards.get(month, {}) if first > today else {}))
    return months


def _by_code(standards: dict[str, int]) -> dict[str, int]:
    """Of all editions together."""
    numbers: dict[str, int] = defaultdict(int)
    for standard, number in standards.items():
        numbers[standard.partition(":")[0]] += number
    return dict(numbers)
