"""The flow the product exists for, as its users do it: log in, draft, issue, and anyone sees it turn valid."""

import re
from datetime import timedelta

from playwright.sync_api import Browser, Page, Route, expect

from defiso.core.clock import today
from tests.browser.conftest import keep_picture, log_in
from tests.running_copy import RunningCopy

NUMBER = "QM 2026/0042"


def fill_certificate(page: Page, number: str = NUMBER) -> None:
    """From the page of a new certificate to the list of tasks."""
    start = today() - timedelta(days=30)
    page.get_by_label("Legal name").fill("Example Foods Ltd")
    page.get_by_label("Standard and edition").select_option("9001:2015")
    page.get_by_label("Certificate number").fill(number)
    page.get_by_role("button", name="Begin the draft").click()
    page.get_by_role("link", name="Organisation", exact=True).click()
    page.get_by_label("Registered address").fill("1 Wharf Street, Leeds LS2 7EQ")
    page.get_by_label("Country", exact=True).fill("GB")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Scope", exact=True).fill("Manufacture and distribution of chilled ready meals")
    page.get_by_label("IAF codes").fill("3")
    page.get_by_label("Yes").check()
    page.get_by_label("Accreditation body").fill("UKAS")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Save and continue").click()
    for label in ("Original certification", "Decision", "Effective from", "Issued"):
        page.get_by_label(re.compile(f"^{label}")).fill(start.isoformat())
    page.get_by_label("Expires").fill((start + timedelta(days=1094)).isoformat())
    page.get_by_role("button", name="Save and continue").click()


def test_staff_issue_a_certificate_and_its_public_page_turns_from_pending_to_valid(
    page: Page, copy: RunningCopy
) -> None:
    log_in(page, copy)
    keep_picture(page, "01-dashboard-empty")
    page.get_by_role("link", name="Certificates").first.click()
    page.get_by_role("link", name="New certificate").first.click()
    keep_picture(page, "02-new-certificate")
    fill_certificate(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(NUMBER)
    keep_picture(page, "03-draft")
    page.get_by_role("link", name=re.compile("^Submit")).click()
    page.get_by_role("button", name=re.compile("^Submit")).click()
    page.get_by_role("link", name=re.compile("^Issue")).click()
    keep_picture(page, "04-confirm-issue")
    page.get_by_role("button", name=re.compile("^Issue")).click()
    expect(page.get_by_text("Issued. The public page is open now.")).to_be_visible()
    keep_picture(page, "05-issued")

    page.goto(copy.origin("acme") + "/certificates/qm-2026-0042")
    expect(page).to_have_url(copy.origin("acme") + "/certificates/QM-2026-0042")
    keep_picture(page, "06-public-pending-or-valid")
    expect(page.locator("[data-overall=valid]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-verdict=anchor][data-result=pass]")).to_be_visible()
    expect(page.get_by_text("Example Foods Ltd").first).to_be_visible()
    keep_picture(page, "07-public-valid")


def test_anyone_finds_a_certificate_from_the_registrys_one_box(page: Page, copy: RunningCopy) -> None:
    page.goto(copy.origin())
    keep_picture(page, "10-registry")
    page.get_by_label("Certificate number").fill("qm 2026 0042")
    page.get_by_role("button", name="Check").click()

    expect(page).to_have_url(copy.origin("acme") + "/certificates/QM-2026-0042")
    expect(page.locator("[data-overall]")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(copy.origin() + "/")


def test_the_registrys_one_box_leads_there_without_javascript_and_where_refreshing_is_switched_off(
    browser: Browser, copy: RunningCopy
) -> None:
    address = copy.origin("acme") + "/certificates/QM-2026-0042"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(copy.origin())
    page.get_by_label("Certificate number").fill("qm 2026 0042")
    page.get_by_label("Certificate number").press("Enter")
    expect(page).to_have_url(address)

    page.route("**/certificates/?*", _without_refreshing)
    page.goto(copy.origin() + "/certificates/?number=qm+2026+0042")
    keep_picture(page, "10-found")
    page.get_by_role("link", name="QM 2026/0042").click()

    expect(page).to_have_url(address)
    context.close()


def _without_refreshing(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: text for name, text in answer.headers.items() if name != "refresh"})


def test_a_number_nobody_issued_gets_an_explanation(page: Page, copy: RunningCopy) -> None:
    page.goto(copy.origin("acme") + "/certificates/")
    page.get_by_label("Certificate number").fill("no such number")
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("confidential"))).to_be_visible()
    keep_picture(page, "11-not-found")


def test_suspending_tells_the_public_at_once(page: Page, copy: RunningCopy) -> None:
    log_in(page, copy)
    page.goto(copy.origin("acme") + "/staff/certificates/QM-2026-0042/")
    page.get_by_role("link", name="Suspend").click()
    page.get_by_label("Reason").fill("Major nonconformity not closed in time")
    page.get_by_label(re.compile("^Review")).fill((today() + timedelta(days=60)).isoformat())
    keep_picture(page, "12-suspend")
    page.get_by_role("button", name=re.compile("Suspend")).click()
    expect(page.get_by_text("Suspended.", exact=True)).to_be_visible()

    page.goto(copy.origin("acme") + "/certificates/QM-2026-0042")

    expect(page.locator("[data-overall=suspended]")).to_be_visible()
    keep_picture(page, "13-public-suspended")
