import statistics
import time

import pytest
from django.conf import settings
from django.test import Client, override_settings

from defiso import settings as production
from defiso.accounts import passwords
from defiso.accounts.models import Session, User
from defiso.accounts.services import deactivate_user
from defiso.accounts.sessions import hash_of
from defiso.core.permissions import Role
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, actor_of, browser_at, log_in_as, make_user

LOG_IN = "/staff/login"


def enter(browser: Client, email: str, password: str = PASSWORD, **more: str) -> object:
    return browser.post(LOG_IN, {"email": email, "password": password, **more})


def cookie_of(browser: Client) -> str:
    return browser.cookies["session"].value


def test_the_right_password_leads_into_the_staff_area(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)

    response = enter(browser, "Owner@Acme.example")

    assert (response.status_code, response["Location"]) == (302, "/staff/")
    assert owner.name in browser.get("/staff/sessions").content.decode()
    assert actions_of(tenant)[-1] == "user.logged_in"


def test_the_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner.email)

    cookie = browser.cookies["session"]
    assert (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Lax")
    assert (cookie["httponly"], cookie["secure"], cookie["max-age"]) == (True, "", "")
    assert cookie.value not in repr(every_row())
    assert Session.find(f"SESSION#{hash_of(cookie.value)}", "METADATA") is not None


@override_settings(
    HTTPS=True, SESSION_COOKIE_NAME="__Host-session", SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)
def test_under_https_the_cookie_is_secure_and_bound_to_its_host_by_name(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner.email)

    cookie = browser.cookies["__Host-session"]
    assert (cookie["secure"], cookie["domain"], cookie["path"]) == (True, "", "/")


@pytest.mark.parametrize("case", ["unknown", "wrong password", "closed", "other tenant's account", "empty"])
def test_whatever_is_wrong_the_answer_is_the_same_and_no_session_begins(
    tenant: Tenant, other: Tenant, owner: User, case: str
) -> None:
    email, password = owner.email, PASSWORD
    if case == "unknown":
        email = "nobody@acme.example"
    elif case == "wrong password":
        password = "not the right password"
    elif case == "closed":
        email = make_user(tenant, Role.VIEWER).email
        closed = User.query("TENANT#acme", User.SK.startswith("USER#"), User.email == email).next()
        deactivate_user(tenant=tenant, actor=actor_of(owner), user_id=closed.id, reason="left")
    elif case == "other tenant's account":
        email = make_user(other).email
    else:
        password = " "
    browser = browser_at(tenant)

    response = enter(browser, email, password)

    page = response.content.decode()
    assert response.status_code == 422
    assert "The e-mail address or the password is not right." in page
    assert "session" not in browser.cookies
    assert [row for row in every_row() if str(row["PK"]).startswith("{'S': 'SESSION#")] == []
    assert PASSWORD not in page


def test_unknown_and_known_make_the_same_calls(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    browser.get(LOG_IN)
    counts = []
    for email in (owner.email, "nobody@acme.example"):
        with counted_calls() as calls:
            enter(browser, email, "not the right password")
        counts.append(calls)

    assert counts[0] == counts[1]


def test_unknown_and_known_take_the_same_time_with_the_production_hasher(tenant: Tenant) -> None:
    def seconds(email: str) -> float:
        started = time.process_time()  # of this process alone: other load on the machine does not blur it
        enter(browser_at(tenant), email, "not the right password")
        return time.process_time() - started

    with override_settings(PASSWORD_HASHERS=production.PASSWORD_HASHERS):
        passwords._hash_of_nothing.cache_clear()
        emails = [make_user(tenant, email=f"known-{number}@acme.example").email for number in range(3)]
        seconds("warm-up@acme.example")
        known = [seconds(email) for email in emails]
        unknown = [seconds(f"unknown-{number}@acme.example") for number in range(3)]
    passwords._hash_of_nothing.cache_clear()

    assert statistics.median(unknown) == pytest.approx(statistics.median(known), rel=0.5)


def test_a_hash_of_older_settings_is_renewed_at_log_in(tenant: Tenant, owner: User) -> None:
    with override_settings(PASSWORD_HASHERS=production.PASSWORD_HASHERS):
        enter(browser_at(tenant), owner.email)
        renewed = User.get(owner.PK, owner.SK, consistent_read=True)
        assert renewed.password.startswith("argon2$argon2id$v=19$m=47104")
        assert enter(browser_at(tenant), owner.email).status_code == 302


def test_a_session_planted_before_log_in_is_neither_used_nor_left(tenant: Tenant, owner: User) -> None:
    attacker = make_user(tenant, Role.VIEWER)
    browser = log_in_as(attacker, tenant)
    planted = cookie_of(browser)

    enter(browser, owner.email)

    assert cookie_of(browser) != planted
    victim = browser_at(tenant)
    victim.cookies["session"] = planted
    assert victim.get("/staff/sessions").status_code == 302
    assert Session.find(f"SESSION#{hash_of(planted)}", "METADATA", consistent=True) is None


def test_a_made_up_cookie_is_never_adopted(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    made_up = f"{owner.id}.{'A' * 43}"
    browser.cookies["session"] = made_up

    enter(browser, owner.email)

    assert cookie_of(browser) != made_up


def test_the_csrf_secret_changes_at_log_in(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    browser.get(LOG_IN)
    before = browser.cookies[settings.CSRF_COOKIE_NAME].value

    enter(browser, owner.email)

    assert browser.cookies[settings.CSRF_COOKIE_NAME].value != before


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/staff/audit/?cursor=x", "/staff/audit/?cursor=x"),
        ("/staff/certificates/FM%2012345%2FA", "/staff/certificates/FM%2012345%2FA"),
        ("", "/staff/"),
        ("/", "/staff/"),
        ("https://evil.example/staff/", "/staff/"),
        ("//evil.example/staff/", "/staff/"),
        ("///evil.example", "/staff/"),
        ("/\\evil.example", "/staff/"),
        ("\\\\evil.example", "/staff/"),
        ("/staff//evil.example", "/staff//evil.example"),
        ("http:///staff/", "/staff/"),
        ("javascript:alert(1)", "/staff/"),
        ("staff/", "/staff/"),
        (" /staff/", "/staff/"),
        ("//globex.localhost:8000/staff/", "/staff/"),
    ],
)
def test_after_log_in_one_goes_on_within_this_staff_area_only(
    tenant: Tenant, owner: User, asked: str, given: str
) -> None:
    response = enter(browser_at(tenant), owner.email, next=asked)

    assert response["Location"] == given
    already = log_in_as(owner, tenant).get(LOG_IN, {"next": asked})
    assert already["Location"] == given


def test_somebody_asked_to_log_in_comes_back_to_the_page(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    asked = browser.get("/staff/audit/?cursor=abc")
    assert asked["Location"] == "/staff/login?next=%2Fstaff%2Faudit%2F%3Fcursor%3Dabc"

    page = browser.get(asked["Location"]).content.decode()

    assert 'name="next" value="/staff/audit/?cursor=abc"' in page


def test_a_form_sent_without_a_session_leads_to_log_in_but_not_back_to_the_form(tenant: Tenant) -> None:
    response = browser_at(tenant).post("/staff/logout")

    assert response["Location"] == "/staff/login"


def test_htmx_is_told_to_go_to_the_log_in_page_as_a_whole(tenant: Tenant) -> None:
    response = browser_at(tenant).get("/staff/audit/", headers={"HX-Request": "true"})

    assert response["HX-Redirect"].startswith("/staff/login?next=")


def test_logging_out_ends_the_session_on_the_server_too(tenant: Tenant, owner: User) -> None:
    browser = log_in_as(owner, tenant)
    cookie = cookie_of(browser)

    response = browser.post("/staff/logout")

    assert (response["Location"], browser.cookies["session"].value) == ("/staff/login", "")
    again = browser_at(tenant)
    again.cookies["session"] = cookie
    assert again.get("/staff/sessions").status_code == 302
    assert actions_of(tenant)[-1] == "user.logged_out"
    assert [row for row in every_row() if "SESSION#" in str(row["PK"]) + str(row["SK"])] == []


def test_logging_out_takes_a_form_and_not_a_link(tenant: Tenant, owner: User) -> None:
    browser = log_in_as(owner, tenant)

    assert browser.get("/staff/logout").status_code == 405
    assert browser.get("/staff/sessions").status_code == 200
