"""``python -m tests.browser.picture``: the pictures of the documents, from a whole copy with the demo data."""

from pathlib import Path

from playwright.sync_api import expect

from tests.chromium import running_chromium
from tests.running_copy import running_copy

PICTURES = Path(__file__).resolve().parents[2] / "docs/images"
SIZE = {"width": 1120, "height": 790}


def take_pictures() -> None:
    with running_copy() as copy, running_chromium() as chromium:
        copy.manage("seed_demo")
        page = chromium.new_page(viewport=SIZE, device_scale_factor=1.4, color_scheme="light")  # type: ignore[arg-type]
        page.goto(copy.origin("acme") + "/certificates/FM-12345-A")
        expect(page.locator("[data-overall=valid]")).to_be_visible(timeout=60_000)
        page.screenshot(path=PICTURES / "certificate.png")
        page.get_by_text("Technical evidence").click()
        page.get_by_role("link", name="Check in your browser").click()
        page.get_by_role("button", name="Check now").click()
        expect(page.get_by_text("Same answer as the register: yes.")).to_be_visible()
        page.screenshot(path=PICTURES / "check.png")


if __name__ == "__main__":
    take_pictures()
