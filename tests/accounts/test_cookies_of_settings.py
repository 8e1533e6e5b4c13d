"""The cookies' names and flags as production settings make them: read by a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = (
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "DEVICE_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_HTTPONLY",
    "USE_X_FORWARDED_HOST",
)
PROGRAM = f"""
import json
from django.conf import settings
import defiso.settings
names = {NAMES!r}
domains = ["SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"]
from defiso.web.flash import HostMessages
found = [getattr(settings, name) for name in names] + [getattr(settings, name) for name in domains]
print(json.dumps(found + [HostMessages.cookie_name]))
"""


@pytest.mark.parametrize(
    ("environment", "prefix", "secure"),
    [
        ({"BASE_DOMAIN": "defiso.example"}, "__Host-", True),
        ({"BASE_DOMAIN": "defiso.example", "DEBUG": "true"}, "__Host-", True),
        ({"BASE_DOMAIN": "localhost"}, "", False),
        ({"BASE_DOMAIN": "localhost", "HTTPS": "true"}, "__Host-", True),
    ],
)
def test_cookies_are_host_only_and_under_https_bound_to_the_host_by_name(
    environment: dict[str, str], prefix: str, secure: bool, tmp_path: Path
) -> None:
    secrets = {name: os.environ[name] for name in ("SECRET_KEY", "MASTER_KEY", "PLATFORM_KEY", "PATH")}
    given = {**secrets, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "defiso.settings", **environment}
    root = Path(__file__).resolve().parents[2]

    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=given, cwd=root, capture_output=True, check=True
    ).stdout

    session, csrf, device, *rest = json.loads(printed)
    session_secure, csrf_secure, *script_and_host, session_domain, csrf_domain, flash = rest
    assert (session, csrf, device) == (f"{prefix}session", f"{prefix}csrftoken", f"{prefix}device")
    assert flash == f"{prefix}messages"
    assert (session_secure, csrf_secure) == (secure, secure)
    assert script_and_host == [True, True, False]
    assert (session_domain, csrf_domain) == (None, None)
