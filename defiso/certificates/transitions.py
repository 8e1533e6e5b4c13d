"""Certificates on an edition that a newer one replaces: how many there are, and when they expire.

Told by the counters that ``counts`` keeps, so exact as of the events handled: one query, whatever there is.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from defiso.certificates.counts import TOTALS, Counters, standards_in, year_key
from defiso.certificates.editions import Edition, Transition
from defiso.certificates.standards import edition_of, editions, newest_edition
from defiso.certificates.states import RUNS_OUT
from defiso.core.dates import months_after
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant


@dataclass(frozen=True)
class Leaving:
    """An edition on its way out. ``months`` are from the current one to the last in which a certificate on it
    expires, each its first day and the number, of active and suspended ones together.
    """

    edition: Edition
    newer: Edition
    months: list[tuple[date, int]]

    @property
    def number(self) -> int:
        return sum(number for _first, number in self.months)

    @property
    def end(self) -> date | None:
        return self.edition.transition.end if self.edition.transition else None

    @property
    def transition(self) -> Transition | None:
        return self.edition.transition

    @property
    def outlasting(self) -> int:
        """Those that expire in a month after the one in which the transition ends, as far as a date is known."""
        return sum(number for first, number in self.months if self.end and first > self.end)


def read_transitions(*, tenant: Tenant, today: date) -> list[Leaving]:
    """Those of the editions that have a newer one and certificates of this tenant, the most first: one query."""
    numbers = _numbers(tenant, today)
    found = (_leaving(edition, numbers.get(":".join(edition.key), {}), today) for edition in editions())
    return sorted((one for one in found if one and one.number), key=lambda one: -one.number)


def read_transition(*, tenant: Tenant, code: str, year: str, today: date) -> Leaving | None:
    """One of them, None for an edition that there is not or that is the newest: one query."""
    edition = edition_of(code, year)
    return _leaving(edition, _numbers(tenant, today).get(f"{code}:{year}", {}), today) if edition else None


def _leaving(edition: Edition, numbers: dict[str, int], today: date) -> Leaving | None:
    newer = newest_edition(edition.code)
    if newer is None or newer == edition:
        return None
    first, last = today.replace(day=1), max(numbers, default="")
    months = []
    while numbers and f"{first:%Y-%m}" <= last:
        months.append((first, numbers.get(f"{first:%Y-%m}", 0)))
        first = months_after(first, 1)
    return Leaving(edition, newer, months)


def _numbers(tenant: Tenant, today: date) -> dict[str, dict[str, int]]:
    """By edition, ``9001:2015``, and month of expiry, ``2027-03``. The current month counts whole."""
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted = Counters.SK.between(year_key(today.year), TOTALS)
    for row in Counters.query(tenant_key(tenant.slug), wanted):
        for status in RUNS_OUT if row.SK != TOTALS else ():
            for month, standards in standards_in(row, status).items():
                for standard, number in standards.items():
                    numbers[standard][month] += number if month >= f"{today:%Y-%m}" else 0
    return numbers
