"""The script of "Check in your browser" on a blank page of real Chromium: its modules as they are, packs passed in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Page

QUICKLY = 0.01  # seconds between two looks at whether it is to stop
SCRIPTS = Path(settings.BASE_DIR) / "static/js/check"
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
    """A page of this machine, as which it has Web Cryptography and may ask nodes that run here."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Scripts, directory=str(SCRIPTS)))
    thread = threading.Thread(target=server.serve_forever, args=(QUICKLY,))
    thread.start()
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
    finally:
        page.close()
        server.shutdown()
        thread.join()
        server.server_close()


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


class _Scripts(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""
