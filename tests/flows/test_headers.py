"""What every answer carries, whatever it is: page, file, JSON, refusal or redirect, on either face of the product."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from defiso.engines import BASE_DIR
from tests.staff import make_tenant

ANSWERS = [
    ("localhost", "/", 200),
    ("localhost", "/certificates/?number=FM-1", 404),
    ("localhost", "/certificates/", 422),
    ("localhost", "/no-such-page", 404),
    ("localhost", "/healthz", 503),
    ("localhost", "/theme.css", 200),
    ("localhost", "/rules", 200),
    ("localhost", "/terms/v1", 200),
    ("localhost", "/terms/v2", 200),
    ("localhost", "/log/keys", 200),
    ("localhost", "/log/tile/0/000", 404),
    ("acme.localhost", "/", 200),
    ("acme.localhost", "/certificates/", 200),
    ("acme.localhost", "/certificates/FM-1", 404),
    ("acme.localhost", "/certificates/fm 1", 302),
    ("acme.localhost", "/certificates/FM-1/verdict.json", 404),
    ("acme.localhost", "/.well-known/did.json", 200),
    ("acme.localhost", "/issuer.json", 200),
    ("acme.localhost", "/log/keys", 200),
    ("acme.localhost", "/log/checkpoint", 404),
    ("acme.localhost", "/theme.css", 200),
    ("acme.localhost", "/staff/", 302),
    ("acme.localhost", "/staff/login", 200),
    ("acme.localhost", "/staff/no-such-page", 404),
    ("acme.localhost", "/static/served.txt", 200),
    ("nobody.localhost", "/", 404),
    ("acme.localhost,globex.localhost", "/", 400),
]
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(autouse=True)
def body() -> None:
    make_tenant("acme")
    (Path(settings.STATIC_ROOT) / "served.txt").write_text("a static file")


@pytest.mark.parametrize(("host", "path", "status"), ANSWERS, ids=[f"{host}{path}" for host, path, _ in ANSWERS])
def test_every_answer_has_the_security_headers_and_varies_by_host(host: str, path: str, status: int) -> None:
    answer = Client().get(path, headers={"host": host})

    policy = answer["Content-Security-Policy"]
    assert answer.status_code == status
    assert "Host" in answer["Vary"]
    assert {name: answer[name] for name in EXPECTED} == EXPECTED
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self';" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer or path.startswith("/staff/")


def test_a_bug_is_a_page_with_the_same_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("defiso.registry.views.find_bodies", lambda number: 1 / 0)

    answer = Client(raise_request_exception=False).get("/certificates/?number=FM-1", headers={"host": "localhost"})

    assert answer.status_code == 500
    assert "Host" in answer["Vary"]
    assert "Content-Security-Policy" in answer
    assert "ZeroDivisionError" not in answer.content.decode()


def test_no_page_has_code_or_style_of_its_own() -> None:
    pages = [path for host, path, status in ANSWERS if host == "acme.localhost" and status == 200]
    for path in pages:
        text = b"".join(Client().get(path, headers={"host": "acme.localhost"})).decode()

        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), path


def test_the_staff_area_is_stored_nowhere_and_public_pages_are_asked_for_again() -> None:
    staff = Client().get("/staff/login", headers={"host": "acme.localhost"})
    public = Client().get("/", headers={"host": "acme.localhost"})

    assert "no-store" in staff["Cache-Control"]
    assert public["Cache-Control"] == "no-cache"


def test_under_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    program = (
        "import django, json; django.setup(); from defiso.web.middleware import HEADERS; print(json.dumps(HEADERS))"
    )
    secrets = {name: os.environ[name] for name in ("SECRET_KEY", "MASTER_KEY", "PLATFORM_KEY", "PATH")}
    given = {**secrets, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "defiso.settings"}
    found = {}
    for domain in ("localhost", "defiso.example"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**given, "BASE_DOMAIN": domain},
            cwd=BASE_DIR,
            capture_output=True,
            check=True,
        )
        found[domain] = json.loads(done.stdout).get("Strict-Transport-Security")

    assert found == {"localhost": None, "defiso.example": "max-age=31536000; includeSubDomains"}
