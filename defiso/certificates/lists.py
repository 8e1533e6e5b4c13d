"""Lists of a tenant's certificates, by status, standard and expiry. Never another tenant's rows.

One query a page: GSI3 holds each status of a tenant by expiry date; without a status the tenant's own heads by number.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition

from defiso.certificates.models import Certificate, certificate_key, expiry_sort, status_partition
from defiso.certificates.states import DERIVED, RUNS_OUT, Status
from defiso.core.errors import InvalidError
from defiso.store.items import CertificatesGSI3
from defiso.store.keys import tenant_key
from defiso.store.pages import PAGE_SIZE, Page, fetch_page
from defiso.tenants.models import Tenant

LISTED_STATUSES = (
    *(Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED, Status.WITHDRAWN, Status.DRAFT, Status.UNDER_REVIEW),
    *(Status.REFUSED, Status.CANCELLED, Status.TRANSFERRED_OUT, Status.VOID),
)
STORED_STATUSES = tuple(status for status in Status if status not in DERIVED)
EXPIRY_WINDOWS = (30, 90, 180)  # days


@dataclass(frozen=True)
class Filters:
    """What a list shows: a status as of today, the code of a standard, an expiry within so many days, the title
    of an edition."""

    status: Status | None = None
    standard: str = ""
    expiring_days: int | None = None
    edition: str = ""


@dataclass(frozen=True)
class _Stretch:
    """A stretch of one partition of the table or an index, in the order shown."""

    source: Any
    partition: str
    range_condition: Condition | None = None
    newest_first: bool = False


def list_certificates(
    *, tenant: Tenant, filters: Filters, today: date, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Certificate]:
    """Up to ``size`` heads with the list columns. Raises InvalidError for a cursor of another list.

    A stretch that ends within a page is followed by the next one, at one more query.
    """
    stretches = _stretches(tenant, filters, today)
    position, inner = _read_cursor(cursor, len(stretches))
    items: list[Certificate] = []
    while len(items) < size and position < len(stretches):
        scope = f"{tenant.slug}:certificates:{filters}:{position}"
        page = _fetch(stretches[position], filters, scope, inner, size - len(items))
        items += page.items
        if page.next_cursor:
            return Page(items, f"{position}.{page.next_cursor}")
        position, inner = position + 1, None
    return Page(items, f"{position}." if position < len(stretches) else None)


def _stretches(tenant: Tenant, filters: Filters, today: date) -> list[_Stretch]:
    """Where the rows of these filters are, every one of them applied; a window alone is of those in force.

    Active and suspended rows past their expiry date are the expired ones: no window from today on holds one.
    """
    key = CertificatesGSI3.GSI3SK
    status = filters.status or (Status.ACTIVE if filters.expiring_days else None)
    if status is None and not filters.standard:
        return [_Stretch(Certificate, tenant_key(tenant.slug), Certificate.SK.startswith(certificate_key("")))]
    if status is None:
        return [_in_status(tenant, stored) for stored in STORED_STATUSES]
    if status is Status.EXPIRED:
        stored, until = sorted(RUNS_OUT) if not filters.expiring_days else [], key < expiry_sort(today)
        return [_in_status(tenant, one, until, newest_first=True) for one in stored]
    if filters.expiring_days:
        window = key.between(expiry_sort(today), expiry_sort(_day_after(today, filters.expiring_days)))
        return [_in_status(tenant, status, window)]
    return [_in_status(tenant, status, key >= expiry_sort(today) if status in RUNS_OUT else None)]


def _in_status(
    tenant: Tenant, stored: Status, range_condition: Condition | None = None, newest_first: bool = False
) -> _Stretch:
    return _Stretch(Certificate.GSI3, status_partition(tenant.slug, stored), range_condition, newest_first)


def _day_after(today: date, days: int) -> date:
    """The first day outside the window; its sort key precedes that day's own rows."""
    return today + timedelta(days=days + 1)


def _fetch(stretch: _Stretch, filters: Filters, scope: str, cursor: str | None, size: int) -> Page[Certificate]:
    return fetch_page(
        stretch.source,
        stretch.partition,
        range_condition=stretch.range_condition,
        filter_condition=_filter(filters),
        newest_first=stretch.newest_first,
        scope=scope,
        cursor=cursor,
        size=size,
    )


def _filter(filters: Filters) -> Condition | None:
    if filters.edition:
        return Certificate.standard_title == filters.edition
    return Certificate.standard_code == filters.standard if filters.standard else None


def _read_cursor(cursor: str | None, stretches: int) -> tuple[int, str | None]:
    """``1.<signed>``: which stretch, all of them the tenant's own, and the signed place in it."""
    if not cursor:
        return 0, None
    position, _dot, inner = cursor.partition(".")
    if not (position.isascii() and position.isdigit() and len(position) < 3 and int(position) < stretches):
        raise InvalidError("This page link is not valid for this list. Go back to its first page.")
    return int(position), inner or None
