"""Check in your browser, on a whole running copy: from the link on the certificate to the register's own answer."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect

from defiso.core.clock import today
from tests.browser.conftest import keep_picture
from tests.browser.test_every_page import Visitor, visitor
from tests.running_copy import RunningCopy

__all__ = ["visitor"]
SLUG, NUMBER = "quay", "45001-2024-000001"
EXPIRY = today() + timedelta(days=700)
SCRIPTS = sorted((Path(settings.BASE_DIR) / "static/js/check").iterdir())
MOST_OCTETS = 40_000  # as sent


@pytest.fixture(scope="module")
def quay(copy: RunningCopy, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> RunningCopy:
    """The copy with a body that has one certificate, anchored."""
    copy.add_tenant(SLUG, "Quay Certification")
    rows = (Path(settings.BASE_DIR) / "tests/data/register.csv").read_text().splitlines(keepends=True)[:2]
    register = tmp_path_factory.mktemp("register") / "register.csv"
    register.write_text("".join(rows).replace("20240106", f"{today():%Y%m%d}").replace("20270105", f"{EXPIRY:%Y%m%d}"))
    copy.manage("load_register", "--tenant", SLUG, str(register))
    page = browser.new_page()
    page.goto(f"{copy.origin(SLUG)}/certificates/{NUMBER}")
    expect(page.locator("[data-overall=valid]")).to_be_visible(timeout=30_000)
    page.close()
    return copy


def open_check(page: Page, copy: RunningCopy) -> None:
    page.goto(f"{copy.origin(SLUG)}/certificates/{NUMBER}/check")


def check_now(page: Page, overall: str) -> None:
    page.get_by_role("button", name="Check now").click()
    expect(page.locator(f"[data-answer] [data-overall={overall}]")).to_be_visible()


def test_each_step_passes_and_the_answer_is_the_registers(quay: RunningCopy, page: Page) -> None:
    page.goto(f"{quay.origin(SLUG)}/certificates/{NUMBER}")
    page.get_by_text("Technical evidence").click()
    page.get_by_role("link", name="Check in your browser").click()
    check_now(page, "valid")

    expect(page.get_by_text("Same answer as the register: yes.")).to_be_visible()
    results = page.locator("[data-steps] > li").evaluate_all("items => items.map(item => item.dataset.result)")
    assert results == ["pass"] * 18


def test_a_changed_pack_is_not_genuine_whatever_the_register_says(quay: RunningCopy, page: Page) -> None:
    pack = quay.get_json(f"/certificates/{NUMBER}/proof-pack.json", SLUG)
    changed = json.dumps(pack).replace(str(EXPIRY), "2199-12-31")
    page.route(re.compile(r"/proof-pack\.json$"), lambda route: route.fulfill(body=changed))
    open_check(page, quay)
    check_now(page, "not_genuine")

    expect(page.get_by_text("Same answer as the register: no.")).to_be_visible()
    expect(page.locator("[data-steps] > [data-result=fail]").first).to_contain_text("credential.json was changed")


def test_a_certificate_that_ran_out_since_its_newest_record_is_expired_to_both(quay: RunningCopy, page: Page) -> None:
    page.clock.set_system_time(datetime.combine(EXPIRY, datetime.min.time(), UTC) + timedelta(days=1))
    page.route(re.compile(r"/verdict\.json$"), lambda route: route.fulfill(body='{"overall": "expired"}'))
    open_check(page, quay)
    check_now(page, "expired")

    expect(page.get_by_text("Same answer as the register: yes.")).to_be_visible()


def test_a_check_stands_though_the_register_says_nothing(quay: RunningCopy, page: Page) -> None:
    page.route(re.compile(r"/verdict\.json$"), lambda route: route.fulfill(status=404))
    open_check(page, quay)
    check_now(page, "valid")

    expect(page.get_by_text("The register’s own answer is not to be had.")).to_be_visible()


def test_a_pack_that_is_not_to_be_had_could_not_be_checked(quay: RunningCopy, page: Page) -> None:
    page.route(re.compile(r"/proof-pack\.json$"), lambda route: route.fulfill(status=404))
    open_check(page, quay)
    check_now(page, "could_not_check")


def test_a_node_of_the_visitors_own_may_be_asked_by_https_or_on_this_machine_and_no_other(
    quay: RunningCopy, page: Page
) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="{}", headers={"Access-Control-Allow-Origin": "*"})

    for address in ("https://node.example/", "http://127.0.0.1:9545/"):
        page.route(address, answer)
    open_check(page, quay)
    page.get_by_label("Nodes of the blockchain").fill("https://node.example/\nhttp://127.0.0.1:9545/")
    check_now(page, "could_not_check")

    expect(page.get_by_text("Same answer as the register: not known.")).to_be_visible()
    assert set(asked) == {"https://node.example/", "http://127.0.0.1:9545/"}
    policy = page.evaluate("fetch(location.href).then(answer => answer.headers.get('content-security-policy'))")
    assert "connect-src 'self' https: http://127.0.0.1:* http://localhost:*;" in policy
    assert "script-src 'self';" in policy


def test_the_page_fits_and_has_no_fault_before_and_after_the_check(quay: RunningCopy, visitor: Visitor) -> None:
    visitor.visit("check-before", f"{quay.origin(SLUG)}/certificates/{NUMBER}/check")
    check_now(visitor.page, "valid")
    visitor.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    visitor.look("check-after")
    keep_picture(visitor.page, "14-checked-in-the-browser")

    assert visitor.complaints == {}


def test_without_javascript_the_page_says_what_to_do_instead(quay: RunningCopy, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_check(page, quay)

    expect(page.get_by_text("This page needs JavaScript.")).to_be_visible()
    expect(page.get_by_text("python verify.py proof-pack.zip")).to_be_visible()
    expect(page.get_by_role("button", name="Check now")).to_be_hidden()
    context.close()


def test_the_script_is_loaded_by_its_page_alone_and_small_as_sent(quay: RunningCopy, page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{quay.origin(SLUG)}/certificates/{NUMBER}")
    assert not [url for url in loaded if "/js/check/" in url]
    open_check(page, quay)
    page.wait_for_load_state("networkidle")

    assert len([url for url in loaded if re.search(r"/js/check/[a-z]+\.[0-9a-f]{12}\.js$", url)]) == len(SCRIPTS)
    assert sum(len(gzip.compress(script.read_bytes())) for script in SCRIPTS) < MOST_OCTETS
