"""Every kind of page, refusal and damage as served, wide and light and on a dark phone: axe, policy, fit in any face.

Pictures are kept. Then the code on paper, and the whole flow without JavaScript.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS, log_in
from tests.browser.filling import SLUG
from tests.browser.test_issue_and_verify import fill_certificate
from tests.flows.addresses import ADDRESSES
from tests.running_copy import RunningCopy
from tests.typefaces import misfits

MULLER = "giesserei-m%C3%BCller-gmbh-co.-kg"  # who most certificates of harbour are of
VIEWS = {"wide": (1280, 900, "light"), "phone": (390, 844, "dark")}
# What axe finds may differ from the wide page only in these.
RULES_OF_A_VIEW = {"runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}
APEX = {
    "landing": "/",
    "landing-no-number": "/certificates/?number=-",
    "choose": "/certificates/?number=fm+12345+a",
    "apex-not-found": "/certificates/?number=nobody",
    "apex-rules": "/rules",
    "apex-log": "/log",
    "apex-log-entry": "/log/inclusion/0",
    "apex-organisation": f"/organisations/{MULLER}",
    "apex-organisation-none": "/organisations/nobody",
    "apex-404": "/nothing-here",
}
PUBLIC = {
    "portal": "/",
    "check": "/certificates/",
    "not-found": "/certificates/NOBODY",
    "confidential": "/certificates/CONFIDENTIAL-1",
    "valid": "/certificates/FM-12345-A",
    "suspended": "/certificates/SUSPENDED-1",
    "withdrawn": "/certificates/WITHDRAWN-1",
    "expired": "/certificates/9001-2023-000014",
    "unaccredited": "/certificates/UNACCREDITED-1",
    "many-sites": "/certificates/SITES-1",
    "long-scope": "/certificates/SCOPE-1",
    "japanese": "/certificates/JAPANESE-1",
    "damaged": "/certificates/DAMAGED-1",
    "older-revision": "/certificates/REVISED-1/revisions/1",
    "log": "/log",
    "log-wrong": "/log?position=first&older=&newer=",
    "log-entry": "/log/inclusion/1",
    "log-entry-beyond": "/log/inclusion/123456",
    "log-compared": "/log/consistency/1/1",
    "check-in-browser": "/certificates/FM-12345-A/check",
    "past-day": "/certificates/FM-12345-A?on=2020-01-01",
    "error-422": "/certificates/FM-12345-A?on=2099-01-01",
    "error-404": "/nothing-here",
    "organisation-public": f"/organisations/{MULLER}",
    "log-in": "/staff/login",
}
STAFF = {
    "dashboard": "/staff/",
    "list": "/staff/certificates/",
    "list-filtered": "/staff/certificates/?status=suspended&standard=9001",
    "list-empty": "/staff/certificates/?status=draft&standard=37001",
    "write-organisation": "/staff/certificates/DRAFT-1/edit/organisation",
    "write-standard": "/staff/certificates/DRAFT-1/edit/standard",
    "write-audits": "/staff/certificates/DRAFT-1/edit/audits",
    "write-dates": "/staff/certificates/DRAFT-1/edit/dates",
    "sites": "/staff/certificates/DRAFT-3/edit/sites",
    "site": "/staff/certificates/DRAFT-3/edit/sites/2",
    "paste-sites": "/staff/certificates/DRAFT-3/edit/sites/paste",
    "detail": "/staff/certificates/SUSPENDED-1",
    "draft": "/staff/certificates/DRAFT-3",
    "draft-as-it-will-read": "/staff/certificates/DRAFT-1?tab=details",
    "detail-decision": "/staff/certificates/FM-12345-A?tab=decision",
    "detail-history": "/staff/certificates/WITHDRAWN-1?tab=history",
    "detail-evidence": "/staff/certificates/FM-12345-A?tab=evidence",
    "submit": "/staff/certificates/DRAFT-1/submit",
    "submit-gaps": "/staff/certificates/DRAFT-2/submit",
    "issue": "/staff/certificates/REVIEW-1/issue",
    "return": "/staff/certificates/REVIEW-1/return",
    "refuse": "/staff/certificates/REVIEW-1/refuse",
    "revise": "/staff/certificates/FM-12345-A/revise",
    "renew": "/staff/certificates/FM-12345-A/renew",
    "reduce": "/staff/certificates/SUSPENDED-1/reduce",
    "restore-expired": "/staff/certificates/EXPIRED-1/restore-expired",
    "certify-again": "/staff/certificates/LAPSED-1/certify-again",
    "cancel": "/staff/certificates/FM-12345-A/cancel",
    "transfer-out": "/staff/certificates/FM-12345-A/transfer-out",
    "void": "/staff/certificates/FM-12345-A/void",
    "suspend": "/staff/certificates/FM-12345-A/suspend",
    "restore": "/staff/certificates/SUSPENDED-1/restore",
    "detail-proposed": "/staff/certificates/PROPOSED-1",
    "record-audit": "/staff/certificates/FM-12345-A/record-audit",
    "verify-findings": "/staff/certificates/REVISED-1/verify-findings",
    "detail-revisions": "/staff/certificates/REVISED-1?tab=revisions",
    "detail-audits": "/staff/certificates/REVISED-1?tab=decision",
    "transitions": "/staff/transitions/",
    "transition": "/staff/transitions/9001/2015",
    "proposal": "/staff/certificates/PROPOSED-1/withdraw/confirm",
    "organisations": "/staff/organisations/",
    "organisations-found": "/staff/organisations/?q=client",
    "organisations-none": "/staff/organisations/?q=nobody",
    "organisation": f"/staff/organisations/{MULLER}/",
    "organisation-to-revise": f"/staff/organisations/{MULLER}/certificates-to-revise",
    "organisation-merged": "/staff/organisations/client-limited/",
    "organisation-kept": "/staff/organisations/client-ltd/",
    "organisation-new": "/staff/organisations/new",
    "organisation-edit": f"/staff/organisations/{MULLER}/edit",
    "organisation-merge": "/staff/organisations/client-ltd/merge?q=gie",
    "organisation-merge-into": f"/staff/organisations/client-ltd/merge/{MULLER}",
    "proposal-void": "/staff/certificates/PROPOSED-2/void/confirm",
    "audit": "/staff/audit/",
    "blockchain": "/staff/blockchain/",
    "sessions": "/staff/sessions",
    "password": "/staff/password",
    "error-409": "/staff/certificates/WITHDRAWN-1/suspend",
    "error-500": "/staff/certificates/FAILING-1",
}

NO_PAGES = {
    *("healthz", "theme", "credentials:did", "credentials:profile", "status:list"),
    *(f"verification:{name}" for name in ("verdict", "credential", "proof", "qr", "never_issued", "pack", "pack_json")),
    *("verification:pdf", "verification:revision_pdf", "paper:preview", "paper:page", "paper:archive"),
    *("verification:statement", "organisations:pick"),
    *(f"log:{name}" for name in ("checkpoint", "keys", "tile", "inclusion_json", "consistency_json")),
}

# A browser shows it in a viewer of its own, where nothing of ours is to be found.
FETCHED = """async address => {
    const answer = await fetch(address);
    const headers = ["content-type", "content-disposition"].map(name => answer.headers.get(name));
    return [answer.status, ...headers, (await answer.text()).slice(0, 5)];
}"""


class Visitor:
    """Looks at each page in both views and gathers what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: dict[str, list[str]] = {}
        self._said: list[str] = []
        page.on("pageerror", lambda error: self._said.append(str(error)))
        page.on("console", lambda message: self._said.append(message.text) if message.type == "error" else None)

    def visit(self, name: str, address: str) -> None:
        self.page.goto(address)
        self.look(name)

    def look(self, name: str) -> None:
        """At the page as it stands, with everything folded opened; it is left wide and light."""
        self.page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
        found = [text for text in self._said if "Failed to load resource" not in text]
        self._said.clear()
        if self.page.locator("h1:visible").count() != 1:
            found.append("not one heading")
        found += self._axe()
        self._keep(name, "wide")
        self._turn("phone")
        found += self._axe(RULES_OF_A_VIEW)
        self._keep(name, "phone")
        self._turn("wide")
        found += misfits(self.page)
        if found:
            self.complaints[name] = found

    def _turn(self, view: str) -> None:
        width, height, scheme = VIEWS[view]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def _axe(self, options: dict[str, Any] | None = None) -> list[str]:
        violations = Axe().run(self.page, options=options).response["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in violations]

    def _keep(self, name: str, view: str) -> None:
        self.page.screenshot(path=SCREENSHOTS / view / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def filled(copy: RunningCopy, tmp_path_factory: pytest.TempPathFactory) -> RunningCopy:
    """The copy with harbour and summit; harbour also has the first rows of a real register."""
    for slug, name in ((SLUG, "Harbour Certification"), ("summit", "Summit Assurance")):
        copy.add_tenant(slug, name)
    rows = (Path(settings.BASE_DIR) / "tests/data/register.csv").read_text().splitlines(keepends=True)[:41]
    register = tmp_path_factory.mktemp("register") / "register.csv"
    register.write_text("".join(rows))
    copy.manage("load_register", "--tenant", SLUG, str(register))
    command = [sys.executable, "-m", "tests.browser.filling"]
    subprocess.run(command, env=copy.environment, cwd=settings.BASE_DIR, check=True, timeout=60)
    return copy


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    for view in VIEWS:
        (SCREENSHOTS / view).mkdir(parents=True, exist_ok=True)
    yield Visitor(context.new_page())
    context.close()


def test_every_address_that_answers_with_a_page_is_visited() -> None:
    paths = set((PUBLIC | STAFF).values()) - {"/nothing-here"}
    visited = {resolve(urlsplit(path).path, "defiso.urls.portal").view_name for path in paths}
    reached = {"anchoring:batch", "certificates:new", "certificates:withdraw"}
    pages = {name for name, address in ADDRESSES.items() if address.get == 200} - NO_PAGES
    pages |= {"verification:revision"}  # of an older revision; the newest is the certificate's own page

    assert visited | reached == pages


def test_no_public_page_has_a_fault(filled: RunningCopy, visitor: Visitor) -> None:
    wait_until_anchored(filled, visitor.page)
    for name, path in APEX.items():
        visitor.visit(name, filled.origin() + path)
    for name, path in PUBLIC.items():
        visitor.visit(name, filled.origin(SLUG) + path)

    assert visitor.complaints == {}


def test_no_page_of_the_staff_has_a_fault(filled: RunningCopy, visitor: Visitor) -> None:
    log_in(visitor.page, filled, SLUG)
    for name, path in STAFF.items():
        visitor.visit(name, filled.origin(SLUG) + path)
    for name, reach in REACHED.items():
        reach(visitor.page, filled.origin(SLUG))
        visitor.look(name)

    assert visitor.complaints == {}


def test_no_refusal_has_a_fault(filled: RunningCopy, visitor: Visitor) -> None:
    for name, reach in REFUSED.items():
        reach(visitor.page, filled.origin(SLUG))
        visitor.look(name)

    assert visitor.complaints == {}


def test_the_printed_page_carries_a_code_that_leads_back_to_it(filled: RunningCopy, visitor: Visitor) -> None:
    page = visitor.page
    with page.expect_response(re.compile(r"/qr\.svg$")) as answered:
        page.goto(filled.origin(SLUG) + "/certificates/FM-12345-A")
        assert not page.locator(".stamp img").is_visible()
        page.emulate_media(media="print")

    assert answered.value.status == 200
    assert "max-age" in answered.value.headers["cache-control"]
    expect(page.locator(".stamp img")).to_be_visible()


def test_the_pdf_is_had_from_the_public_page_and_many_from_the_list_of_the_staff(
    filled: RunningCopy, visitor: Visitor, tmp_path: Path
) -> None:
    page, portal = visitor.page, filled.origin(SLUG)
    page.goto(f"{portal}/certificates/FM-12345-A")
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    public = page.evaluate(FETCHED, address)
    log_in(page, filled, SLUG)
    page.goto(f"{portal}/staff/certificates/?status=active&standard=9001")
    page.get_by_label("Choose sites 1").check()
    with page.expect_download() as many:
        page.get_by_role("button", name="PDFs as one archive").click()
    many.value.save_as(tmp_path / "documents.zip")

    assert public == [200, "application/pdf", 'inline; filename="FM-12345-A.pdf"', "%PDF-"]
    with zipfile.ZipFile(tmp_path / "documents.zip") as archive:
        assert archive.namelist() == ["SITES-1.pdf"]


def test_everything_that_matters_works_without_javascript(copy: RunningCopy, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    log_in(page, copy)
    page.get_by_role("link", name="Certificates", exact=True).first.click()
    page.get_by_role("link", name="New certificate").first.click()
    fill_certificate(page, "PLAIN 7")
    page.get_by_role("link", name="Sites").click()
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Address of the site").fill("2 Wharf Street, Leeds")
    page.get_by_label("Country of the site").fill("United Kingdom")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Draft PLAIN 7").click()
    page.get_by_role("link", name=re.compile("^Submit")).click()
    page.get_by_role("button", name=re.compile("^Submit")).click()
    page.get_by_role("link", name=re.compile("^Issue")).click()
    page.get_by_role("button", name=re.compile("^Issue")).click()
    expect(page.get_by_text("Issued. The public page is open now.")).to_be_visible()
    page.goto(copy.origin("acme"))
    page.get_by_label("Certificate number").fill("plain-7")
    page.get_by_role("button", name="Check").click()

    expect(page.locator("[data-overall=valid], [data-overall=pending_anchor]")).to_be_visible()
    expect(page.get_by_text("2 Wharf Street, Leeds")).to_be_visible()
    expect(page.locator("[data-print]")).to_be_hidden()
    context.close()


def wait_until_anchored(copy: RunningCopy, page: Page) -> None:
    page.goto(copy.origin(SLUG) + "/certificates/SCOPE-1")
    expect(page.locator("[data-overall=valid]")).to_be_visible(timeout=30_000)


def open_batch(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/blockchain/")
    page.locator("a.cover").first.click()
    page.wait_for_url(re.compile("/staff/blockchain/."))


def second_page_of_the_list(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/")
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url(re.compile("cursor="))


def start_of_a_draft(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/new")


def start_of_a_copy(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/new?copy=FM-12345-A&standard=14001:2015")


def page_with_wrong_values(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/DRAFT-2/edit/standard")
    page.get_by_label("IAF codes").fill("999")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".error-summary")).to_be_visible()


def page_with_a_row_more(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/DRAFT-2/edit/audits")
    page.get_by_role("button", name="Add an audit").click()
    expect(page.get_by_role("group", name="Audit 2")).to_be_visible()


def pasted_rows(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/DRAFT-2/edit/sites")
    page.get_by_label("Rows from your spreadsheet").fill(
        "Works 1\tHafenweg 1\tRuritania\n工場\t東京都千代田区\tJP\tポンプ"
    )
    page.get_by_role("button", name="Read the rows").click()
    expect(page.get_by_text("2 rows read")).to_be_visible()


def withdrawal_with_errors(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/certificates/FM-12345-A/withdraw")
    page.get_by_role("button", name="Withdraw certificate").click()
    expect(page.locator(".error-summary")).to_be_visible()


def wrong_password(page: Page, origin: str) -> None:
    page.goto(origin + "/staff/login")
    page.get_by_label("E-mail").fill("nobody@harbour.example")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".error-summary, .error-page")).to_be_visible()


def locked_out(page: Page, origin: str) -> None:
    for _attempt in range(8):
        wrong_password(page, origin)
        if page.locator(".error-page").count() or "seconds" in page.locator("main").inner_text():
            return
    raise AssertionError("never locked out")


def form_of_our_own(fields: int) -> Callable[[Page, str], None]:
    """Send the log-in address a form with this many fields and no token."""

    def reach(page: Page, origin: str) -> None:
        page.goto(origin + "/staff/login")
        with page.expect_navigation():
            page.evaluate(SEND_FORM, fields)
        expect(page.locator(".error-page")).to_be_visible()

    return reach


SEND_FORM = """fields => {
    const form = Object.assign(document.createElement("form"), {method: "post"});
    for (let index = 0; index < fields; index++) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name: `field${index}`}));
    }
    document.body.append(form);
    form.submit();
}"""
REACHED: dict[str, Callable[[Page, str], None]] = {
    "batch": open_batch,
    "list-second-page": second_page_of_the_list,
    "start": start_of_a_draft,
    "start-of-a-copy": start_of_a_copy,
    "write-wrong": page_with_wrong_values,
    "write-a-row-more": page_with_a_row_more,
    "pasted-sites": pasted_rows,
    "withdraw-errors": withdrawal_with_errors,
}
REFUSED: dict[str, Callable[[Page, str], None]] = {
    "log-in-wrong": wrong_password,
    "log-in-locked": locked_out,
    "error-400": form_of_our_own(5001),
    "error-403": form_of_our_own(1),
}
