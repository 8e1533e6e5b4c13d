"""DynamoDB calls of what people do most, counted on a whole running copy: verify, list, issue, staff pages."""

import os
import subprocess
import sys
import time
from collections import Counter

from tests.running_copy import LOG_IN_EMAIL, LOG_IN_PASSWORD, ROOT, running_copy

SLUG = "acme"
NUMBER = "9001-2026-000004"  # active in the register


def main() -> None:
    with running_copy() as copy:
        copy.add_tenant(SLUG, "Acme Certification")
        copy.manage("load_register", "--tenant", SLUG, str(ROOT / "tests/imports/data/register-120.csv"))
        until = time.monotonic() + 60
        while copy.get_json(f"/certificates/{NUMBER}/verdict.json", SLUG)["overall"] != "valid":
            if time.monotonic() > until:
                raise RuntimeError("not anchored within 60 s")
            time.sleep(0.5)
        subprocess.run([sys.executable, "-m", "benchmarks.bench_calls", "inside"], env=copy.environment, check=True)


def count_inside() -> None:
    """In a process of its own with the copy's settings: each request is made with ever more kept in memory."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from defiso.tenants.services import get_tenant
    from tests.staff import host_header

    browser = Client(
        headers={"host": host_header(get_tenant(SLUG)), "origin": f"http://{SLUG}.localhost:{settings.PORT}"}
    )
    _log_in(browser)
    page = f"/certificates/{NUMBER}"
    print(f"{'':32}{'nothing kept':>34}{'tenant kept':>34}{'document kept too':>28}")
    for name, path in (
        ("verdict.json", f"{page}/verdict.json"),
        ("public page", page),
        ("credential.json", f"{page}/credential.json"),
        ("unknown number", "/certificates/NO-SUCH-NUMBER"),
        ("staff: list (with the session)", "/staff/certificates/?status=active"),
        ("staff: one certificate", f"/staff/certificates/{NUMBER}/"),
        ("staff: audit log", "/staff/audit/"),
    ):
        _forget_tenant()
        _forget_document()
        cold = _calls(browser, path)
        _forget_document()
        print(f"{name:32}{cold:>34}{_calls(browser, path):>34}{_calls(browser, path):>28}")
    print(f"{'issue (the service alone)':32}{'':>34}{_calls_of_issuing():>34}")


def _log_in(browser: object) -> None:
    answer = browser.post("/staff/login", {"email": LOG_IN_EMAIL, "password": LOG_IN_PASSWORD})
    assert answer.status_code == 302, answer.status_code


def _calls(browser: object, path: str) -> str:
    from defiso.store.connection import counted_calls

    with counted_calls() as calls:
        answer = browser.get(path)
    assert answer.status_code in (200, 404), f"{path} answered {answer.status_code}"
    return _words(calls)


def _calls_of_issuing() -> str:
    from defiso.certificates.acts.draft import draft_certificate
    from defiso.certificates.acts.issue import issue_certificate
    from defiso.store.connection import counted_calls
    from defiso.tenants.services import get_tenant
    from tests.certificates.making import content
    from tests.issuing import OWNER

    tenant = get_tenant(SLUG)
    draft_certificate(tenant=tenant, actor=OWNER, content=content(number="BENCH-1"))
    with counted_calls() as calls:
        issue_certificate(tenant=tenant, actor=OWNER, number="BENCH-1")
    return _words(calls)


def _words(calls: list[str]) -> str:
    return f"{len(calls)}: " + ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in Counter(calls).items())


def _forget_tenant() -> None:
    from defiso.credentials.services import forget_cached_keys
    from defiso.tenants.services import forget_cached_tenants

    forget_cached_tenants()
    forget_cached_keys()


def _forget_document() -> None:
    from defiso.verification.evidence import forget_checked_evidence
    from defiso.verification.history import forget_history

    forget_checked_evidence()
    forget_history()


if __name__ == "__main__":
    os.chdir(ROOT)
    count_inside() if sys.argv[1:] == ["inside"] else main()
