"""The script of "Check in your browser" on a blank page of real Chromium: its modules as they are, packs passed in."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Page, Route

SCRIPTS = Path(settings.BASE_DIR) / "static/js/check"
ORIGIN = "http://check.localhost"  # Web Cryptography is for secure pages, of which those of this machine are
CHECK = """async ([common, cases, told]) => {
  const { Check } = await import("/check.js");
  const outcomes = [];
  for (const files of cases) {
    const lines = [];
    const check = new Check({ ...common, ...files }, told);
    const code = await check.run(({ result, file, found }) => { lines.push([result, file, found]); });
    outcomes.push([code, lines]);
  }
  return outcomes;
}"""

Outcome = tuple[int, list[list[str]]]


@contextmanager
def blank_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route(f"{ORIGIN}/*", _serve)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


def check(page: Page, packs: list[dict[str, bytes]], **told: Any) -> list[Outcome]:
    """Of each pack the code that ``verify.py`` would exit with, and [result, file, sentence] of each step."""
    texts = [{name: octets.decode() for name, octets in pack.items()} for pack in packs]
    common = {name: text for name, text in texts[0].items() if all(pack.get(name) == text for pack in texts)}
    cases = [{name: text for name, text in pack.items() if name not in common} for pack in texts]
    outcomes: list[Outcome] = page.evaluate(CHECK, [common, cases, told])
    return outcomes


def says(lines: list[list[str]], finding: str, file: str) -> bool:
    """Whether a step about this file ended as ``verify.py`` writes it: PASS, FAIL or UNKNOWN."""
    return any((result.upper(), name) == (finding, file) for result, name, _found in lines)


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    if not name:
        return route.fulfill(body="<!doctype html><title>Check</title>", content_type="text/html")
    return route.fulfill(path=SCRIPTS / name, content_type=mimetypes.guess_type(name)[0])
