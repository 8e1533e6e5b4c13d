"""Reading a file of standards, whoever wrote it: all of it is right, or every fault is named and nothing is used.

Its shape is that of ``data/standards.json``.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from defiso.certificates.editions import Edition, Transition
from defiso.certificates.limits import SHORT
from defiso.core.characters import is_blank, problem_with_characters
from defiso.core.errors import InvalidError

MOST_BYTES = 300_000  # the row that keeps it has room for 400 KB
CONFIDENCE = {"confirmed": True, "unconfirmed": False}
LAST_DAYS = ("body_ready", "last_new", "end", "grace")
LONGEST = {"name": 200, "clause": 200, "source": 1000}
MOST_FAULTS = 20
_code = re.compile(r"\d{3,6}(-\d{1,2})?").fullmatch
_year = re.compile(r"(19|20)\d{2}").fullmatch
_published = re.compile(r"\d{4}-\d{2}(-\d{2})?").fullmatch


def read_standards(data: bytes) -> list[Edition]:
    """The editions of a file, in its order. Raises InvalidError, whose ``fields`` name the faults by path."""
    if len(data) > MOST_BYTES:
        raise InvalidError(f"A file of standards has at most {MOST_BYTES // 1000} kB.")
    try:
        table = json.loads(data)
    except ValueError as error:
        raise InvalidError(f"This is no JSON: {error}.") from error
    faults = dict(_faults_of(table))
    if faults:
        told = [f"{path}: {sentence}" for path, sentence in faults.items()]
        more = f" And {len(told) - MOST_FAULTS} more." if len(told) > MOST_FAULTS else ""
        raise InvalidError(f"Nothing was loaded. {' '.join(told[:MOST_FAULTS])}{more}", faults)
    return [
        _edition(standard, edition, table.get("source", ""))
        for standard in table["standards"]
        for edition in standard["editions"]
    ]


def _edition(standard: Mapping[str, Any], edition: Mapping[str, Any], source: str) -> Edition:
    transition = edition.get("transition")
    return Edition(
        code=standard["code"],
        edition=edition["edition"],
        title=edition["title"],
        name=standard["name"],
        published=edition["published"],
        is_confirmed=CONFIDENCE[edition.get("confidence", "confirmed")],
        source=edition.get("source", source),
        transition=_transition(transition) if transition else None,
    )


def _transition(told: Mapping[str, Any]) -> Transition:
    days = {name: date.fromisoformat(told[name]) if name in told else None for name in LAST_DAYS}
    return Transition(**days, is_confirmed=CONFIDENCE[told["confidence"]], clause=told["clause"], source=told["source"])


def _faults_of(table: object) -> Iterator[tuple[str, str]]:
    if not isinstance(table, dict) or not isinstance(table.get("standards"), list):
        yield "standards", "A file of standards is an object with a list of them."
        return
    yield from _unknown("", table, {"source", "standards"})
    seen: dict[str, str] = {}
    for number, standard in enumerate(table["standards"]):
        path = f"standards.{number}"
        if not isinstance(standard, dict) or not isinstance(standard.get("editions"), list):
            yield path, "A standard is an object with a list of editions."
            continue
        yield from _unknown(path, standard, {"code", "name", "editions"})
        yield from _text_faults(path, standard, code=_is_code, name=_is_text("name"))
        for index, edition in enumerate(standard["editions"]):
            yield from _faults_of_edition(f"{path}.editions.{index}", standard, edition, seen)


def _faults_of_edition(path: str, standard: dict[str, Any], edition: Any, seen: dict[str, str]) -> Iterator[Any]:
    if not isinstance(edition, dict):
        yield path, "An edition is an object."
        return
    yield from _unknown(path, edition, {"edition", "title", "published", "confidence", "source", "transition"})
    checks: dict[str, Callable[[str], str]] = {"edition": _is_year, "title": _is_title, "published": _is_published}
    optional = {"confidence": _is_confidence, "source": _is_text("source")}
    checks |= {name: check for name, check in optional.items() if name in edition}
    yield from _text_faults(path, edition, **checks)
    title = str(edition.get("title"))
    if not title.endswith(f"{standard.get('code')}:{edition.get('edition')}"):
        yield f"{path}.title", "A title ends with code and year, such as ISO 9001:2015."
    for name in (title, f"{standard.get('code')}:{edition.get('edition')}"):
        folded = "".join(name.split()).casefold()
        if folded in seen:
            yield path, f"{name} is here twice; the first is {seen[folded]}."
        seen[folded] = path
    if "transition" in edition:
        yield from _faults_of_transition(f"{path}.transition", edition["transition"])


def _faults_of_transition(path: str, told: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(told, dict):
        yield path, "A transition is an object."
        return
    yield from _unknown(path, told, {*LAST_DAYS, "confidence", "clause", "source"})
    days = {name: _is_day for name in LAST_DAYS if name in told}
    texts = {"confidence": _is_confidence, "clause": _is_text("clause"), "source": _is_text("source")}
    faults = list(_text_faults(path, told, **days, **texts))
    yield from faults
    known = [told[name] for name in ("last_new", "end", "grace") if name in told]
    if not faults and known != sorted(known):
        yield path, "The last new decision is not after the end, and the grace not before it."


def _text_faults(path: str, told: Mapping[str, Any], **checks: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for name, check in checks.items():
        value = told.get(name)
        if problem := check(value) if isinstance(value, str) else "Give a text.":
            yield f"{path}.{name}", problem


def _unknown(path: str, told: Mapping[str, Any], known: set[str]) -> Iterator[tuple[str, str]]:
    """A member that nobody reads is a misspelt one: its date would be left out in silence."""
    for name in told:
        if name not in known:
            yield f"{path}.{name[:SHORT]}".removeprefix("."), "There is no such member."


def _is_code(text: str) -> str:
    return "" if _code(text) else "A code looks like 9001 or 20000-1."


def _is_year(text: str) -> str:
    return "" if _year(text) else "An edition is its year, such as 2015."


def _is_title(text: str) -> str:
    return problem_with_characters(text) or ("" if len(text) <= SHORT else f"At most {SHORT} characters.")


def _is_published(text: str) -> str:
    return _is_day(text if len(text) > 7 else f"{text}-01") if _published(text) else "Write 2026-04-15, or 2026-04."


def _is_day(text: str) -> str:
    try:
        return "" if date.fromisoformat(text).isoformat() == text else "Write a day as 2026-04-15."
    except ValueError:
        return "This is not a day, such as 2026-04-15."


def _is_confidence(text: str) -> str:
    return "" if text in CONFIDENCE else f"Either {' or '.join(CONFIDENCE)}."


def _is_text(name: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if is_blank(text):
            return "Say it."
        return problem_with_characters(text) or ("" if len(text) <= LONGEST[name] else f"At most {LONGEST[name]}.")

    return check
