"""Lists by status, standard and expiry: complete, in order, one query a page, and never another tenant's."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from defiso.certificates.errors import CertificateNotFoundError
from defiso.certificates.heads import make_head
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.core.clock import now, today
from defiso.core.errors import InvalidError, RefusedError
from defiso.store import pages
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.certificates.making import content, in_days

STANDARDS = {
    "9001": {"code": "9001", "edition": "2015", "title": "ISO 9001:2015", "name": "Quality management systems"},
    "14001": {
        "code": "14001",
        "edition": "2015",
        "title": "ISO 14001:2015",
        "name": "Environmental management systems",
    },
}


def put_heads(tenant: Tenant, status: Status, expiries: Sequence[int], standard: str = "9001", **columns: Any) -> None:
    """Heads as the services would leave them, without the documents: lists read nothing else."""
    with transaction() as writes:
        for days in expiries:
            number = f"{standard}-{status}-{days}".replace("--", "-past-")
            expiry = in_days(days).isoformat()
            made = content(number=number, standard=STANDARDS[standard], expiryDate=expiry)
            head = make_head(tenant=tenant, content=made, status=status, at=now())
            for name, value in columns.items():
                setattr(head, name, value)
            writes.create(head, otherwise=RefusedError("in use"))


def listed(tenant: Tenant, filters: Filters, *, size: int = 25) -> tuple[list[str], list[int]]:
    """All numbers in order, and the number of queries of each page."""
    numbers: list[str] = []
    queries: list[int] = []
    cursor = None
    while True:
        with counted_calls() as calls:
            page = list_certificates(tenant=tenant, filters=filters, today=today(), cursor=cursor, size=size)
        assert set(calls) <= {"Query"}
        queries.append(len(calls))
        numbers += [certificate.number for certificate in page.items]
        cursor = page.next_cursor
        if not cursor:
            return numbers, queries


def test_a_status_is_listed_by_expiry_at_one_query_a_page(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, range(60, 0, -1))

    numbers, queries = listed(tenant, Filters(status=Status.ACTIVE))

    assert numbers == [f"9001-active-{days}" for days in range(1, 61)]
    assert queries == [1, 1, 1]


def test_active_ends_today_and_expired_begins_yesterday(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, [-2, -1, 0, 1])
    put_heads(tenant, Status.SUSPENDED, [-3, 0, 5])

    assert listed(tenant, Filters(status=Status.ACTIVE))[0] == ["9001-active-0", "9001-active-1"]
    assert listed(tenant, Filters(status=Status.SUSPENDED))[0] == ["9001-suspended-0", "9001-suspended-5"]
    assert listed(tenant, Filters(status=Status.EXPIRED))[0] == [
        "9001-active-past-1",
        "9001-active-past-2",
        "9001-suspended-past-3",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 25])
def test_expired_goes_on_from_active_to_suspended_ones_without_gap_or_repeat(tenant: Tenant, size: int) -> None:
    put_heads(tenant, Status.ACTIVE, [-1, -2, -3, 4])
    put_heads(tenant, Status.SUSPENDED, [-5, -6])

    numbers, queries = listed(tenant, Filters(status=Status.EXPIRED), size=size)

    assert numbers == [f"9001-active-past-{days}" for days in (1, 2, 3)] + [
        "9001-suspended-past-5",
        "9001-suspended-past-6",
    ]
    assert max(queries) <= 2


def test_an_expiry_window_includes_its_last_day(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, [-1, 0, 29, 30, 31])

    assert listed(tenant, Filters(expiring_days=30))[0] == [f"9001-active-{days}" for days in (0, 29, 30)]


def test_filters_combine(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, range(1, 40))
    put_heads(tenant, Status.ACTIVE, [10, 20, 100], standard="14001")
    put_heads(tenant, Status.WITHDRAWN, [15], standard="14001")

    filters = Filters(status=Status.ACTIVE, standard="14001", expiring_days=30)

    assert listed(tenant, filters) == (["14001-active-10", "14001-active-20"], [1])
    assert set(listed(tenant, Filters(standard="14001"))[0]) == {
        "14001-active-10",
        "14001-active-20",
        "14001-active-100",
        "14001-withdrawn-15",
    }


def test_a_page_behind_a_filter_is_not_empty_while_there_are_more(tenant: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "READ_BEHIND_A_FILTER", 5)
    put_heads(tenant, Status.ACTIVE, range(1, 40))
    put_heads(tenant, Status.ACTIVE, [50, 51], standard="14001")
    filters = Filters(status=Status.ACTIVE, standard="14001")

    page = list_certificates(tenant=tenant, filters=filters, today=today(), size=1)

    assert [certificate.number for certificate in page.items] == ["14001-active-50"]
    assert listed(tenant, filters, size=1)[0] == ["14001-active-50", "14001-active-51"]


def test_what_one_page_may_read_is_bounded(tenant: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "READ_BEHIND_A_FILTER", 5)
    monkeypatch.setattr(pages, "MOST_CALLS", 3)
    put_heads(tenant, Status.ACTIVE, range(1, 31))
    put_heads(tenant, Status.ACTIVE, [40], standard="14001")

    numbers, queries = listed(tenant, Filters(status=Status.ACTIVE, standard="14001"))

    assert numbers == ["14001-active-40"]
    assert max(queries) == 3


def test_without_filters_all_are_listed_by_number(tenant: Tenant) -> None:
    put_heads(tenant, Status.DRAFT, [3])
    put_heads(tenant, Status.ACTIVE, [1])

    assert listed(tenant, Filters()) == (["9001-active-1", "9001-draft-3"], [1])


def test_no_list_shows_another_tenants_rows(tenant: Tenant, other: Tenant) -> None:
    for stored in Status:
        put_heads(other, stored, [-5, 5])

    for status, standard, days in product([None, *Status], ["", "9001"], [None, 90]):
        assert listed(tenant, Filters(status, standard, days))[0] == []
    with pytest.raises(CertificateNotFoundError):
        get_certificate(tenant=tenant, number="9001-active-5")


def test_a_cursor_belongs_to_its_tenant_and_its_filters(tenant: Tenant, other: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, range(1, 31))
    put_heads(other, Status.ACTIVE, range(1, 31))
    cursor = list_certificates(tenant=tenant, filters=Filters(status=Status.ACTIVE), today=today()).next_cursor

    assert cursor
    for thief, filters, forged in [
        (other, Filters(status=Status.ACTIVE), cursor),
        (tenant, Filters(status=Status.ACTIVE, standard="9001"), cursor),
        (tenant, Filters(status=Status.WITHDRAWN), cursor),
        (tenant, Filters(status=Status.ACTIVE), f"1{cursor[1:]}"),
        (tenant, Filters(status=Status.ACTIVE), "0.nonsense"),
        (tenant, Filters(status=Status.ACTIVE), "²."),
        (tenant, Filters(status=Status.ACTIVE), "nonsense"),
    ]:
        with pytest.raises(InvalidError):
            list_certificates(tenant=thief, filters=filters, today=today(), cursor=forged)


def test_list_rows_have_what_a_list_shows(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, [1])

    [row] = list_certificates(tenant=tenant, filters=Filters(status=Status.ACTIVE), today=today()).items

    shown = (row.slug, row.organisation_name, row.standard_title, row.status_today, row.country, row.confidential)
    assert shown == ("9001-ACTIVE-1", content()["organisation"]["legalName"], "ISO 9001:2015", "active", "DE", False)
    assert isinstance(row, Certificate)
    assert row.expires_on == (today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.SUSPENDED, Status.DRAFT])
def test_a_window_applies_to_whatever_status_it_is_shown_with(tenant: Tenant, status: Status) -> None:
    put_heads(tenant, status, [10, 40])

    numbers, _queries = listed(tenant, Filters(status=status, expiring_days=30))

    assert numbers == [f"9001-{status}-10"]


def test_nothing_that_has_expired_will_expire(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, [-10, 10])

    assert listed(tenant, Filters(status=Status.EXPIRED, expiring_days=30))[0] == []
