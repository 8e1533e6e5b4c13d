import re

import pytest
from django.urls import reverse

from defiso.accounts.models import User
from defiso.accounts.services import change_user
from defiso.audit.actions import Action
from defiso.audit.actors import SYSTEM, Actor
from defiso.audit.services import record_event
from defiso.core.permissions import Role
from defiso.staff.audit_words import TITLES, Change, changes_between, title_of
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.staff import browser_at, log_in_as, make_user

AUDIT = "/staff/audit/"


def record(tenant: Tenant, count: int) -> None:
    with transaction() as writes:
        for number in range(count):
            record_event(
                writes,
                tenant_slug=tenant.slug,
                actor=SYSTEM,
                action="certificate.issued",
                target_kind="CERT",
                target_id=f"FM-{number:03}",
            )


def numbers_on(page: str) -> list[str]:
    return re.findall(r'<a class="mono"[^>]*>(FM-\d+)</a>', page)


def next_cursor_on(page: str) -> str | None:
    found = re.search(r'href="\?cursor=([^"]+)" rel="next"', page)
    return found and found[1]


def test_events_are_shown_newest_first_a_page_at_a_time_for_one_query(tenant: Tenant, owner: User) -> None:
    record(tenant, 60)
    browser = log_in_as(owner, tenant)
    browser.get(AUDIT)
    seen: list[str] = []
    address = AUDIT
    for _ in range(3):
        with counted_calls() as calls:
            page = browser.get(address).content.decode()
        seen += numbers_on(page)
        assert calls == ["BatchGetItem", "Query"]
        cursor = next_cursor_on(page)
        address = f"{AUDIT}?cursor={cursor}"

    assert seen == [f"FM-{number:03}" for number in reversed(range(60))]
    assert cursor is None


def test_an_event_says_in_plain_words_what_happened_who_did_it_and_what_changed(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    actor = Actor(owner.id, "user", owner.name, ip="192.0.2.7", request_id="r1")
    change_user(tenant=tenant, actor=actor, user_id=viewer.id, role="auditor")

    page = log_in_as(owner, tenant).get(AUDIT).content.decode()

    for words in ("Role changed", owner.name, "192.0.2.7", "<del>viewer</del>", "<ins>auditor</ins>", viewer.email):
        assert words in page


def test_a_certificate_is_linked(tenant: Tenant, owner: User) -> None:
    record(tenant, 1)

    page = log_in_as(owner, tenant).get(AUDIT).content.decode()

    assert f'href="{reverse("certificates:detail", args=["FM-000"], urlconf="defiso.urls.portal")}"' in page


def test_a_reason_is_shown_and_cannot_smuggle_markup(tenant: Tenant, owner: User) -> None:
    hostile = "<script>alert(1)</script>"
    with transaction() as writes:
        record_event(
            writes,
            tenant_slug="acme",
            actor=Actor("x", "user", f"Name {hostile}", user_agent=hostile),
            action=f"odd.{hostile}",
            target_kind="CERT",
            target_id=hostile,
            after={hostile: hostile},
            reason=hostile,
        )

    page = log_in_as(owner, tenant).get(AUDIT).content.decode()

    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_event_of_another_tenant_is_shown_not_even_by_its_cursor(tenant: Tenant, other: Tenant, owner: User) -> None:
    stranger = make_user(other)
    record(other, 60)
    cursor = next_cursor_on(log_in_as(stranger, other).get(AUDIT).content.decode())
    browser = log_in_as(owner, tenant)

    assert cursor
    assert "FM-0" not in browser.get(AUDIT).content.decode()
    assert browser.get(AUDIT, {"cursor": cursor}).status_code == 422


@pytest.mark.parametrize("role", [Role.ISSUER, Role.DECISION_MAKER, Role.VIEWER])
def test_only_owners_and_auditors_read_it(tenant: Tenant, role: str) -> None:
    assert log_in_as(make_user(tenant, role), tenant).get(AUDIT).status_code == 403
    assert browser_at(tenant).get(AUDIT).status_code == 302
    assert log_in_as(make_user(tenant, Role.AUDITOR), tenant).get(AUDIT).status_code == 200


def test_looking_at_it_writes_nothing_and_posting_to_it_is_refused(tenant: Tenant, owner: User) -> None:
    browser = log_in_as(owner, tenant)
    count = browser.get(AUDIT).content.count(b"<tr>")

    assert browser.post(AUDIT).status_code == 405
    assert browser.get(AUDIT).content.count(b"<tr>") == count


def test_every_event_has_a_title_and_no_title_is_left_over() -> None:
    assert set(Action) == set(TITLES)


def test_every_title_is_a_phrase_and_an_unknown_action_still_reads() -> None:
    assert all(title[0].isupper() and "." not in title and "_" not in title for title in TITLES.values())
    assert title_of("key.rotated_early") == "Key rotated early"


def test_changes_name_each_field_that_differs() -> None:
    before = {"scope": "Baking", "sites": [], "legalName": "Same", "confidential": False}
    after = {"scope": "Baking and sale", "sites": ["Leeds", "York"], "legalName": "Same", "confidential": True}

    assert changes_between(before, after) == [
        Change("Scope", "Baking", "Baking and sale"),
        Change("Sites", "", "Leeds, York"),
        Change("Confidential", "no", "yes"),
    ]
    assert changes_between({}, {"organisation": {"legalName": "Acme", "clientId": ""}}) == [
        Change("Organisation", "", "Legal name: Acme")
    ]
    assert len(changes_between({}, {"scope": "x" * 20_000})[0].after) == 301
