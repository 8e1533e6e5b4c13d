"""A form or query beyond what is read is answered 413 and is one line of the log, whoever sends it."""

import http.client
import logging
from urllib.parse import urlencode

import pytest
from django.test import Client

from defiso.accounts.models import User
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.server.serving import serving
from tests.staff import browser_at, log_in_as

FORM = "application/x-www-form-urlencoded"
BODIES = {
    "too big": ({"email": "x" * 3_000_000}, "RequestDataTooBig"),
    "too many fields": ({f"field-{number}": "1" for number in range(6000)}, "TooManyFieldsSent"),
}


@pytest.mark.parametrize("logged_in", [False, True], ids=["stranger", "staff"])
@pytest.mark.parametrize("what", BODIES)
def test_a_refused_oversize_form_is_one_log_line(
    tenant: Tenant, owner: User, what: str, logged_in: bool, caplog: pytest.LogCaptureFixture
) -> None:
    fields, reason = BODIES[what]
    options = {"enforce_csrf_checks": True, "raise_request_exception": False}
    browser = log_in_as(owner, tenant, **options) if logged_in else browser_at(tenant, **options)
    address = "/staff/password" if logged_in else "/staff/login"
    browser.get(address)
    before = every_row()

    answer = browser.post(address, urlencode(fields), FORM, headers={"origin": "http://acme.localhost:8000"})

    assert answer.status_code == 413
    assert "Nothing was changed." in answer.content.decode()
    assert written(caplog) == f"refused a POST to '{address}': {reason}"
    assert every_row() == before


def test_at_the_running_server_too_it_is_one_log_line(
    dynamodb: str, tenant: Tenant, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(dynamodb) as (port, _):
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        browser.request("GET", "/staff/login", headers={"Host": "acme.localhost"})
        page = browser.getresponse()
        page.read()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        headers = {"Host": "acme.localhost", "Origin": "http://acme.localhost", "Cookie": cookie, "Content-Type": FORM}
        capfd.readouterr()

        for fields, reason in ((BODIES["too many fields"][0], "TooManyFieldsSent"), (None, "BodyTooLargeError")):
            browser.close()
            browser.putrequest("POST", "/staff/login", skip_host=True)
            body = urlencode(fields).encode() if fields else b""
            for name, text in (headers | {"Content-Length": str(len(body) or 99_999_999)}).items():
                browser.putheader(name, text)
            browser.endheaders(body)

            assert browser.getresponse().status == 413
            (line,) = capfd.readouterr().err.splitlines()
            assert line.endswith(f"refused a POST to '/staff/login': {reason}")
        browser.close()


def test_a_query_of_too_many_parts_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    browser = Client(headers={"host": "localhost"}, raise_request_exception=False)

    answer = browser.get("/certificates/?" + "number=1&" * 6000)

    assert answer.status_code == 413
    assert written(caplog) == "refused a GET to '/certificates/': TooManyFieldsSent"


def written(caplog: pytest.LogCaptureFixture) -> str:
    """What the log has, as it writes it: with tracebacks. INFO and below are not written by default."""
    lines = logging.Formatter("%(message)s")
    shown = [record for record in caplog.records if record.levelno >= logging.WARNING and record.name != "asyncio"]
    quiet = [record for record in shown if record.name == "django.request" and record.levelno < logging.ERROR]
    return "\n".join(lines.format(record) for record in shown if record not in quiet)
