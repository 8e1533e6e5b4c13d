"""``python -m tests.browser.picture``: the README picture of a public page, from a whole copy with the demo data."""

from pathlib import Path

from playwright.sync_api import expect

from tests.chromium import running_chromium
from tests.running_copy import running_copy

PICTURE = Path(__file__).resolve().parents[2] / "docs/images/certificate.png"
SIZE = {"width": 1120, "height": 790}


def take_picture() -> None:
    with running_copy() as copy, running_chromium() as chromium:
        copy.manage("seed_demo")
        page = chromium.new_page(viewport=SIZE, device_scale_factor=1.4, color_scheme="light")  # type: ignore[arg-type]
        page.goto(copy.origin("acme") + "/certificates/FM-12345-A")
        expect(page.locator("[data-overall=valid]")).to_be_visible(timeout=60_000)
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    take_picture()
