"""The staff's pages as a browser without JavaScript sees them: nothing typed is lost, each problem is at its place."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.staff.carrying_out import SERVICES
from defiso.certificates.states import Status
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, actions_on, in_days, make_certificate, make_draft
from tests.certificates.pages import field_errors, form_of
from tests.conftest import every_row
from tests.issuing import drain_events
from tests.staff import actor_of, log_in_as, make_user

LIST = "/staff/certificates/"
NEW = "/staff/certificates/new"


def page_of(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.fixture
def at(tenant: Tenant) -> Callable[[str], Client]:
    """A browser logged in with a role."""
    return lambda role: log_in_as(make_user(tenant, role), tenant)


def test_a_draft_with_gaps_says_what_it_lacks_and_cannot_be_issued(tenant: Tenant, at: Callable[[str], Client]) -> None:
    draft = make_draft(tenant, scope=None, expiryDate=None)
    browser = at(Role.OWNER)
    before = every_row()

    for page in (page_of(browser.get(f"{LIST}{draft.slug}")), page_of(browser.get(f"{LIST}{draft.slug}/submit"))):
        assert "Give the scope." in page
        assert "Give the expiry date." in page
    assert "Edit draft" in page
    sent = {"version": "1"}
    assert "Give the scope." in page_of(browser.post(f"{LIST}{draft.slug}/submit", sent), 422)
    assert every_row() == before


def test_a_certificate_is_issued_suspended_restored_and_withdrawn_through_its_pages(
    tenant: Tenant, at: Callable[[str], Client]
) -> None:
    draft = make_draft(tenant)
    browser = at(Role.OWNER)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("submit", {}),
        ("issue", {}),
        ("suspend", {"reason": "Audit overdue.", "review_on": in_days(30).isoformat()}),
        ("restore", {"reason": "Audit held."}),
        ("withdraw", {"reason": "Not corrected.", "confirmation": draft.number.lower()}),
    ]

    for verb, sent in steps:
        address = f"{LIST}{draft.slug}/{verb}"
        version = form_of(page_of(browser.get(address)))["version"]
        assert page_of(browser.post(address, {}), 422)
        assert browser.post(address, sent | {"version": version}).status_code == 302

    assert actions_on(tenant, draft) == [
        "certificate.drafted",
        "certificate.submitted",
        "certificate.issued",
        "certificate.suspended",
        "certificate.restored",
        "certificate.withdrawn",
    ]
    assert "Withdrawn for good." in page_of(browser.get(f"{LIST}{draft.slug}"))


def test_withdrawal_wants_the_number_typed_again(tenant: Tenant, at: Callable[[str], Client]) -> None:
    certificate = make_certificate(tenant)
    browser = at(Role.DECISION_MAKER)
    before = every_row()

    sent = {"version": str(int(certificate.version)), "reason": "Not corrected.", "confirmation": "yes"}
    page = page_of(browser.post(f"{LIST}{certificate.slug}/withdraw", sent), 422)

    assert "not the number" in field_errors(page)["confirmation"]
    assert form_of(page)["reason"] == "Not corrected."
    assert every_row() == before


def test_an_act_on_an_outdated_page_is_told_and_the_reason_kept(tenant: Tenant, at: Callable[[str], Client]) -> None:
    certificate = make_certificate(tenant)
    browser = at(Role.DECISION_MAKER)

    sent = {"version": "1", "reason": "Not corrected.", "confirmation": certificate.number}
    page = page_of(browser.post(f"{LIST}{certificate.slug}/withdraw", sent), 422)

    assert "Somebody changed" in page
    assert form_of(page)["reason"] == "Not corrected."


@pytest.mark.parametrize("verb", ["edit/standard", "issue", "suspend", "restore", "withdraw"])
def test_an_act_that_is_not_possible_now_says_why(tenant: Tenant, at: Callable[[str], Client], verb: str) -> None:
    certificate = make_certificate(tenant, status=Status.WITHDRAWN)
    browser = at(Role.OWNER)

    for response in (browser.get(f"{LIST}{certificate.slug}/{verb}"), browser.post(f"{LIST}{certificate.slug}/{verb}")):
        assert "withdrawn is final" in page_of(response, 409)


@pytest.mark.parametrize(
    ("role", "status", "offered"),
    [
        (Role.OWNER, Status.DRAFT, ["edit", "submit"]),
        (Role.ISSUER, Status.DRAFT, ["edit", "submit"]),
        (Role.DECISION_MAKER, Status.DRAFT, []),
        (Role.AUDITOR, Status.DRAFT, []),
        (Role.OWNER, Status.UNDER_REVIEW, ["issue", "return", "refuse"]),
        (Role.ISSUER, Status.UNDER_REVIEW, []),
        (
            Role.OWNER,
            Status.ACTIVE,
            ["renew", "revise", "suspend", "transfer-out", "cancel", "withdraw", "void"],
        ),
        (Role.ISSUER, Status.ACTIVE, ["suspend"]),
        (Role.DECISION_MAKER, Status.SUSPENDED, ["restore", "reduce", "withdraw", "void"]),
        (Role.VIEWER, Status.ACTIVE, []),
        (Role.OWNER, Status.WITHDRAWN, []),
    ],
)
def test_only_what_somebody_may_do_now_is_offered(
    tenant: Tenant, at: Callable[[str], Client], role: str, status: Status, offered: list[str]
) -> None:
    certificate = make_certificate(tenant, status=status)

    page = page_of(at(role).get(f"{LIST}{certificate.slug}"))

    assert re.findall(rf'class="button [^"]*" href="{LIST}{certificate.slug}/([\w-]+)"', page) == offered


def test_who_audited_it_is_offered_no_decision_and_may_still_stop_it(
    tenant: Tenant, at: Callable[[str], Client]
) -> None:
    owner = make_user(tenant, Role.OWNER)
    audit = {"type": "initial", "date": "2026-02-10", "auditors": ["Somebody"], "auditorUsers": [actor_of(owner).id]}
    certificate = make_certificate(tenant, audits=[audit])

    page = page_of(log_in_as(owner, tenant).get(f"{LIST}{certificate.slug}"))

    offered = re.findall(rf'class="button [^"]*" href="{LIST}{certificate.slug}/([\w-]+)"', page)
    assert offered == ["suspend", "transfer-out", "cancel", "withdraw", "void"]


def test_every_tab_of_a_certificate_can_be_read(tenant: Tenant, at: Callable[[str], Client]) -> None:
    certificate = make_certificate(tenant, status=Status.SUSPENDED)
    browser = at(Role.VIEWER)
    expected = {
        "details": ["Gießerei Müller GmbH &amp; Co. KG", "Germany", "17 Basic metals", "VAT", "Hafenweg 5", "2026"],
        "decision": ["Decision-maker at Acme", "Initial audit", "Lead auditor at Acme"],
        "history": ["Drafted", "Issued", "Suspended", "Audit overdue.", "Issuer at Acme"],
        "evidence": ["http://acme.localhost:8000/certificates/ISO9001-2026-ABC123", certificate.credential_digest],
        "nonsense": ["Registered address"],
    }

    for tab, texts in expected.items():
        page = page_of(browser.get(f"{LIST}{certificate.slug}?tab={tab}"))
        assert [text for text in texts if str(text) not in page] == []
        assert "Suspended since" in page


def test_what_staff_typed_is_never_markup(tenant: Tenant, at: Callable[[str], Client]) -> None:
    hostile = '"><script>alert(1)</script>{{ 7 }}'
    draft = make_draft(
        tenant, organisation__legalName=hostile, scope=hostile, sites=[{"address": hostile, "country": "DE"}]
    )
    browser = at(Role.OWNER)

    edit = f"{draft.slug}/edit"
    for path in ("", draft.slug, f"{edit}/organisation", f"{edit}/standard", f"{edit}/sites/1", f"{draft.slug}/submit"):
        page = page_of(browser.get(f"{LIST}{path}"))
        assert "<script>alert" not in page
        assert "{{ 7 }}" in unescape(page)


def test_lists_have_chips_in_the_address_and_pages(tenant: Tenant, at: Callable[[str], Client]) -> None:
    for number in range(27):
        make_draft(tenant, number=f"D-{number:02}")
    make_certificate(tenant, number="A-1")
    browser = at(Role.VIEWER)

    first = page_of(browser.get(f"{LIST}?status=draft"))
    [cursor] = re.findall(r'href="\?status=draft&amp;cursor=([^"]+)"', first)
    second = page_of(browser.get(f"{LIST}?status=draft&cursor={cursor}"))

    assert (first.count('class="cover"'), second.count('class="cover"')) == (25, 2)
    assert 'href="?status=active"' in first
    assert page_of(browser.get(f"{LIST}?status=active&standard=9001&expiring=30")).count('class="cover"') == 0
    assert page_of(browser.get(f"{LIST}?status=nonsense&standard=x&expiring=-1")).count('class="cover"') == 25
    assert page_of(browser.get(f"{LIST}?status=draft&cursor=forged"), 422)


@pytest.mark.parametrize(("role", "invited"), [(Role.OWNER, True), (Role.VIEWER, False)])
def test_an_empty_registry_invites_who_may_to_draft(at: Callable[[str], Client], role: str, invited: bool) -> None:
    page = page_of(at(role).get(LIST))

    assert "No certificates yet" in page
    assert (f'href="{NEW}"' in page) is invited


def test_the_dashboard_shows_what_needs_somebody(tenant: Tenant, at: Callable[[str], Client]) -> None:
    make_draft(tenant, number="DRAFT-1")
    make_certificate(tenant, number="SUBMITTED-1", status=Status.UNDER_REVIEW)
    make_certificate(tenant, number="SOON-1", expiryDate=in_days(20).isoformat())
    make_certificate(tenant, number="LATER-1")
    overdue = make_certificate(tenant, number="OVERDUE-1")
    suspend_certificate(tenant=tenant, actor=ISSUER, number=overdue.number, reason="Late.", review_on=in_days(1))
    gone = make_certificate(tenant, number="GONE-1")
    withdraw_certificate(tenant=tenant, actor=DECIDER, number=gone.number, reason="Over.")
    make_certificate(tenant, number="RAN-OUT-1", expiryDate=in_days(1).isoformat())
    drain_events()

    with time_machine.travel(in_days(2)):
        page = page_of(at(Role.VIEWER).get("/staff/"))

    shown = [number for number in ("SUBMITTED-1", "DRAFT-1", "SOON-1", "LATER-1", "GONE-1") if number in page]
    assert shown == ["SUBMITTED-1", "SOON-1"]
    figures = dict(re.findall(r'stat-label">(?:<a[^>]*>)?([\w ]+).*?stat-value">([\d+]+)', page, re.DOTALL))
    assert figures == {
        "Active": "2",
        "Expiring within 90 days": "1",
        "Suspended": "1",
        "Expired": "1",
        "Withdrawn": "1",
        "Drafts": "1",
    }


def test_a_suspension_past_its_review_is_on_the_dashboard(tenant: Tenant, at: Callable[[str], Client]) -> None:
    make_certificate(tenant, number="OVERDUE-1", status=Status.SUSPENDED)
    make_certificate(tenant, number="EARLY-1", status=Status.SUSPENDED)
    suspend_again(tenant, "EARLY-1", review_on=in_days(100))
    drain_events()
    browser = at(Role.VIEWER)

    assert "OVERDUE-1" not in page_of(browser.get("/staff/"))
    with time_machine.travel(in_days(60)):
        page = page_of(at(Role.AUDITOR).get("/staff/"))
    assert ("OVERDUE-1" in page, "EARLY-1" in page) == (True, False)


def suspend_again(tenant: Tenant, number: str, *, review_on: date) -> None:
    restore_certificate(tenant=tenant, actor=DECIDER, number=number, reason="Audit held.")
    suspend_certificate(tenant=tenant, actor=ISSUER, number=number, reason="Late.", review_on=review_on)


def test_an_empty_dashboard_is_an_invitation(at: Callable[[str], Client]) -> None:
    page = page_of(at(Role.OWNER).get("/staff/"))

    assert "No certificates yet" in page
    assert "Nothing has been written to the blockchain yet." in page


def test_before_an_issue_the_answers_are_checked_beside_the_certificate_as_it_will_be_printed(
    tenant: Tenant, at: Callable[[str], Client]
) -> None:
    draft = make_draft(tenant, scopes=[{"language": "de", "text": "Gießen"}])
    make_certificate(tenant, number="REVIEW-1", status=Status.UNDER_REVIEW)

    page = page_of(at(Role.OWNER).get(f"{LIST}{draft.slug}/submit"))
    without_changing = page_of(at(Role.DECISION_MAKER).get(f"{LIST}REVIEW-1/issue"))

    order = ["Check your answers", "Casting and machining of grey iron", '<form class="confirm"', '<img src="']
    for shown in (page, without_changing):
        places = [shown.index(text) for text in order]
        assert places == sorted(places)
    assert f'<a href="{LIST}{draft.slug}/edit/standard">Change<span class="hidden"> scope</span></a>' in page
    assert f'<img src="{LIST}{draft.slug}/preview.svg"' in page
    assert "/edit/standard" not in without_changing


@pytest.mark.parametrize(
    ("verb", "word"), [("cancel", "Cancelled on"), ("transfer-out", "Transferred out on"), ("withdraw", "Withdrawn on")]
)
def test_whoever_opens_what_has_ended_reads_first_since_when_and_why(
    tenant: Tenant, at: Callable[[str], Client], verb: str, word: str
) -> None:
    certificate = make_certificate(tenant)
    SERVICES[verb](tenant=tenant, actor=DECIDER, number=certificate.number, reason="The works were sold.")

    page = page_of(at(Role.VIEWER).get(f"{LIST}{certificate.slug}"))

    assert word in page
    assert "The works were sold." in page


def test_what_is_submitted_is_listed_as_to_decide(tenant: Tenant, at: Callable[[str], Client]) -> None:
    make_certificate(tenant, status=Status.UNDER_REVIEW)

    page = page_of(at(Role.VIEWER).get(f"{LIST}?status=under_review"))

    assert "To decide" in page
    assert page.count('class="cover"') == 1
