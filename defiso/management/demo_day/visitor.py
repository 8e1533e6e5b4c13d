"""Somebody with a browser, without the browser: follows links of a running copy and sends the forms of its pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

SECONDS = 60


class SurpriseError(Exception):
    """What came is not what should have come."""


@dataclass
class Form:
    """A form as a page has it: where it goes, and what it begins with."""

    action: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    address: str
    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def forms(self) -> list[Form]:
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms

    @property
    def said(self) -> str:
        """The words of the page in one line."""
        reader = _WordReader()
        reader.feed(self.text)
        return " ".join(" ".join(reader.words).split())


class Visitor:
    """``host`` is the one asked, such as acme.localhost:8000; every copy of this machine listens on 127.0.0.1."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._origin = f"http://127.0.0.1:{host.rpartition(':')[2]}"
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str) -> Page:
        """Raises SurpriseError unless the answer is 200."""
        return self._succeeding(self._ask(path))

    def get_json(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.get(path).body)
        return answer

    def send(self, path: str, values: Mapping[str, str], *, having: str = "") -> Page:
        """Fill in the form of a page, the one that goes to an address with ``having`` in it or has that field."""
        return self._succeeding(self.send_anyway(path, values, having=having))

    def send_anyway(self, path: str, values: Mapping[str, str], *, having: str = "") -> Page:
        """The same, whatever is answered."""
        page = self.get(path)
        found = [form for form in page.forms if "csrfmiddlewaretoken" in form.values]
        fitting = [form for form in found if not having or having in form.values or having in form.action]
        if not fitting:
            raise SurpriseError(f"{path} has no form to send: {page.said[:300]}")
        form = next((form for form in fitting if set(values) <= set(form.values)), fitting[0])
        return self._ask(urljoin(path, form.action or path), {**form.values, **values})

    def _ask(self, path: str, values: Mapping[str, str] | None = None) -> Page:
        data = None if values is None else urlencode(values).encode()
        request = Request(self._origin + path, data=data)  # noqa: S310 - of this machine, over HTTP
        request.add_header("Host", self.host)
        if data is not None:
            request.add_header("Origin", f"http://{self.host}")
        try:
            answer: HTTPResponse | HTTPError = self._open(request, timeout=SECONDS)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(path, answer.status or 0, answer.read())

    @staticmethod
    def _succeeding(page: Page) -> Page:
        if page.status != 200:
            raise SurpriseError(f"{page.address} answers {page.status}: {page.said[:600]}")
        return page


class _FormReader(HTMLParser):
    """The forms of a page with what a browser would send of them untouched; buttons are not pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._text_of = ""  # the textarea that is being read
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append(Form(given.get("action") or ""))
        elif not self.forms:
            return
        elif tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio", "submit") or "checked" in given:
                self._values[name] = given.get("value") or ""
        elif tag == "textarea" and name:
            self._text_of, self._values[name] = name, ""
        elif tag == "select":
            self._select = name
            self._values.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            self._values[self._select] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._text_of:
            self._values[self._text_of] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._values[self._text_of] = self._values[self._text_of].removeprefix("\n")
            self._text_of = ""
        elif tag == "select":
            self._select = ""

    @property
    def _values(self) -> dict[str, str]:
        return self.forms[-1].values


class _WordReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("head", "nav", "script", "svg")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("head", "nav", "script", "svg")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words.append(data)
