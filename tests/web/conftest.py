"""A browser that reads the sample pages straight from memory: no server, the product's own policy headers."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, BrowserContext, Route

from defiso.web.middleware import CONTENT_SECURITY_POLICY
from defiso.web.stylesheet import join_imports
from defiso.web.theme import stylesheet_of
from tests.web.gallery import PAGES, TENANT, draw

ORIGIN = "http://gallery.localhost"  # *.localhost is trustworthy to browsers, as clipboard access needs
CSS = Path(settings.BASE_DIR) / "static/css"

type_of = mimetypes.guess_type


def stylesheet() -> str:
    """The one stylesheet as it is served."""
    return join_imports((CSS / "defiso.css").read_text(), lambda path: (CSS / path).read_text())


def answer(route: Route) -> None:
    path = route.request.url.removeprefix(f"{ORIGIN}/").split("?")[0].split("#")[0]
    if path == "static/css/defiso.css":
        route.fulfill(body=stylesheet(), content_type="text/css")
    elif path == "theme.css":
        route.fulfill(body=stylesheet_of(TENANT.accent), content_type="text/css")
    elif path in PAGES:
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        route.fulfill(body=draw(path), content_type="text/html; charset=utf-8", headers=headers)
    elif found := finders.find(path.removeprefix("static/")):
        route.fulfill(path=str(found), content_type=type_of(str(found))[0])
    else:
        route.fulfill(status=404)


@pytest.fixture(autouse=True)
def gallery_urls(settings: object) -> None:
    settings.ROOT_URLCONF = "tests.web.gallery_urls"  # type: ignore[attr-defined]


@pytest.fixture
def gallery(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """``gallery(width=390, color_scheme="dark")`` opens a context in which every sample page has an address."""
    opened: list[BrowserContext] = []

    def opening(width: int = 1280, height: int = 900, **options: object) -> BrowserContext:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, base_url=ORIGIN, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.route("**/*", answer)
        opened.append(context)
        return context

    yield opening
    for context in opened:
        context.close()
