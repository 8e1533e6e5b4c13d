"""Reading a page as a browser does: what its form would send, and which problem stands beside which field."""

import re
from html import unescape
from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name:
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                self.fields[name] = value
        elif tag == "select":
            self._select = name
            self.fields.setdefault(name, "")
        elif tag == "option" and "selected" in given and self._select:
            self.fields[self._select] = value
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea" and self._textarea:
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n").removeprefix("\r\n")
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.fields[self._textarea] += data


def form_of(page: str) -> dict[str, str]:
    """What a browser would send if the form were submitted as it is shown, by any button without a name."""
    reader = _Form()
    reader.feed(page)
    return reader.fields


def field_errors(page: str) -> dict[str, str]:
    """The sentence beside each field that has one, by the field's name."""
    found = re.findall(r'<p class="error" id="([\w-]+)_error">.*?Error: </span>(.*?)</span>', page, re.DOTALL)
    return {name.removeprefix("id_"): unescape(sentence) for name, sentence in found}
