import re

import pytest
from django.test import Client, override_settings

from defiso.accounts.models import User
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, browser_at, log_in_as

OWN = "http://acme.localhost:8000"


def with_token(browser: Client, page: str) -> str:
    """The token of a form on this page; its cookie is now in the browser."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(page).content.decode())
    assert found is not None
    return found[1]


def post(browser: Client, **headers: str) -> int:
    token = with_token(browser, "/staff/sessions")
    form = {"csrfmiddlewaretoken": token}
    return browser.post("/staff/sessions/others/revoke", form, headers=headers).status_code


@pytest.fixture
def browser(tenant: Tenant, owner: User) -> Client:
    return log_in_as(owner, tenant, enforce_csrf_checks=True)


def test_a_form_of_our_own_page_is_accepted(browser: Client) -> None:
    assert post(browser, origin=OWN) == 302


def test_a_browser_that_sends_no_origin_may_say_it_by_its_referer(browser: Client) -> None:
    assert post(browser, referer=f"{OWN}/staff/sessions") == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://globex.localhost:8000"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://acme.localhost:9000"},
        {"origin": "http://acme.localhost"},
        {"origin": "https://acme.localhost:8000"},
        {"origin": "http://acme.localhost:8000.evil.example"},
        {"origin": "http://evil.acme.localhost:8000"},
        {"origin": f"{OWN},http://globex.localhost:8000"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "null", "referer": f"{OWN}/"},
        {"origin": "http://globex.localhost:8000", "referer": f"{OWN}/"},
        {"referer": "http://globex.localhost:8000/"},
        {"referer": f"http://globex.localhost:8000/{OWN}"},
        {"referer": "http://acme.localhost:8000@globex.localhost:8000/"},
        {"referer": "http://[/"},
        {},
    ],
)
def test_a_form_from_anywhere_else_is_refused_even_with_a_good_token_and_nothing_is_written(
    browser: Client, headers: dict[str, str]
) -> None:
    before = every_row()

    assert post(browser, **headers) == 403

    assert every_row() == before


@pytest.mark.parametrize("token", ["", "x" * 64, "A" * 32])
def test_our_own_origin_without_the_token_is_refused_too(browser: Client, token: str) -> None:
    browser.get("/staff/sessions")
    before = every_row()

    form = {"csrfmiddlewaretoken": token} if token else {}
    response = browser.post("/staff/sessions/others/revoke", form, headers={"origin": OWN})

    assert response.status_code == 403
    assert every_row() == before


def test_nobody_can_be_logged_in_from_elsewhere(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant, enforce_csrf_checks=True)
    form = {"email": owner.email, "password": PASSWORD, "csrfmiddlewaretoken": with_token(browser, "/staff/login")}
    before = every_row()

    response = browser.post("/staff/login", form, headers={"origin": "http://globex.localhost:8000"})

    assert response.status_code == 403
    assert every_row() == before
    assert browser.post("/staff/login", form, headers={"origin": OWN}).status_code == 302


@override_settings(DEBUG=True)
def test_debugging_relaxes_none_of_it(browser: Client) -> None:
    assert post(browser, origin="http://globex.localhost:8000") == 403
    assert post(browser) == 403


def test_a_change_by_a_link_is_impossible(browser: Client) -> None:
    before = every_row()

    for path in ("/staff/logout", "/staff/sessions/others/revoke", f"/staff/sessions/{'0' * 64}/revoke"):
        assert browser.get(path).status_code == 405

    assert every_row() == before
