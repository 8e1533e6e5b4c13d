"""What the middleware does for an answer, and what it leaves undone where there is no need."""

import gzip

import pytest
from django.test import Client

from defiso.store.connection import counted_calls
from defiso.web.compression import takes_gzip
from tests.staff import log_in_as

HOST = "acme.localhost"


def get(path: str, **headers: str):
    return Client().get(path, headers={"host": HOST, **headers})


def test_a_public_page_is_gzipped_for_whoever_takes_that(tenant):
    plain, packed = get("/"), get("/", **{"accept-encoding": "gzip, deflate, br"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2


def test_caches_are_told_that_a_page_has_two_forms(tenant):
    for answer in (get("/"), get("/", **{"accept-encoding": "gzip"})):
        assert {part.strip() for part in answer["Vary"].split(",")} == {"Accept-Encoding", "Host"}


def test_a_refusal_is_gzipped_as_a_page_is(tenant):
    assert b"There is nothing here" in gzip.decompress(get("/nowhere", **{"accept-encoding": "gzip"}).content)


@pytest.mark.parametrize("path", ["/staff/", "/staff/certificates/"])
def test_no_page_of_the_staff_area_is_compressed_because_its_size_could_tell_a_secret(tenant, owner, path):
    browser = log_in_as(owner, tenant)

    answer = browser.get(path, headers={"accept-encoding": "gzip"})

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
    assert "Content-Encoding" not in get("/staff/login", **{"accept-encoding": "gzip"})


def test_files_for_machines_stay_as_they_are(tenant):
    assert "Content-Encoding" not in get("/.well-known/did.json", **{"accept-encoding": "gzip"})


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate,gzip", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("x-gzip2", False),
    ],
)
def test_gzip_is_sent_only_to_whoever_names_it(accepted, taken):
    assert takes_gzip(accepted) is taken


def test_a_visitor_costs_no_session_and_gets_no_cookie_whatever_cookies_are_sent(tenant):
    get("/")  # the host is known from here on

    with counted_calls() as calls:
        answer = get("/", cookie="session=forged; messages=forged")

    assert calls == []
    assert answer.status_code == 200
    assert "Cookie" not in answer["Vary"]
    assert not answer.cookies


def test_where_there_is_no_message_nothing_is_signed_or_read(tenant, owner, monkeypatch):
    browser = log_in_as(owner, tenant)
    monkeypatch.setattr("django.core.signing.get_cookie_signer", lambda salt: 1 / 0)

    assert get("/").status_code == 200
    assert browser.get("/staff/").status_code == 200


def test_a_header_that_a_view_wrote_stays_and_each_is_written_once(tenant):
    answer = get("/theme.css")
    names = [name.lower() for name, _ in answer.items()]

    assert answer["Cache-Control"].startswith("public")
    assert len(names) == len(set(names))


def test_each_request_has_an_id_of_its_own(tenant):
    assert get("/")["X-Request-Id"] != get("/")["X-Request-Id"]
