import pytest
from django.test import Client, override_settings

from defiso.audit.actors import SYSTEM
from defiso.store.connection import counted_calls
from defiso.tenants.services import suspend_tenant
from tests.staff import browser_at, log_in_as, make_tenant, make_user


def get(host: str, path: str = "/", **headers: str) -> tuple[int, str]:
    response = Client().get(path, headers={"host": host, **headers})
    return response.status_code, response.content.decode()


def test_the_apex_and_a_tenants_host_are_different_sites() -> None:
    make_tenant("acme")

    apex, portal = get("localhost:8000"), get("acme.localhost:8000")

    assert (apex[0], portal[0]) == (200, 200)
    assert "Acme Certification" in portal[1]
    assert "Acme Certification" not in apex[1]
    assert get("localhost:8000", "/staff/login")[0] == 404


@pytest.mark.parametrize("host", ["nobody.localhost", "www.localhost", "evil.example", "acme.localhost.evil.example"])
def test_an_unknown_host_gets_a_page_that_says_so(host: str) -> None:
    make_tenant("acme")

    status, page = get(host)

    assert status == 404
    assert "No certification body has its registry at this address." in page


@pytest.mark.parametrize("host", ["acme.localhost,globex.localhost", "a cme.localhost", "staff@acme.localhost", ""])
def test_a_malformed_host_is_a_bad_request_and_nothing_is_looked_up(host: str) -> None:
    with counted_calls() as calls:
        status, _page = get(host)

    assert (status, calls) == (400, [])


def test_a_request_without_a_host_is_a_bad_request() -> None:
    assert Client().get("/").status_code == 400


def test_a_forwarded_host_is_ignored() -> None:
    make_tenant("acme")
    make_tenant("globex")

    _status, page = get(
        "acme.localhost", **{"x-forwarded-host": "globex.localhost", "forwarded": "host=globex.localhost"}
    )

    assert "Acme Certification" in page
    assert "Globex" not in page


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "10.1.2.3", "[::1]:8000"])
def test_a_bare_address_is_answered_only_about_health(host: str) -> None:
    make_tenant("acme")

    assert get(host, "/healthz")[0] in (200, 503)
    for path in ("/", "/staff/", "/certificates/", "/healthz/", "/healthz.json"):
        assert get(host, path)[0] == 404


def test_every_answer_varies_by_host_refusals_too() -> None:
    make_tenant("acme")

    for host, path in [("acme.localhost", "/"), ("localhost", "/"), ("nobody.localhost", "/"), ("a,b", "/")]:
        assert "Host" in Client().get(path, headers={"host": host})["Vary"]


@override_settings(DEBUG=True)
def test_debugging_relaxes_none_of_it() -> None:
    assert get("nobody.localhost")[0] == 404
    assert get("a,b")[0] == 400
    assert get("127.0.0.1")[0] == 404


def test_a_suspended_tenants_staff_area_answers_403_with_the_reason_and_its_portal_stays() -> None:
    tenant = make_tenant("acme")
    owner = log_in_as(make_user(tenant), tenant)
    suspend_tenant(actor=SYSTEM, slug="acme", reason="Its accreditation ended on 1 March 2026.")

    for browser in (owner, browser_at(tenant)):
        for path in ("/staff/", "/staff/login", "/staff/certificates/", "/staff/no-such-page"):
            response = browser.get(path)
            assert response.status_code == 403
            assert "Its accreditation ended on 1 March 2026." in response.content.decode()
        assert browser.get("/").status_code == 200
        assert browser.get("/certificates/").status_code == 200
