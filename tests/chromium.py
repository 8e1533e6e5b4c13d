"""The browser of the browser tests: Debian's Chromium or what stands in its place,
without its background chatter and with the same typefaces on every machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.typefaces import write_configuration

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path, "no Chromium was found: `make browser` installs Debian's"
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        environment = {**os.environ, "FONTCONFIG_FILE": str(write_configuration(Path(folder)))}
        chromium = playwright.chromium.launch(executable_path=path, args=OPTIONS, env=environment)
        yield chromium
        chromium.close()
