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


class Finding(TypedDict, total=False):
    """A nonconformity: ``grade`` major or minor; open until ``verifiedOn``, when its correction was accepted."""

    grade: str
    text: str
    clause: str
    verifiedOn: str


class Audit(TypedDict, total=False):
    """``date`` is its last day. The team by name, and those of it who have an account here by user id as well."""

    type: str
    startDate: str
    date: str
    auditors: list[str]
    auditorUsers: list[str]
    findings: list[Finding]


class Scope(TypedDict):
    """The scope in a further language; the one in ``scopeLanguage`` is binding."""

    language: str
    text: str


class Transfer(TypedDict, total=False):
    """The certification body it came from, its number there, and the pre-transfer review (IAF MD 2, 2.3)."""

    certificationBody: str
    number: str
    reviewDate: str
    note: str


class Content(TypedDict, total=False):
    """One revision (ISO/IEC 17021-1:2015, 8.2.2). Dates are ISO texts; what is not known is absent, never blank.

    ``client`` is the slug of the client that was picked for it.
    """

    number: str
    revision: int
    replaces: str
    organisation: Organisation
    sites: list[Site]
    standard: Standard
    scope: str
    scopeLanguage: str
    scopes: list[Scope]
    iafCodes: list[str]
    naceCodes: list[str]
    certificationType: str
    accreditation: Accreditation
    originalCertificationDate: str
    decisionDate: str
    effectiveDate: str
    issueDate: str
    expiryDate: str
    previousExpiryDate: str
    recertificationDate: str
    transferredFrom: Transfer
    integratedWith: list[str]
    audits: list[Audit]
    decidedBy: str
    decidedByUser: str
    confidential: bool
    confidentialityReason: str
    client: str


# Names of people, and our own handling; of a transfer what only its review says.
INTERNAL = ("audits", "client", "decidedBy", "decidedByUser", "confidential", "confidentialityReason")
INTERNAL_OF_TRANSFER = ("reviewDate", "note")


def credential_subject(content: Content) -> dict[str, Any]:
    """What the public credential says: the dictionary without decision internals and without empty lists."""
    said = {key: value for key, value in without_blanks(dict(content)).items() if key not in INTERNAL}
    if transfer := said.get("transferredFrom"):
        said["transferredFrom"] = {key: transfer[key] for key in transfer if key not in INTERNAL_OF_TRANSFER}
    return said


def internal_members(content: Content) -> dict[str, Any]:
    """What the content says beyond that."""
    kept: dict[str, Any] = {key: value for key, value in content.items() if key in INTERNAL}
    transfer = content.get("transferredFrom", {})
    if review := {key: value for key, value in transfer.items() if key in INTERNAL_OF_TRANSFER}:
        kept["transferredFrom"] = review
    return kept


def whole_content(said: dict[str, Any], internal: dict[str, Any]) -> Content:
    """The dictionary of what a credential says and what is kept beside it. Where both speak, the credential counts."""
    whole = {**internal, **said}
    if "transferredFrom" in internal:
        whole["transferredFrom"] = {**internal["transferredFrom"], **said.get("transferredFrom", {})}
    return cast(Content, whole)


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
