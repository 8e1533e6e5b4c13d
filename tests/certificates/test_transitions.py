"""Certificates on an edition that is being replaced: counted by month, listed, and only those of the body that asks."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from defiso.audit.actors import OPERATOR
from defiso.certificates.recounting import rebuild_counts
from defiso.certificates.standards import load_standards
from defiso.certificates.states import Status
from defiso.certificates.transitions import read_transition, read_transitions
from defiso.core.clock import today
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from defiso.web.charts import draw_bars
from tests.certificates.making import make_certificate
from tests.certificates.test_lists import put_heads
from tests.certificates.test_standards import a_file, nine
from tests.issuing import drain_events
from tests.staff import log_in_as, make_user

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def transition(tenant: Tenant, other: Tenant) -> None:
    """Certificates on ISO 9001:2015 of two bodies, with a transition that ends on 31 March 2028."""
    with time_machine.travel(DAY, tick=True):
        dates = {"end": "2028-03-31", "confidence": "confirmed", "clause": "GAC MD 1", "source": "A test."}
        load_standards(actor=OPERATOR, data=a_file(nine(transition=dates)))
        put_heads(tenant, Status.ACTIVE, [5, 30, 31, 600])
        put_heads(tenant, Status.SUSPENDED, [32])
        put_heads(tenant, Status.WITHDRAWN, [33])
        put_heads(tenant, Status.ACTIVE, [40], standard="14001")
        put_heads(other, Status.ACTIVE, [31])
        for body in (tenant, other):
            rebuild_counts(tenant=body)


@pytest.mark.usefixtures("transition")
def test_certificates_in_force_are_counted_by_the_month_of_their_expiry_in_one_query(tenant: Tenant) -> None:
    with time_machine.travel(DAY), counted_calls() as calls:
        leaving = read_transition(tenant=tenant, code="9001", year="2015", today=today())

    assert calls.count("Query") == 1
    assert leaving
    assert [(first, number) for first, number in leaving.months if number] == [
        (date(2026, 11, 1), 1),
        (date(2026, 12, 1), 3),
        (date(2028, 7, 1), 1),
    ]
    assert (leaving.number, leaving.outlasting, leaving.end) == (5, 1, date(2028, 3, 31))


@pytest.mark.usefixtures("transition")
def test_the_page_lists_the_certificates_and_says_how_many_outlast_the_transition(tenant: Tenant) -> None:
    with time_machine.travel(DAY, tick=True):
        page = log_in_as(make_user(tenant), tenant).get("/staff/transitions/9001/2015").content.decode()

    assert "1 of 5 expire after the transition" in page
    assert "31 March 2028" in page
    assert "9001-active-600" in page
    assert "14001-active-40" not in page
    assert "<dt>December 2026</dt><dd>3</dd>" in page
    assert page.count("<rect") == 21


@pytest.mark.usefixtures("transition")
def test_the_overview_names_the_editions_that_end(tenant: Tenant) -> None:
    with time_machine.travel(DAY, tick=True):
        with counted_calls() as calls:
            found = read_transitions(tenant=tenant, today=today())
        page = log_in_as(make_user(tenant), tenant).get("/staff/transitions/").content.decode()

    assert calls.count("Query") == 1
    assert [(one.edition.title, one.number) for one in found] == [("ISO 9001:2015", 5), ("ISO 14001:2015", 1)]
    assert "ISO 14001:2026" in page
    assert "unconfirmed" in page


def test_what_is_issued_is_counted_by_its_edition_as_it_happens(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    drain_events()

    assert [one.number for one in read_transitions(tenant=tenant, today=today())] == [1]


@pytest.mark.parametrize("address", ["9001/2026", "9001/1987", "1/2"])
def test_an_edition_that_nothing_replaces_has_no_page(tenant: Tenant, address: str) -> None:
    assert log_in_as(make_user(tenant), tenant).get(f"/staff/transitions/{address}").status_code == 404


def test_bars_begin_at_zero_and_the_highest_fills_the_height() -> None:
    drawn = draw_bars([(2, False), (0, False), (8, True)])

    assert [(bar.x, bar.y, bar.height, bar.marked) for bar in drawn.bars] == [
        (0, 75, 25, False),
        (10, 100, 0, False),
        (20, 0, 100, True),
    ]
    assert drawn.width == 28
    assert draw_bars([]).bars == []
