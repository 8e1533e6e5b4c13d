"""DynamoDB calls of what people do most, counted on a whole running copy: verify, list, issue, staff pages."""

import json
import sys
from collections import Counter
from typing import Any

from benchmarks.report import Report
from benchmarks.scene import Scene, finish
from tests.running_copy import LOG_IN_EMAIL, LOG_IN_PASSWORD

PAGES = {
    "verdict.json": "/certificates/{number}/verdict.json",
    "public page": "/certificates/{number}",
    "credential.json": "/certificates/{number}/credential.json",
    "certificate.pdf": "/certificates/{number}/certificate.pdf",
    "unknown number": "/certificates/NO-SUCH-{number}",
    "staff: list (with the session)": "/staff/certificates/?status=active",
    "staff: one certificate": "/staff/certificates/{number}/",
    "staff: audit log": "/staff/audit/",
    "staff: dashboard": "/staff/",
}


def measure(scene: Scene, report: Report) -> None:
    report.section("DynamoDB calls")
    given = json.dumps([scene.large.slug, scene.large.active[:2]])
    found = json.loads(finish(scene.start("-m", "benchmarks.bench_calls", given)))
    report.table(("", "nothing kept", "tenant kept", "asked again"), found["pages"])
    report.say(f"To issue, the service alone: {found['issue']}.", "")
    report.measure("dashboard calls", found["dashboard"])


def count_inside(slug: str, numbers: list[str]) -> None:
    """In a process of its own with the copy's settings: each page is asked for with ever more kept in memory."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from defiso.tenants.services import get_tenant
    from tests.memory import forget_everything
    from tests.staff import host_header

    browser = Client(
        headers={"host": host_header(get_tenant(slug)), "origin": f"http://{slug}.localhost:{settings.PORT}"}
    )
    answer = browser.post("/staff/login", {"email": LOG_IN_EMAIL, "password": LOG_IN_PASSWORD})
    assert answer.status_code == 302, answer.status_code
    rows, dashboard = [], 0
    for name, page in PAGES.items():
        one, other = (page.format(number=number) for number in numbers)
        forget_everything()
        runs = [_calls(browser, path) for path in (one, other, other)]
        rows.append([name, *map(_words, runs)])
        dashboard = len(runs[1])
    print(json.dumps({"pages": rows, "dashboard": dashboard, "issue": _words(_calls_of_issuing(slug))}))


def _calls(browser: Any, path: str) -> list[str]:
    from defiso.store.connection import counted_calls

    with counted_calls() as calls:
        answer = browser.get(path)
    assert answer.status_code in (200, 404), f"{path} answered {answer.status_code}"
    return calls


def _calls_of_issuing(slug: str) -> list[str]:
    from defiso.certificates.acts.draft import draft_certificate
    from defiso.certificates.acts.issue import issue_certificate
    from defiso.certificates.acts.submit import submit_certificate
    from defiso.store.connection import counted_calls
    from defiso.tenants.services import get_tenant
    from tests.certificates.making import content
    from tests.issuing import OWNER

    tenant = get_tenant(slug)
    draft_certificate(tenant=tenant, actor=OWNER, content=content(number="BENCH-CALLS"))
    submit_certificate(tenant=tenant, actor=OWNER, number="BENCH-CALLS")
    with counted_calls() as calls:
        issue_certificate(tenant=tenant, actor=OWNER, number="BENCH-CALLS")
    return calls


def _words(calls: list[str]) -> str:
    return f"{len(calls)}: " + ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in Counter(calls).items())


if __name__ == "__main__":
    count_inside(*json.loads(sys.argv[1]))
