"""The dictionary of a certificate: what one revision says, as JSON with the names used in the credential.

Shapes and their text form only; which values are allowed is in ``validation``.
"""

import json
from typing import Any, TypedDict, cast

from defiso.certificates.editions import Edition
from defiso.core.canonical import canonical_json, sha256

LONGEST_RECORDED = 10_000  # bytes of one changed member in an event


class LegalId(TypedDict):
    scheme: str
    value: str


class Organisation(TypedDict, total=False):
    """The certified client. ``country`` is ISO 3166-1 alpha-2."""

    legalName: str
    englishName: str
    clientId: str
    legalIds: list[LegalId]
    address: str
    country: str


class Site(TypedDict, total=False):
    name: str
    address: str
    country: str
    scope: str
    main: bool


class Standard(TypedDict):
    """``code`` 9001, ``edition`` 2015, ``title`` ISO 9001:2015, ``name`` Quality management systems."""

    code: str
    edition: str
    title: str
    name: str


class Accreditation(TypedDict, total=False):
    accredited: bool
    body: str
    number: str
    arrangement: str


class Audit(TypedDict, total=False):
    type: str
    date: str
    auditors: list[str]


class Content(TypedDict, total=False):
    """One revision (ISO/IEC 17021-1:2015, 8.2.2). Dates are ISO texts; what is not known is absent, never blank."""

    number: str
    revision: int
    replaces: str
    organisation: Organisation
    sites: list[Site]
    standard: Standard
    scope: str
    scopeLanguage: str
    iafCodes: list[str]
    naceCodes: list[str]
    certificationType: str
    accreditation: Accreditation
    originalCertificationDate: str
    decisionDate: str
    effectiveDate: str
    issueDate: str
    expiryDate: str
    audits: list[Audit]
    decidedBy: str
    confidential: bool
    confidentialityReason: str


INTERNAL = ("audits", "decidedBy", "confidential", "confidentialityReason")  # names of people, and our own handling


def credential_subject(content: Content) -> dict[str, Any]:
    """What the public credential says: the dictionary without decision internals and without empty lists."""
    return {key: value for key, value in without_blanks(dict(content)).items() if key not in INTERNAL}


def to_json(content: Content) -> str:
    return canonical_json(content).decode()


def from_json(text: str) -> Content:
    return cast(Content, json.loads(text))


def standard_of(edition: Edition) -> Standard:
    return {"code": edition.code, "edition": edition.edition, "title": edition.title, "name": edition.name}


def without_blanks(value: dict[str, Any]) -> dict[str, Any]:
    """The same without members that are None, blank text or an empty list, at every depth."""
    kept: dict[str, Any] = {}
    for key, member in value.items():
        if isinstance(member, dict):
            member = without_blanks(member)
        elif isinstance(member, list):
            member = [without_blanks(part) if isinstance(part, dict) else part for part in member]
        if member not in (None, "", [], {}):
            kept[key] = member
    return kept


def differences(old: Content, new: Content) -> tuple[dict[str, Any], dict[str, Any]]:
    """The members that differ, as they were and as they are, for an event."""
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return {name: _as_recorded(old.get(name)) for name in names}, {name: _as_recorded(new.get(name)) for name in names}


def _as_recorded(value: Any) -> Any:
    """A very long member by its digest: an event must fit into one row."""
    data = canonical_json(value)
    return value if len(data) <= LONGEST_RECORDED else f"{len(data):,} bytes, SHA-256 {sha256(data).hex()}"
