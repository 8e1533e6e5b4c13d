"""How a problem of a content is told: a code for machines, a sentence for people. And how a date is read."""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from defiso.certificates.limits import EARLIEST_YEAR

NOT_A_DATE = "This is not a date. Write year, month and day, such as 2026-11-23 or 23 Nov 2026."


class Code(StrEnum):
    """What can be wrong with a content, for machines; the gravest first."""

    CONTROL_CHARACTERS = "control_characters"
    MISSING_REQUIRED = "missing_required"
    TOO_LONG = "too_long"
    BAD_DATE = "bad_date"
    UNKNOWN_STANDARD = "unknown_standard"
    UNKNOWN_COUNTRY = "unknown_country"
    UNKNOWN_IAF_CODE = "unknown_iaf_code"
    UNKNOWN_NACE_CODE = "unknown_nace_code"
    UNKNOWN_AUDIT_TYPE = "unknown_audit_type"
    UNKNOWN_CERTIFICATION_TYPE = "unknown_certification_type"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_GRADE = "unknown_grade"
    EXPIRY_BEFORE_ISSUE = "expiry_before_issue"
    CYCLE_TOO_LONG = "cycle_too_long"
    ORIGINAL_AFTER_ISSUE = "original_after_issue"
    ISSUE_BEFORE_DECISION = "issue_before_decision"
    EFFECTIVE_BEFORE_DECISION = "effective_before_decision"
    REPLACES_ITSELF = "replaces_itself"
    INTEGRATED_WITH_ITSELF = "integrated_with_itself"
    LANGUAGE_TWICE = "language_twice"
    DATES_CONTRADICT = "dates_contradict"


NEVER_KEPT = {  # not even in a draft
    *(Code.CONTROL_CHARACTERS, Code.TOO_LONG, Code.UNKNOWN_STANDARD, Code.UNKNOWN_AUDIT_TYPE, Code.UNKNOWN_GRADE),
    *(Code.UNKNOWN_CERTIFICATION_TYPE, Code.UNKNOWN_LANGUAGE),
}


class Problem(NamedTuple):
    """What is wrong with one field: its path, a code for machines, a sentence for people."""

    field: str
    code: Code
    sentence: str


def read_day(text: object) -> date | None:
    """The date of an ISO text ``2026-11-23``, of 1900 or later; None for anything else."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= EARLIEST_YEAR else None
