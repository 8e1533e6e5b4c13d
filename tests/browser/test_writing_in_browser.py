"""A draft written in a browser: left without a button it is saved, the keyboard is enough, single keys can be off."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.running_copy import RunningCopy


def begin(page: Page, copy: RunningCopy, number: str) -> str:
    log_in(page, copy)
    page.goto(copy.origin("acme") + "/staff/certificates/new")
    page.get_by_label("Legal name").fill("Example Foods Ltd")
    page.get_by_label("Standard and edition").select_option("9001:2015")
    page.get_by_label("Certificate number").fill(number)
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    return page.url


def tab_to(page: Page, label: str) -> None:
    """By the Tab key alone."""
    wanted = page.get_by_label(label, exact=True)
    for _press in range(60):
        if wanted.evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {label}")


def test_what_was_typed_is_saved_when_the_page_is_left_by_a_link(page: Page, copy: RunningCopy) -> None:
    draft = begin(page, copy, "LEFT 1")

    page.goto(f"{draft}/edit/standard")
    page.get_by_label("Scope", exact=True).fill("Typed and never saved by a button")
    page.get_by_role("link", name="Draft LEFT 1").click()
    page.wait_for_url(draft)

    history = page.get_by_text("Changed: scope")
    for _look in range(20):  # the browser sends it behind the next page's back
        page.goto(f"{draft}?tab=history")
        if history.count():
            break
    page.goto(f"{draft}/edit/standard")
    expect(page.get_by_label("Scope", exact=True)).to_have_value("Typed and never saved by a button")


def test_a_page_of_a_draft_is_written_with_the_keyboard_alone(page: Page, copy: RunningCopy) -> None:
    draft = begin(page, copy, "KEYS 1")

    page.goto(f"{draft}/edit/organisation")
    tab_to(page, "Registered address")
    page.keyboard.type("1 Wharf Street, Leeds")
    tab_to(page, "Country")
    page.keyboard.type("United Kingdom")
    page.keyboard.press("Enter")

    page.wait_for_url("**/edit/standard")
    page.goto(draft)
    expect(page.get_by_text("Example Foods Ltd, United Kingdom")).to_be_visible()


def test_single_keys_are_switched_off_for_good(page: Page, copy: RunningCopy) -> None:
    begin(page, copy, "SHORT 1")
    page.goto(copy.origin("acme") + "/staff/certificates/")
    page.keyboard.press("j")
    expect(page.locator("a.cover").first).to_be_focused()

    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Keys j and k walk lists: on").click()
    page.reload()
    page.keyboard.press("j")

    expect(page.locator("a.cover:focus")).to_have_count(0)
    page.locator(".account-menu summary").click()
    expect(page.get_by_role("button", name="Keys j and k walk lists: off")).to_be_visible()
