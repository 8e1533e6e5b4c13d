"""Whoever sends a form slowly takes no thread: real sockets at a real server."""

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from defiso.accounts.models import User
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.server.serving import connect, get, serving, status_of, trickle
from tests.staff import PASSWORD, log_in_as, make_user


@pytest.fixture(scope="module")
def port(dynamodb: str) -> Iterator[int]:
    with serving(dynamodb) as (port, _):
        yield port


def log_in(port: int, host: str, user: User) -> int:
    """The status of a log-in as a browser does it: the page, then the form."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    browser.request("GET", "/staff/login", headers={"Host": host})
    page = browser.getresponse()
    page.read()
    token = page.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    form = urlencode({"csrfmiddlewaretoken": token, "email": user.email, "password": PASSWORD})
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": f"csrftoken={token}"}
    browser.request("POST", "/staff/login", form, headers | {"Content-Type": "application/x-www-form-urlencoded"})
    answer = browser.getresponse()
    answer.read()
    browser.close()
    return answer.status


def test_eight_trickling_log_ins_keep_nobody_else_from_logging_in_and_end_after_ten_seconds(
    port: int, tenant: Tenant, other: Tenant
) -> None:
    user = make_user(other)
    with ExitStack() as stack:
        started = time.monotonic()
        slow = [stack.enter_context(trickle(port, host="acme.localhost")) for _ in range(8)]

        statuses = [log_in(port, "globex.localhost", user) for _ in range(3)]
        seconds = time.monotonic() - started
        ends = [status_of(connection) for connection in slow]

    assert statuses == [302, 302, 302]
    assert seconds < 8
    assert ends == [408] * 8
    assert 9 < time.monotonic() - started < 14


def test_sixteen_trickling_forms_of_one_viewer_do_not_stop_the_site(port: int, tenant: Tenant) -> None:
    viewer = log_in_as(make_user(tenant, role=Role.VIEWER), tenant)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in viewer.cookies.items())

    with ExitStack() as stack:
        slow = [stack.enter_context(trickle(port, "/staff/password", cookie=cookie)) for _ in range(16)]
        answers = [get(port, path, "acme.localhost") for path in ("/", "/certificates/", "/staff/login")]
        pushed_out = [status_of(connection) for connection in slow[:2]]

    assert [status for status, _, _ in answers] == [200, 200, 200]
    assert max(seconds for _, _, seconds in answers) < 5
    assert pushed_out == [408, 408]  # a session reads four at once in a worker, and there are two


def test_public_checks_are_answered_under_two_hundred_trickling_connections(port: int, tenant: Tenant) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(trickle(port))
        answers = [get(port, "/certificates/FM-1/verdict.json", "acme.localhost") for _ in range(20)]

    assert {status for status, _, _ in answers} == {404}
    assert max(seconds for _, _, seconds in answers) < 5


def test_a_form_behind_the_address_of_tricklers_still_arrives(port: int, tenant: Tenant) -> None:
    user = make_user(tenant)
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(trickle(port))

        assert log_in(port, "acme.localhost", user) == 302


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")

        assert status_of(connection) == 413
