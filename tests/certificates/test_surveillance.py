"""When a certificate is next to be audited, the audits recorded of it, and who is reminded on the dashboard."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from defiso.certificates.acts import changing
from defiso.certificates.acts.record_audit import record_audit
from defiso.certificates.acts.renew import renew_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.verify_findings import open_findings, verify_findings
from defiso.certificates.content import Audit
from defiso.certificates.errors import TransitionRefusedError
from defiso.certificates.models import Certificate
from defiso.certificates.recounting import rebuild_counts
from defiso.certificates.reviews import SURVEILLANCES, Review, read_surveillances
from defiso.certificates.services import get_certificate, history_of
from defiso.certificates.states import Status
from defiso.certificates.surveillance import due_when_issued, next_surveillance, recorded_audits
from defiso.core.clock import now, today
from defiso.core.dates import months_after, write_day, years_after
from defiso.core.errors import ChangedMeanwhileError, InvalidError, RefusedError
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, content, in_days, make_certificate
from tests.certificates.pages import field_errors, form_of
from tests.conftest import every_row
from tests.issuing import drain_events
from tests.staff import log_in_as, make_user

DECIDED = date(2026, 3, 10)
EXPIRES = date(2029, 3, 9)


def an_audit(**changes: Any) -> Audit:
    audit: dict[str, Any] = {"type": "surveillance", "date": today().isoformat(), "auditors": ["Ana Vale"]} | changes
    return audit  # type: ignore[return-value]


def record(tenant: Tenant, number: str = "FM-1", **changes: Any) -> Certificate:
    return record_audit(tenant=tenant, actor=ISSUER, number=number, audit=an_audit(**changes))


def due_rows(tenant: Tenant) -> list[tuple[str, str]]:
    rows = Review.query(tenant.PK, Review.SK.startswith(SURVEILLANCES))
    return [(row.slug, row.review_on) for row in rows]


@pytest.mark.parametrize(
    ("audited", "due"),
    [
        ([], date(2027, 3, 10)),
        ([date(2026, 2, 1)], date(2027, 3, 10)),  # before the decision: it led to it
        ([date(2027, 2, 20)], date(2028, 12, 31)),
        ([date(2026, 11, 1)], date(2027, 12, 31)),
        ([date(2027, 2, 20), date(2028, 10, 1)], None),  # the next year is that of the recertification
    ],
)
def test_surveillance_is_due_within_a_year_of_the_decision_and_then_each_calendar_year(
    audited: list[date], due: date | None
) -> None:
    assert next_surveillance(decided=DECIDED, audited=audited, expires=EXPIRES) == due


def test_a_certificate_is_issued_with_the_day_of_its_first_surveillance(tenant: Tenant) -> None:
    head = make_certificate(tenant, number="FM-1")

    assert head.surveillance_due == months_after(in_days(-10), 12).isoformat()
    page = log_in_as(make_user(tenant), tenant).get("/staff/certificates/FM-1?tab=decision").content.decode()
    assert "Next surveillance due by" in page


def test_a_recorded_audit_moves_the_day_and_changes_nothing_that_the_public_reads(tenant: Tenant) -> None:
    head = make_certificate(tenant, number="FM-1")
    major = {"grade": "major", "text": "No internal audit", "clause": "9.2"}

    with counted_calls() as calls:
        record(tenant, findings=[major])

    fresh = get_certificate(tenant=tenant, number="FM-1")
    assert calls == ["GetItem", "TransactWriteItems"]
    assert (fresh.sealed_state, fresh.status_seal) == (head.sealed_state, head.status_seal)
    assert fresh.surveillance_due == date(today().year + 1, 12, 31).isoformat()
    assert [row.audit["findings"] for row in recorded_audits(fresh)] == [[major]]
    event = history_of(tenant=tenant, certificate=fresh)[-1]
    assert (event.action, event.state, event.after["majors"]) == ("certificate.audit_recorded", None, 1)
    page = log_in_as(make_user(tenant), tenant).get("/staff/certificates/FM-1?tab=decision").content.decode()
    assert "Major: No internal audit" in page


def test_a_special_audit_and_one_of_the_time_before_leave_the_day_as_it_was(tenant: Tenant) -> None:
    due = make_certificate(tenant, number="FM-1").surveillance_due

    assert record(tenant, type="special").surveillance_due == due
    assert record(tenant, date=in_days(-40).isoformat()).surveillance_due == due


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        (lambda: {"type": "recertification"}, "audits.0.type", "others belong to a decision"),
        (lambda: {"date": in_days(1).isoformat()}, "audits.0.date", "still to come"),
        (lambda: {"date": "soon"}, "audits.0.date", "not a date"),
        (lambda: {"auditors": []}, "audits.0.auditors", "Name the audit team"),
    ],
)
def test_what_is_no_audit_is_refused_and_nothing_is_written(
    tenant: Tenant, changes: Callable[[], dict[str, Any]], field: str, words: str
) -> None:
    make_certificate(tenant, number="FM-1")
    before = every_row()

    with pytest.raises(InvalidError, match=words) as refused:
        record(tenant, **changes())

    assert field in refused.value.fields
    assert every_row() == before


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_only_a_certificate_in_force_is_audited_so(tenant: Tenant, status: Status) -> None:
    make_certificate(tenant, number="FM-1", status=status)
    before = every_row()

    with pytest.raises(TransitionRefusedError, match=r"9\.6\.2|final"):
        record(tenant)

    assert every_row() == before


def test_an_audit_is_recorded_without_javascript_and_what_is_wrong_stands_beside_its_field(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    browser, page = log_in_as(make_user(tenant), tenant), "/staff/certificates/FM-1/record-audit"
    typed = form_of(browser.get(page).content.decode()) | {"kind": "surveillance", "audit_team": "Ana Vale"}

    late = typed | {"audit_date": in_days(1).isoformat()}
    refused = browser.post(page, late)
    assert (refused.status_code, field_errors(refused.content.decode())) == (
        422,
        {"audit_date": "The audit is still to come."},
    )

    given = {"audit_date": today().isoformat(), "findings": "minor | A form was out of date | 7.5"}
    shown = browser.post(page, typed | given, follow=True).content.decode()
    assert "Minor: A form was out of date" in shown
    assert "Ana Vale" in shown


def test_an_audit_recorded_on_a_page_that_is_out_of_date_is_refused(tenant: Tenant) -> None:
    head = make_certificate(tenant, number="FM-1")
    suspend_certificate(tenant=tenant, actor=ISSUER, number="FM-1", reason="Late.", review_on=in_days(30))

    with pytest.raises(ChangedMeanwhileError):
        record_audit(tenant=tenant, actor=ISSUER, number="FM-1", audit=an_audit(), version=int(head.version))


def test_the_dashboard_names_what_is_due_within_a_month_and_no_more_once_it_is_done(tenant: Tenant) -> None:
    head = make_certificate(tenant, number="FM-1")
    drain_events()
    browser = log_in_as(make_user(tenant), tenant)
    assert due_rows(tenant) == [("FM-1", head.surveillance_due)]
    assert "Surveillance due" not in browser.get("/staff/").content.decode()

    with time_machine.travel(now() + timedelta(days=340), tick=True):
        page = log_in_as(make_user(tenant, email="late@acme.example"), tenant).get("/staff/").content.decode()
        assert "Surveillance due within a month" in page
        assert write_day(date.fromisoformat(head.surveillance_due or "")) in page
        with counted_calls() as calls:
            assert len(read_surveillances(tenant=tenant, today=today(), most=5)) == 1
        assert calls == ["Query"]
        record(tenant)
        drain_events()
        assert read_surveillances(tenant=tenant, today=today(), most=5) == []


def test_a_suspended_certificate_is_reviewed_and_not_surveyed(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    drain_events()
    suspend_certificate(tenant=tenant, actor=DECIDER, number="FM-1", reason="Late.", review_on=in_days(30))
    drain_events()

    assert due_rows(tenant) == []


def test_counting_anew_brings_back_a_lost_day(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    drain_events()
    rows = due_rows(tenant)
    lost = next(Review.query(tenant.PK, Review.SK.startswith(SURVEILLANCES)))
    with transaction() as writes:
        writes.delete(lost, given=Review.PK.exists(), otherwise=RefusedError(""))
    assert due_rows(tenant) == []

    assert rebuild_counts(tenant=tenant).reviews == 1
    assert due_rows(tenant) == rows


def test_where_the_decision_is_not_known_no_day_is_made_up(tenant: Tenant) -> None:
    loaded = content()
    del loaded["decisionDate"]

    assert due_when_issued(loaded, None) is None


def test_a_new_revision_keeps_the_day_and_a_new_cycle_has_its_own(tenant: Tenant) -> None:
    was = make_certificate(tenant, number="FM-1")
    was.surveillance_due = "2027-12-31"

    assert due_when_issued(content(expiryDate=was.expires_on), was) == "2027-12-31"
    longer = years_after(date.fromisoformat(was.expires_on or ""), 3).isoformat()
    assert due_when_issued(content(expiryDate=longer), was) == months_after(in_days(-10), 12).isoformat()


OPEN = {"grade": "major", "text": "No calibration record", "clause": "7.1.5"}


def renew(tenant: Tenant, number: str = "FM-1") -> Certificate:
    audit = an_audit(type="recertification", auditors=["Somebody Else"])
    return renew_certificate(tenant=tenant, actor=DECIDER, number=number, audit=audit)


def verify(tenant: Tenant, day: date) -> Certificate:
    head = get_certificate(tenant=tenant, number="FM-1", consistent=True)
    verified = {found.key: day for found in open_findings(head)}
    return verify_findings(tenant=tenant, actor=ISSUER, number="FM-1", verified=verified)


def test_a_major_that_is_open_in_a_recorded_audit_keeps_the_certificate_from_being_renewed_until_it_is_verified(
    tenant: Tenant,
) -> None:
    make_certificate(tenant, number="FM-1")
    record(tenant, findings=[dict(OPEN)])

    with pytest.raises(InvalidError, match="A major nonconformity is open"):
        renew(tenant)

    verify(tenant, today())

    assert int(renew(tenant).revision) == 2
    event = history_of(tenant=tenant, certificate=get_certificate(tenant=tenant, number="FM-1"))[-2]
    assert event.after["verified"] == [{**OPEN, "verifiedOn": today().isoformat()}]


def test_who_was_in_a_recorded_audit_decides_on_nothing_after_it(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    record(tenant, auditors=[DECIDER.label])

    with pytest.raises(InvalidError, match="was in the audit team"):
        renew(tenant)

    assert int(get_certificate(tenant=tenant, number="FM-1").revision) == 1


@pytest.mark.parametrize(("days", "sentence"), [(1, "still to come"), (-1, "The audit that found it was on")])
def test_a_correction_is_verified_after_it_was_found_and_not_in_the_future(
    tenant: Tenant, days: int, sentence: str
) -> None:
    make_certificate(tenant, number="FM-1")
    head = record(tenant, findings=[dict(OPEN)])

    with pytest.raises(InvalidError, match=sentence):
        verify(tenant, in_days(days))

    assert len(open_findings(head)) == 1


def test_a_finding_that_somebody_verified_meanwhile_is_not_verified_again(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    head = record(tenant, findings=[dict(OPEN)])
    (found,) = open_findings(head)
    verify(tenant, today())

    with pytest.raises(ChangedMeanwhileError):
        verify_findings(tenant=tenant, actor=ISSUER, number="FM-1", verified={found.key: today()})


def test_open_findings_are_verified_on_a_page_that_keeps_what_is_no_day(tenant: Tenant) -> None:
    make_certificate(tenant, number="FM-1")
    head = record(tenant, findings=[dict(OPEN)])
    client = log_in_as(make_user(tenant, role="issuer"), tenant)
    address = "/staff/certificates/FM-1/verify-findings"

    refused = client.post(address, {"verified_0": "soon"})
    kept = client.post(address, {"verified_0": write_day(today())})

    assert (refused.status_code, "This is not a date" in refused.content.decode()) == (422, True)
    assert kept.status_code == 302
    assert open_findings(head) == []


def test_an_act_that_was_begun_before_an_audit_was_recorded_does_not_undo_the_record(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_certificate(tenant, number="FM-1")
    seal_state = changing.seal_state

    def seal_after_an_audit(*arguments: Any, **options: Any) -> None:
        record(tenant, findings=[dict(OPEN)])
        seal_state(*arguments, **options)

    monkeypatch.setattr(changing, "seal_state", seal_after_an_audit)

    with pytest.raises(ChangedMeanwhileError):
        suspend_certificate(tenant=tenant, actor=ISSUER, number="FM-1", reason="Late.", review_on=in_days(30))

    head = get_certificate(tenant=tenant, number="FM-1", consistent=True)
    assert (head.status, head.has_recorded_audits) == (Status.ACTIVE, True)
