"""The figures of a tenant: as its certificates stand on the day, by one bounded query, the same when counted anew."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from defiso.certificates.acts.draft import edit_draft
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.counts import FIGURES, Counters
from defiso.certificates.errors import StillCountingError
from defiso.certificates.figures import Figures, read_figures
from defiso.certificates.models import Certificate
from defiso.certificates.recounting import rebuild_counts
from defiso.certificates.reviews import REVIEWS, Review
from defiso.certificates.services import get_certificate
from defiso.certificates.states import RUNS_OUT, Status
from defiso.core.clock import now, today
from defiso.core.errors import DomainError
from defiso.store.connection import connection, counted_calls
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, content, in_days, make_certificate, make_draft
from tests.certificates.test_lists import STANDARDS, put_heads
from tests.conftest import every_row
from tests.issuing import drain_events
from tests.staff import log_in_as, make_tenant, make_user


def figures_of(tenant: Tenant, day: date | None = None, days: int = 90) -> Figures:
    with counted_calls() as calls:
        figures = read_figures(tenant=tenant, today=day or today(), expiring_days=days)
    assert calls == ["Query"]
    return figures


def counts_of(tenant: Tenant, day: date | None = None) -> dict[str, int]:
    return {status.value: number for status, number in figures_of(tenant, day).counts.items() if number}


def heads_of(tenant: Tenant) -> list[Certificate]:
    return list(Certificate.query(tenant_key(tenant.slug), Certificate.SK.startswith("CERT#")))


def test_what_has_run_out_is_expired_the_day_after_its_last(tenant: Tenant) -> None:
    put_heads(tenant, Status.ACTIVE, [-400, -2, -1, 0, 1, 400])
    put_heads(tenant, Status.SUSPENDED, [-1, 1])
    put_heads(tenant, Status.WITHDRAWN, [-1])
    rebuild_counts(tenant=tenant)

    assert counts_of(tenant) == {"active": 3, "suspended": 1, "expired": 4, "withdrawn": 1}
    assert counts_of(tenant, in_days(1)) == {"active": 2, "suspended": 1, "expired": 5, "withdrawn": 1}
    assert counts_of(tenant, in_days(2)) == {"active": 1, "expired": 7, "withdrawn": 1}


@pytest.mark.parametrize("day", [date(2026, 11, 3), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)])
def test_a_window_includes_its_last_day_also_across_the_turn_of_a_year(tenant: Tenant, day: date) -> None:
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        put_heads(tenant, Status.ACTIVE, [-1, 0, 29, 30, 31])
        put_heads(tenant, Status.SUSPENDED, [7])
        rebuild_counts(tenant=tenant)

        assert figures_of(tenant, days=30).expiring == 3


def test_months_are_told_by_standard_and_the_current_one_from_today_on(tenant: Tenant) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        put_heads(tenant, Status.ACTIVE, [-5, 5, 20, 21, 400])
        put_heads(tenant, Status.ACTIVE, [22], standard="14001")
        put_heads(tenant, Status.SUSPENDED, [23])
        rebuild_counts(tenant=tenant)

        months = figures_of(tenant).months

    assert [(month.first, month.number, month.by_standard) for month in months if month.number] == [
        (date(2026, 11, 1), 1, {}),
        (date(2026, 12, 1), 3, {"9001": 2, "14001": 1}),
    ]
    assert len(months) == 12


def test_a_suspension_is_due_from_its_review_date_on_until_it_expires(tenant: Tenant) -> None:
    put_heads(tenant, Status.SUSPENDED, [100], review_on=today().isoformat())
    put_heads(tenant, Status.SUSPENDED, [101], review_on=in_days(1).isoformat())
    put_heads(tenant, Status.SUSPENDED, [-1], review_on=in_days(-9).isoformat())
    put_heads(tenant, Status.SUSPENDED, [102])
    put_heads(tenant, Status.SUSPENDED, [103], review_on=in_days(-8).isoformat())
    rebuild_counts(tenant=tenant)

    assert [review.number for review in figures_of(tenant).reviews] == ["9001-suspended-103", "9001-suspended-100"]


def test_a_review_is_listed_while_its_suspension_lasts(tenant: Tenant) -> None:
    certificate = make_certificate(tenant, status=Status.SUSPENDED)
    drain_events()
    before = [(review.number, review.review_on) for review in figures_of(tenant, in_days(60)).reviews]
    restore_certificate(tenant=tenant, actor=DECIDER, number=certificate.number, reason="Audit held.")
    suspend(tenant, certificate.number, review_on=in_days(30))
    drain_events()
    moved = [(review.number, review.review_on) for review in figures_of(tenant, in_days(60)).reviews]
    withdraw_certificate(tenant=tenant, actor=DECIDER, number=certificate.number, reason="Over.")
    drain_events()

    assert before == [(certificate.number, in_days(60).isoformat())]
    assert moved == [(certificate.number, in_days(30).isoformat())]
    assert figures_of(tenant, in_days(60)).reviews == []
    assert reviews_of(tenant) == []


def test_reviews_of_what_has_expired_do_not_pile_up_before_those_that_are_due(tenant: Tenant) -> None:
    for number in range(30):
        make_suspended(tenant, f"OLD-{number:02}", expires=in_days(40), review_on=in_days(20))
    drain_events()

    with time_machine.travel(in_days(50)):
        make_suspended(tenant, "NEW-1", expires=in_days(900), review_on=in_days(5))
        make_suspended(tenant, "NEW-2", expires=in_days(900), review_on=in_days(6))
        drain_events()
        drain_events()

        assert [review.number for review in figures_of(tenant, in_days(9)).reviews] == ["NEW-1", "NEW-2"]
        assert len(reviews_of(tenant)) == 30 + 2 - 25


def reviews_of(tenant: Tenant) -> list[Review]:
    return list(Review.query(tenant_key(tenant.slug), Review.SK.startswith(REVIEWS)))


def suspend(tenant: Tenant, number: str, *, review_on: date) -> None:
    suspend_certificate(tenant=tenant, actor=ISSUER, number=number, reason="Late.", review_on=review_on)


def make_suspended(tenant: Tenant, number: str, *, expires: date, review_on: date) -> None:
    make_certificate(tenant, number=number, expiryDate=expires.isoformat())
    suspend(tenant, number, review_on=review_on)


def test_figures_are_of_one_tenant_alone(tenant: Tenant, other: Tenant) -> None:
    put_heads(other, Status.ACTIVE, [-5, 5])
    put_heads(other, Status.SUSPENDED, [6], review_on=today().isoformat())
    rebuild_counts(tenant=other)

    assert (counts_of(tenant), figures_of(tenant).reviews, figures_of(tenant).expiring) == ({}, [], 0)
    assert rebuild_counts(tenant=tenant).certificates == 0


def test_a_row_of_counters_stays_small_whatever_it_counts(tenant: Tenant) -> None:
    """Every day of a year, each status that runs out, twenty standards: far below the 400 KB of an item."""
    first = date(2028, 1, 1)
    numbers = Counter[str]()
    for status, ahead in ((status, ahead) for status in RUNS_OUT for ahead in range(366)):
        day = first + timedelta(days=ahead)
        numbers[f"{status} {day:%m-%d}"] = 1000
        numbers.update({f"{status} {day:%m} {code}": 30 for code in range(22000, 22020)})
    row = Counters(tenant_key(tenant.slug), f"{FIGURES}2028", numbers=dict(numbers), version=1)

    assert len(str(row.serialize())) < 50_000


def test_a_load_of_thirty_three_touches_the_rows_of_few_years(tenant: Tenant) -> None:
    for days in range(60, 60 + 33 * 25, 25):
        make_certificate(tenant, number=f"C-{days}", expiryDate=in_days(days).isoformat())
    drain_events()

    rows = list(Counters.query(tenant_key(tenant.slug), Counters.SK.startswith(FIGURES)))

    assert len(rows) <= 5
    assert counts_of(tenant) == {"active": 33}


class Walk:
    """A tenant's certificates under acts chosen at random; what is not possible is refused and changes nothing."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.made = 0

    def act(self, act: str, which: int, days: int, standard: str) -> None:
        as_whom: dict[str, Any] = {"tenant": self.tenant, "actor": DECIDER, "number": f"W-{which % max(1, self.made)}"}
        if act == "draft":
            expiry = in_days(days).isoformat()
            made = {"number": f"W-{self.made}", "standard": STANDARDS[standard], "expiryDate": expiry}
            make_draft(self.tenant, **made)
            self.made += 1
        elif act == "edit":
            head = get_certificate(tenant=self.tenant, number=as_whom["number"])
            changed = content(number=head.number, standard=STANDARDS[standard], expiryDate=in_days(days).isoformat())
            edit_draft(**as_whom, content=changed, version=int(head.version))
        elif act == "submit":
            submit_certificate(**as_whom)
        elif act == "issue":
            issue_certificate(**as_whom)
        elif act == "suspend":
            suspend_certificate(**as_whom, reason="Late.", review_on=in_days(1 + days // 10))
        elif act == "restore":
            restore_certificate(**as_whom, reason="Held.")
        elif act == "withdraw":
            withdraw_certificate(**as_whom, reason="Over.")
        elif act == "drain":
            drain_events()


ACTS = [
    "draft",
    "draft",
    "edit",
    "submit",
    "submit",
    "issue",
    "issue",
    "suspend",
    "suspend",
    "restore",
    "withdraw",
    "drain",
    "wait",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(5, 1000), st.sampled_from(sorted(STANDARDS))),
    min_size=12,
    max_size=40,
)
SLUGS = (f"walk-{number}" for number in count())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_walk_the_figures_are_those_of_the_heads_and_counting_anew_finds_nothing_wrong(
    steps: list[tuple[str, int, int, str]],
) -> None:
    walk = Walk(make_tenant(next(SLUGS)))
    with time_machine.travel(now(), tick=True) as clock:
        for act, *chosen in [("draft", 0, 500, "9001"), *steps]:
            if act == "wait":
                clock.shift(timedelta(days=chosen[1] // 20))
                continue
            try:
                walk.act(act, *chosen)
            except DomainError:
                continue
        drain_events()
        heads = heads_of(walk.tenant)
        for day in (today(), in_days(1), in_days(40), in_days(300), in_days(1200)):
            with time_machine.travel(day):
                expected = Counter(head.status_today.value for head in heads)
            assert counts_of(walk.tenant, day) == expected
            assert {review.slug for review in figures_of(walk.tenant, day).reviews} == {
                head.slug
                for head in heads
                if head.status == Status.SUSPENDED and head.review_on <= day.isoformat() <= head.expires_on
            }
        found = rebuild_counts(tenant=walk.tenant)

    assert (found.certificates, found.corrected, found.reviews) == (len(heads), [], 0)


def test_counting_anew_puts_right_what_was_lost_or_changed(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    make_certificate(tenant, number="A-1", expiryDate="2028-03-14")
    make_certificate(tenant, number="S-1", expiryDate="2028-03-15", status=Status.SUSPENDED)
    drain_events()
    right = figures_of(tenant, in_days(60))
    damage(tenant, f"{FIGURES}2028", {"active 03-14": 7})
    delete(tenant, reviews_of(tenant)[0].SK)

    call_command("rebuild_counts", "--tenant", tenant.slug)

    said = capsys.readouterr().out
    assert f"{FIGURES}2028 active 03-14: 1, not 7\n" in said
    assert "2 certificates; 4 numbers and 1 reviews put right." in said
    assert plain(figures_of(tenant, in_days(60))) == plain(right)
    make_certificate(tenant, number="A-2", expiryDate="2028-03-14")
    drain_events()
    assert counts_of(tenant) == {"active": 2, "suspended": 1}


def plain(figures: Figures) -> tuple[object, ...]:
    return figures.counts, figures.months, [review.SK for review in figures.reviews]


def damage(tenant: Tenant, sk: str, numbers: dict[str, int]) -> None:
    row = Counters.find(tenant_key(tenant.slug), sk)
    with transaction() as writes:
        writes.update(row, [Counters.numbers.set(numbers)], given=Counters.PK.exists(), otherwise=AssertionError())


def delete(tenant: Tenant, sk: str) -> None:
    key = {"PK": {"S": tenant_key(tenant.slug)}, "SK": {"S": sk}}
    connection().client.delete_item(TableName=Counters.Meta.table_name, Key=key)


def test_nothing_is_counted_anew_while_a_change_is_still_to_be_counted(tenant: Tenant) -> None:
    make_certificate(tenant)
    before = every_row()

    with pytest.raises(StillCountingError):
        rebuild_counts(tenant=tenant)

    assert every_row() == before


@pytest.fixture
def many(tenant: Tenant) -> Tenant:
    for start in range(1, 700, 25):
        put_heads(tenant, Status.ACTIVE, range(start, start + 25))
        put_heads(tenant, Status.ACTIVE, range(-start - 24, -start + 1), standard="14001")
        put_heads(tenant, Status.SUSPENDED, range(start, start + 25), review_on=in_days(-5 - start).isoformat())
    rebuild_counts(tenant=tenant)
    return tenant


def test_the_dashboard_makes_eight_bounded_reads_however_many_certificates_there_are(many: Tenant) -> None:
    browser = log_in_as(make_user(many), many)
    browser.get("/staff/")

    with counted_calls() as calls:
        page = browser.get("/staff/").content.decode()

    assert len(calls) <= 8
    assert "9001-suspended-676" in page


def test_the_dashboard_tells_when_the_active_ones_expire_by_month_and_standard(tenant: Tenant) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        put_heads(tenant, Status.ACTIVE, [5, 30, 31])
        put_heads(tenant, Status.ACTIVE, [32], standard="14001")
        rebuild_counts(tenant=tenant)

        page = log_in_as(make_user(tenant), tenant).get("/staff/").content.decode()

    assert "<dt>November 2026</dt><dd>1</dd>" in page
    assert '<dt>December 2026</dt><dd>3 <span class="note">ISO 9001 2, ISO 14001 1</span></dd>' in page
