"""One whole running copy and one real browser for all browser tests; what they saw is kept in ``test-output``."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from tests.running_copy import LOG_IN_EMAIL, LOG_IN_PASSWORD, RunningCopy, running_copy

SCREENSHOTS = Path(settings.BASE_DIR) / "test-output" / "screenshots"


@pytest.fixture(scope="session")
def copy() -> Iterator[RunningCopy]:
    """A copy with one tenant, acme, and its owner."""
    with running_copy() as running:
        running.add_tenant("acme", "Acme Certification")
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when a script or the Content-Security-Policy complains."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    harmless = [text for text in complaints if "status of 404" in text or "status of 4" in text]
    assert [text for text in complaints if text not in harmless] == []


def log_in(page: Page, copy: RunningCopy, slug: str = "acme") -> None:
    page.goto(copy.origin(slug) + "/staff/")
    page.get_by_label("E-mail").fill(LOG_IN_EMAIL)
    page.get_by_label("Password", exact=True).fill(LOG_IN_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/staff/")


def keep_picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
