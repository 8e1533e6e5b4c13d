from datetime import timedelta

import pytest
import time_machine

from defiso.accounts import sessions
from defiso.accounts.authentication import log_in
from defiso.accounts.errors import EmailInUseError, UnknownSessionError
from defiso.accounts.models import Session, SessionEntry, User
from defiso.accounts.services import change_user, deactivate_user, reactivate_user
from defiso.accounts.sessions import MOST_SESSIONS, hash_of, list_sessions, read_session, revoke_session
from defiso.core.clock import now
from defiso.core.permissions import Role
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, actor_of, begin_session_of, browser_at, log_in_as, make_user


def holds(tenant: Tenant, cookie: str) -> bool:
    return read_session(tenant=tenant, cookie=cookie) is not None


def test_session_and_user_are_read_in_one_call(tenant: Tenant, owner: User) -> None:
    cookie = begin_session_of(owner, tenant)

    with counted_calls() as calls:
        found = read_session(tenant=tenant, cookie=cookie)

    assert found is not None
    assert (found.user.id, calls) == (owner.id, ["BatchGetItem"])


def test_a_staff_page_costs_one_call_for_session_and_user_and_at_most_two(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        browser = log_in_as(owner, tenant)
        browser.get("/staff/password")
        with counted_calls() as calls:
            browser.get("/staff/password")
        assert calls == ["BatchGetItem"]
        traveller.shift(timedelta(minutes=6))
        browser_at(tenant).get("/")
        with counted_calls() as calls:
            browser.get("/staff/password")
        assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_without_a_cookie_and_on_public_pages_nothing_is_read(tenant: Tenant, owner: User) -> None:
    browser_at(tenant).get("/")
    with counted_calls() as calls:
        browser_at(tenant).get("/staff/login")
        browser_at(tenant).get("/staff/")
        browser_at(tenant).get("/")
        log_in_as_reads_nothing = calls[:]
    assert log_in_as_reads_nothing == []
    browser = log_in_as(owner, tenant)
    with counted_calls() as calls:
        browser.get("/")
    assert calls == []


@pytest.mark.parametrize(
    "cookie", ["", "x", "a.b", "A" * 26 + "." + "B" * 43 + "x", "A" * 26 + "." + "é" * 43, "x" * 9999]
)
def test_a_cookie_of_another_shape_is_not_looked_up(tenant: Tenant, cookie: str) -> None:
    with counted_calls() as calls:
        assert not holds(tenant, cookie)

    assert calls == []


def test_a_cookie_that_leads_nowhere_is_taken_back(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    browser.cookies["session"] = f"{owner.id}.{'A' * 43}"

    response = browser.get("/staff/")

    assert response.status_code == 302
    assert (response.cookies["session"].value, response.cookies["session"]["max-age"]) == ("", 0)


def test_the_user_named_in_the_cookie_must_be_the_sessions_own(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    cookie = begin_session_of(viewer, tenant)

    assert not holds(tenant, cookie.replace(viewer.id, owner.id))


def test_a_stored_session_whose_user_was_swapped_does_not_hold(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    cookie = begin_session_of(owner, tenant)
    row = Session.get(f"SESSION#{hash_of(cookie)}", "METADATA")
    with transaction() as writes:
        writes.update(row, [Session.user_id.set(viewer.id)], given=Session.PK.exists(), otherwise=UnknownSessionError())

    assert not holds(tenant, cookie)


def test_a_session_holds_on_its_tenants_host_only(tenant: Tenant, other: Tenant) -> None:
    user = make_user(tenant, email="auditor@example.org")
    make_user(other, email="auditor@example.org")
    cookie = begin_session_of(user, tenant)

    assert holds(tenant, cookie)
    assert not holds(other, cookie)


def test_even_with_the_same_user_id_at_both_tenants_a_session_does_not_cross(
    tenant: Tenant, other: Tenant, owner: User
) -> None:
    twin = User.get(owner.PK, owner.SK)
    twin.PK = "TENANT#globex"
    with transaction() as writes:
        writes.create(twin, otherwise=EmailInUseError())
    cookie = begin_session_of(owner, tenant)

    assert not holds(other, cookie)


def test_a_session_ends_after_an_hour_without_use(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        cookie = begin_session_of(owner, tenant)
        for _ in range(3):
            traveller.shift(timedelta(minutes=54))
            assert holds(tenant, cookie)
        traveller.shift(timedelta(minutes=60))
        assert not holds(tenant, cookie)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used_and_the_row_is_still_there(
    tenant: Tenant, owner: User
) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        cookie = begin_session_of(owner, tenant)
        for _ in range(23):
            traveller.shift(timedelta(minutes=30))
            assert holds(tenant, cookie)
        traveller.shift(timedelta(minutes=30))
        assert not holds(tenant, cookie)

    assert Session.find(f"SESSION#{hash_of(cookie)}", "METADATA") is not None


def test_when_it_was_seen_is_written_every_five_minutes_at_most(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller, counted_calls() as calls:
        cookie = begin_session_of(owner, tenant)
        calls.clear()
        for _ in range(10):
            traveller.shift(timedelta(minutes=1))
            holds(tenant, cookie)

    assert calls.count("TransactWriteItems") == 2


def test_noting_that_a_session_was_seen_never_revives_one_that_just_ended(
    tenant: Tenant, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        cookie = begin_session_of(owner, tenant)
        traveller.shift(timedelta(minutes=6))
        stale = Session.get(f"SESSION#{hash_of(cookie)}", "METADATA")
        revoke_session(tenant=tenant, user=owner, actor=actor_of(owner), key=stale.key)

        sessions._note_seen(stale)

    assert Session.find(f"SESSION#{hash_of(cookie)}", "METADATA", consistent=True) is None


def test_a_closed_account_loses_its_sessions_at_once_and_for_good(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    cookie = begin_session_of(viewer, tenant)

    deactivate_user(tenant=tenant, actor=actor_of(owner), user_id=viewer.id, reason="left")
    assert not holds(tenant, cookie)

    reactivate_user(tenant=tenant, actor=actor_of(owner), user_id=viewer.id, reason="came back")
    assert not holds(tenant, cookie)


def test_a_changed_role_counts_at_the_next_request(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, Role.VIEWER)
    browser = log_in_as(viewer, tenant)
    assert browser.get("/staff/audit/").status_code == 403

    change_user(tenant=tenant, actor=actor_of(owner), user_id=viewer.id, role="auditor")

    assert browser.get("/staff/audit/").status_code == 200


def test_a_user_sees_where_they_are_logged_in_and_can_end_one(tenant: Tenant, owner: User) -> None:
    first, second = log_in_as(owner, tenant), log_in_as(owner, tenant)
    page = first.get("/staff/sessions").content.decode()
    key = hash_of(second.cookies["session"].value)
    assert f"/staff/sessions/{key}/revoke" in page
    assert f"/staff/sessions/{hash_of(first.cookies['session'].value)}/revoke" not in page
    assert second.cookies["session"].value not in page

    response = first.post(f"/staff/sessions/{key}/revoke")

    assert response["Location"] == "/staff/sessions"
    assert second.get("/staff/sessions").status_code == 302
    assert first.get("/staff/sessions").status_code == 200
    assert actions_of(tenant)[-1] == "session.revoked"


def test_the_list_costs_one_query_and_one_batch(tenant: Tenant, owner: User) -> None:
    for _ in range(3):
        begin_session_of(owner, tenant)

    with counted_calls() as calls:
        assert len(list_sessions(tenant=tenant, user=owner)) == 3

    assert calls == ["Query", "BatchGetItem"]


def test_nobody_ends_a_session_of_somebody_else(tenant: Tenant, other: Tenant, owner: User) -> None:
    colleague, stranger = make_user(tenant, Role.VIEWER), make_user(other)
    keys = [hash_of(begin_session_of(colleague, tenant)), hash_of(begin_session_of(stranger, other))]
    keys += ["0" * 64, "a" * 2000]
    browser = log_in_as(owner, tenant)
    before = every_row()

    for key in keys:
        with pytest.raises(UnknownSessionError):
            revoke_session(tenant=tenant, user=owner, actor=actor_of(owner), key=key)
        assert browser.post(f"/staff/sessions/{key}/revoke").status_code == 404

    assert every_row() == before


def test_logging_out_everywhere_else_keeps_this_browser_under_a_new_cookie(tenant: Tenant, owner: User) -> None:
    first, second = log_in_as(owner, tenant), log_in_as(owner, tenant)
    old = first.cookies["session"].value

    first.post("/staff/sessions/others/revoke")

    assert first.cookies["session"].value != old
    assert first.get("/staff/sessions").status_code == 200
    assert second.get("/staff/sessions").status_code == 302
    assert not holds(tenant, old)
    assert actions_of(tenant)[-1] == "session.others_revoked"


def test_a_user_has_a_bounded_number_of_sessions_and_the_oldest_ends(tenant: Tenant, owner: User) -> None:
    cookies = []
    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(MOST_SESSIONS + 3):
            traveller.shift(timedelta(seconds=1))
            begun = log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=PASSWORD)
            assert begun is not None
            cookies.append(begun.cookie)
        assert [holds(tenant, cookie) for cookie in cookies] == [False] * 3 + [True] * MOST_SESSIONS


def test_expired_entries_are_tidied_away_at_the_next_log_in(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(3):
            begin_session_of(owner, tenant)
        traveller.shift(timedelta(hours=13))
        log_in(tenant=tenant, actor=actor_of(owner), email=owner.email, password=PASSWORD)

    assert len(list(SessionEntry.query("TENANT#acme", SessionEntry.SK.startswith("SESSION#")))) == 1


def test_logging_in_again_in_the_same_browser_when_its_old_session_is_surplus_too(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        browser = log_in_as(owner, tenant)
        for _ in range(MOST_SESSIONS):
            traveller.shift(timedelta(seconds=1))
            begin_session_of(owner, tenant)

        response = browser.post("/staff/login", {"email": owner.email, "password": PASSWORD})

        assert response.status_code == 302
        assert browser.get("/staff/sessions").status_code == 200


def test_a_cookie_of_another_tenants_session_neither_hinders_log_in_nor_is_ended_by_it(
    tenant: Tenant, other: Tenant, owner: User
) -> None:
    stranger = make_user(other)
    cookie = begin_session_of(stranger, other)
    browser = browser_at(tenant)
    browser.cookies["session"] = cookie

    response = browser.post("/staff/login", {"email": owner.email, "password": PASSWORD})

    assert response.status_code == 302
    assert browser.get("/staff/sessions").status_code == 200
    assert holds(other, cookie)


def test_a_message_for_the_next_page_is_shown_on_the_host_that_set_it_only(
    tenant: Tenant, other: Tenant, owner: User
) -> None:
    browser = log_in_as(owner, tenant)
    browser.post("/staff/sessions/others/revoke")
    carried = log_in_as(make_user(other), other)
    carried.cookies["messages"] = browser.cookies["messages"].value

    assert "All your other sessions have ended." not in carried.get("/staff/sessions").content.decode()
    assert "All your other sessions have ended." in browser.get("/staff/sessions").content.decode()
