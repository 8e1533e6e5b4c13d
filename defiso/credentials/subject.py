"""What a credential may say about a certificate: every key, its kind, and the characters of its texts.

A key without a term would be left out of the signature in silence, so what is not in this table is refused.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any


class Kind(Enum):
    TEXT = "a text"
    TEXTS = "a list of texts"
    FLAG = "true or false"
    WHOLE = "a whole number"
    DATE = "a date like 2026-11-23"
    AUDIT_TYPE = "initial, surveillance, recertification or special"


SUBJECT: Mapping[str, Any] = {
    "number": Kind.TEXT,
    "revision": Kind.WHOLE,
    "replaces": Kind.TEXT,
    "organisation": {
        "legalName": Kind.TEXT,
        "englishName": Kind.TEXT,
        "clientId": Kind.TEXT,
        "legalIds": [{"scheme": Kind.TEXT, "value": Kind.TEXT}],
        "address": Kind.TEXT,
        "country": Kind.TEXT,
    },
    "sites": [
        {"name": Kind.TEXT, "address": Kind.TEXT, "country": Kind.TEXT, "scope": Kind.TEXT, "main": Kind.FLAG},
    ],
    "standard": {"code": Kind.TEXT, "edition": Kind.TEXT, "title": Kind.TEXT, "name": Kind.TEXT},
    "scope": Kind.TEXT,
    "scopeLanguage": Kind.TEXT,
    "scopes": [{"language": Kind.TEXT, "text": Kind.TEXT}],
    "iafCodes": Kind.TEXTS,
    "naceCodes": Kind.TEXTS,
    "certificationType": Kind.TEXT,
    "accreditation": {
        "accredited": Kind.FLAG,
        "body": Kind.TEXT,
        "number": Kind.TEXT,
        "arrangement": Kind.TEXT,
    },
    "originalCertificationDate": Kind.DATE,
    "decisionDate": Kind.DATE,
    "effectiveDate": Kind.DATE,
    "issueDate": Kind.DATE,
    "expiryDate": Kind.DATE,
    "previousExpiryDate": Kind.DATE,
    "recertificationDate": Kind.DATE,
    "transferredFrom": {"certificationBody": Kind.TEXT, "number": Kind.TEXT},
    "integratedWith": Kind.TEXTS,
    "audits": [{"type": Kind.AUDIT_TYPE, "date": Kind.DATE, "auditors": Kind.TEXTS}],
    "decidedBy": Kind.TEXT,
    "confidential": Kind.FLAG,
    "confidentialityReason": Kind.TEXT,
}
AUDIT_TYPES = ("initial", "surveillance", "recertification", "special")

# Implementations of canonical N-Quads disagree on how to write these; only the line break is safe and useful.
_DISPUTED = re.compile("[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LARGEST_WHOLE = 2**53 - 1  # RFC 8785, 3.2.2.3


def is_plain_text(value: object) -> bool:
    """A text without control characters other than the line break, and without halves of surrogate pairs."""
    return isinstance(value, str) and not _DISPUTED.search(value)


_FITS: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.TEXT: is_plain_text,
    Kind.TEXTS: lambda value: isinstance(value, list) and all(map(is_plain_text, value)),
    Kind.FLAG: lambda value: isinstance(value, bool),
    Kind.WHOLE: lambda value: type(value) is int and 0 <= value <= _LARGEST_WHOLE,
    Kind.DATE: lambda value: isinstance(value, str) and bool(_DATE.fullmatch(value)),
    Kind.AUDIT_TYPE: lambda value: value in AUDIT_TYPES,
}


def misfit(value: object, shape: Mapping[str, Any] = SUBJECT) -> str | None:
    """Where and how ``value`` departs from the shape, as one sentence; None if it fits."""
    problem = _misfit(value, shape)
    return f"content{problem}" if problem else None


def _misfit(value: object, shape: Any) -> str | None:
    """The sentence from where ``value`` is: who looked there puts the way before it."""
    if isinstance(shape, Kind):
        return None if _FITS[shape](value) else f" must be {shape.value}, without control characters."
    if isinstance(shape, list):
        if not isinstance(value, list):
            return " must be a list."
        for position, part in enumerate(value):
            if problem := _misfit(part, shape[0]):
                return f"[{position}]{problem}"
        return None
    if not isinstance(value, dict):
        return " must be an object."
    if unknown := value.keys() - shape.keys():
        return f" has a part without a term: {min(map(str, unknown))[:60]}."
    for key, part in value.items():
        if problem := _misfit(part, shape[key]):
            return f".{key}{problem}"
    return None
