"""Which contents are allowed: one function for the form, the services and the register loader.

The tables it reads are in ``limits``; a problem names its field by path, such as ``sites.0.address``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from defiso.certificates.content import Content
from defiso.certificates.limits import (
    DATES,
    MOST_BYTES,
    MOST_ROWS,
    OF_SEVERAL_LINES,
    REQUIRED,
    REQUIRED_IN_ROW,
    SHORT,
    TEXTS,
)
from defiso.certificates.members import problems_of_members
from defiso.certificates.problems import NEVER_KEPT, NOT_A_DATE, Code, Problem, read_day
from defiso.certificates.reference import CERTIFICATION_TYPES, COUNTRIES, IAF_CODES
from defiso.certificates.rules.table import EFFECTIVE, FIRST_CYCLE
from defiso.certificates.standards import edition_of
from defiso.core.characters import is_blank, problem_with_characters, unfit_for_number
from defiso.core.dates import months_after, write_day, years_after
from defiso.core.numbers import MOST_SLUG_BYTES, slug_of

__all__ = [
    "CYCLE_YEARS",
    "NOT_A_DATE",
    "Code",
    "Problem",
    "cycle_warning",
    "draft_problems",
    "problems_in",
    "read_day",
    "validate_content",
]

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*").fullmatch
NACE_CODE = re.compile(r"[A-V]?\d{2}(\.\d{1,2})?|[A-V]").fullmatch  # NACE Rev. 2.1, sections A to V
LANGUAGES = ("scopeLanguage", "scopes.*.language")
CYCLE_YEARS = 3
EARLY_DECISION_MONTHS = 6  # before the last expiry, which the new cycle counts from
SHORTEST_FIRST_CYCLE_YEARS = 2


def validate_content(content: Content, *, latest_expiry: date | None = None) -> dict[str, str]:
    """The first problem of each field by its path; empty if a certificate may be issued with this content.

    ``latest_expiry`` is the last day that an act computed for it, None for a first certification.
    """
    found: dict[str, str] = {}
    for problem in problems_in(content, latest_expiry=latest_expiry):
        found.setdefault(problem.field, problem.sentence)
    return found


def draft_problems(content: Content) -> list[Problem]:
    """What may not even be kept in a draft: what no row can hold, and a gap where it is listed, its name and standard.

    Everything else that is wrong is kept as it was typed, and marked, so that nothing is lost on the way.
    """
    always = ("organisation.legalName", "standard.title")
    return [problem for problem in problems_in(content) if problem.code in NEVER_KEPT or problem.field in always]


def problems_in(content: Content, *, latest_expiry: date | None = None) -> list[Problem]:
    """All problems, gravest kind first."""
    return [
        *_problems_of_characters(content),
        *_missing(content),
        *_problems_of_size(content),
        *_bad_dates(content),
        *_unknown_terms(content),
        *_contradictions(content, latest_expiry),
        *problems_of_members(content),
    ]


def cycle_warning(content: Content) -> str:
    """What to make sure of where a cycle lasts longer than three years, as it lawfully may; empty where it does not.

    The new cycle of a recertification counts from the end of the one before (ISO/IEC 17021-1:2015, 9.6.3.2.3), which
    a content does not tell.
    """
    effective, expires = read_day(content.get("effectiveDate")), read_day(content.get("expiryDate"))
    if effective is None or expires is None or expires <= years_after(effective, CYCLE_YEARS):
        return ""
    ended = years_after(expires, -CYCLE_YEARS)
    return f"It expires over three years after it took effect: right if the cycle before ended on {write_day(ended)}."


def _latest_expiry(original: date | None, effective: date) -> date:
    """Three years from a first certification; half a year more for a recertification decided before the last expiry."""
    last = years_after(effective, CYCLE_YEARS)
    is_recertification = original is not None and years_after(original, SHORTEST_FIRST_CYCLE_YEARS) <= effective
    return min(date.max, months_after(last, EARLY_DECISION_MONTHS)) if is_recertification else last


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the content with its path, such as ``sites.0.name``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _texts(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _texts(member, f"{path}.{index}")


def _pattern(path: str) -> str:
    return re.sub(r"\.\d+(?=\.|$)", ".*", path)


def _problems_of_characters(content: Content) -> Iterator[Problem]:
    for path, text in _texts(content):
        if sentence := problem_with_characters(text, several_lines=_pattern(path) in OF_SEVERAL_LINES):
            yield Problem(path, Code.CONTROL_CHARACTERS, sentence)
    if unfit := unfit_for_number(content.get("number", "")):
        sentence = f"A number has letters, digits, spaces and marks that everybody can see and type, not {unfit}."
        yield Problem("number", Code.CONTROL_CHARACTERS, sentence)


def _at(content: Mapping[str, Any], path: str) -> Any:
    value: Any = content
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _missing(content: Content) -> Iterator[Problem]:
    for path, words in REQUIRED.items():
        if is_blank(_at(content, path)):
            yield Problem(path, Code.MISSING_REQUIRED, f"Give {words}.")
    for rows, members in REQUIRED_IN_ROW.items():
        for index, row in enumerate(_at(content, rows) or []):
            for member, words in members.items():
                if is_blank(row.get(member)):
                    yield Problem(f"{rows}.{index}.{member}", Code.MISSING_REQUIRED, f"Give {words}.")
    if _at(content, "accreditation.accredited") and is_blank(_at(content, "accreditation.body")):
        yield Problem("accreditation.body", Code.MISSING_REQUIRED, "Name the body that accredits this certification.")
    if content.get("confidential") and is_blank(content.get("confidentialityReason")):
        yield Problem("confidentialityReason", Code.MISSING_REQUIRED, "Say why this certificate is kept confidential.")


def _problems_of_size(content: Content) -> Iterator[Problem]:
    for path, text in _texts(content):
        most = TEXTS[_pattern(path)]
        if len(text) > most:
            yield Problem(path, Code.TOO_LONG, f"At most {most:,} characters; this has {len(text):,}.")
    for path, most in MOST_ROWS.items():
        size = len(_at(content, path) or [])
        if size > most:
            yield Problem(path, Code.TOO_LONG, f"At most {most}; there are {size}.")
    if len(slug_of(content.get("number", "")).encode(errors="replace")) > MOST_SLUG_BYTES:
        yield Problem("number", Code.TOO_LONG, "This number is too long to be kept; use simpler letters.")
    if sum(_json_bytes(text) for _path, text in _texts(content)) > MOST_BYTES:
        yield Problem("scope", Code.TOO_LONG, f"Scope and sites together exceed {MOST_BYTES // 1000:,} kB of text.")


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))


def _bad_dates(content: Content) -> Iterator[Problem]:
    given: list[tuple[str, object]] = [(name, content.get(name)) for name in DATES]
    given += [(f"audits.{index}.date", audit.get("date")) for index, audit in enumerate(content.get("audits", []))]
    for path, text in given:
        if text and read_day(text) is None:
            yield Problem(path, Code.BAD_DATE, NOT_A_DATE)


def _unknown_terms(content: Content) -> Iterator[Problem]:
    standard, title = content.get("standard"), _at(content, "standard.title")
    if standard and title:
        edition = edition_of(standard.get("code", ""), standard.get("edition", ""))
        if edition is None or edition.title != title:
            yield Problem(
                "standard.title", Code.UNKNOWN_STANDARD, f"We know no standard {title[:SHORT]} in this edition."
            )
    for path, country in _texts(content):
        if path.endswith("country") and country and country not in COUNTRIES:
            sentence = f"We know no country {country[:SHORT]}. Write its English name or its two letters."
            yield Problem(path, Code.UNKNOWN_COUNTRY, sentence)
    for index, code in enumerate(content.get("iafCodes", [])):
        if code not in IAF_CODES:
            yield Problem(
                f"iafCodes.{index}", Code.UNKNOWN_IAF_CODE, f"{code[:SHORT]} is no IAF code; they are 1 to 39."
            )
    for index, code in enumerate(content.get("naceCodes", [])):
        if not NACE_CODE(code):
            yield Problem(
                f"naceCodes.{index}", Code.UNKNOWN_NACE_CODE, f"{code[:SHORT]} is no NACE code such as 25.62."
            )
    if content.get("certificationType") and content["certificationType"] not in CERTIFICATION_TYPES:
        yield Problem("certificationType", Code.UNKNOWN_CERTIFICATION_TYPE, "Choose one of the certification types.")
    for path, language in _texts(content):
        if _pattern(path) in LANGUAGES and language and not LANGUAGE_TAG(language):
            yield Problem(path, Code.UNKNOWN_LANGUAGE, "Choose a language.")


def _contradictions(content: Content, latest_expiry: date | None) -> Iterator[Problem]:
    original, decided, effective, issued, expires = (read_day(content.get(name)) for name in DATES)
    if issued and expires and expires <= issued:
        yield Problem("expiryDate", Code.EXPIRY_BEFORE_ISSUE, "The expiry date must be after the issue date.")
    elif effective and expires and expires <= effective:
        yield Problem("expiryDate", Code.EXPIRY_BEFORE_ISSUE, "The expiry date must be after the effective date.")
    if effective and expires and expires > (last := latest_expiry or _latest_expiry(original, effective)):
        sentence = FIRST_CYCLE.says(f"A cycle lasts three years at most: no later than {write_day(last)}.")
        yield Problem("expiryDate", Code.CYCLE_TOO_LONG, sentence)
    if original and issued and original > issued:
        sentence = "The original certification date must not be after the issue date."
        yield Problem("originalCertificationDate", Code.ORIGINAL_AFTER_ISSUE, sentence)
    if decided and issued and issued < decided:
        sentence = EFFECTIVE.says("The issue date must not be before the decision.")
        yield Problem("issueDate", Code.ISSUE_BEFORE_DECISION, sentence)
    if decided and effective and effective < decided:
        sentence = EFFECTIVE.says("The effective date must not be before the decision.")
        yield Problem("effectiveDate", Code.EFFECTIVE_BEFORE_DECISION, sentence)
    replaced = content.get("replaces")
    if replaced and slug_of(replaced) == slug_of(content.get("number", "")):
        yield Problem("replaces", Code.REPLACES_ITSELF, "A certificate cannot replace itself.")
