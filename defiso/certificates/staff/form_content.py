"""The fields of a draft's pages and the dictionary's paths, each as the other. No rules here.

Lists of codes are one text on a page; a standard is its code and edition, such as ``9001:2015``.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from defiso.certificates.content import Audit, Content, standard_of, without_blanks
from defiso.certificates.limits import DATES, LAPSE
from defiso.certificates.reference import country_name
from defiso.certificates.staff.rows import typed_rows
from defiso.certificates.standards import edition_of
from defiso.certificates.validation import read_day
from defiso.core.dates import write_day

FIELDS = {
    "organisation.legalName": "legal_name",
    "organisation.englishName": "english_name",
    "organisation.address": "address",
    "organisation.country": "country",
    "organisation.clientId": "client_id",
    "number": "number",
    "replaces": "replaces",
    "standard": "standard",
    "scope": "scope",
    "scopeLanguage": "scope_language",
    "iafCodes": "iaf_codes",
    "naceCodes": "nace_codes",
    "certificationType": "certification_type",
    "accreditation.accredited": "accredited",
    "accreditation.body": "accreditation_body",
    "accreditation.number": "accreditation_number",
    "accreditation.arrangement": "arrangement",
    "originalCertificationDate": "original_certification_date",
    "decisionDate": "decision_date",
    "effectiveDate": "effective_date",
    "issueDate": "issue_date",
    "expiryDate": "expiry_date",
    "previousExpiryDate": "previous_expiry_date",
    "recertificationDate": "recertification_date",
    "transferredFrom.certificationBody": "transferred_from",
    "transferredFrom.number": "transferred_number",
    "transferredFrom.reviewDate": "transfer_review_date",
    "transferredFrom.note": "transfer_note",
    "integratedWith": "integrated_with",
    "confidential": "confidential",
    "confidentialityReason": "confidentiality_reason",
}
ROW_PATHS = {"organisation.legalIds": "legal_ids", "scopes": "scopes", "audits": "audits"}
FINDINGS = "findings"  # rows of their own, each naming its audit by its position from 1


class Place(NamedTuple):
    """Where a path of the dictionary is on a page: which rows, which of them, which field."""

    rows: str
    position: int
    field: str


def merged(draft: Content, values: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Content:
    """The draft with cleaned values and filled rows put in; what is not among them stays as it is."""
    content: dict[str, Any] = copy.deepcopy(dict(draft))
    for path, name in FIELDS.items():
        if name in values:
            _put(content, path, _READ.get(name, plain)(values[name]))
    for path, name in ROW_PATHS.items():
        if name in rows:
            _put(content, path, [_READ_ROW[name](row) for row in rows[name]])
    if FINDINGS in rows:
        _keep_accounts(draft.get("audits", []), content["audits"])
        _put_findings(content, rows[FINDINGS])
    return cast(Content, without_blanks(content))


def typed_of(content: Content) -> dict[str, Any]:
    """What a person would have typed into all fields and rows for this content."""
    typed = {name: _WRITE.get(name, _as_it_is)(_at(content, path)) for path, name in FIELDS.items()}
    for path, name in ROW_PATHS.items():
        typed |= typed_rows(name, [_WRITE_ROW[name](row) for row in _at(content, path) or []])
    findings = [
        {**finding, "audit": str(position), "verifiedOn": write_typed_day(finding.get("verifiedOn"))}
        for position, audit in enumerate(content.get("audits", []), 1)
        for finding in audit.get("findings", [])
    ]
    typed |= typed_rows(FINDINGS, findings)
    return typed


def field_of(path: str) -> str | None:
    """The field for a path of the dictionary; None if it has none of its own."""
    return next((name for start, name in FIELDS.items() if path == start or path.startswith(f"{start}.")), None)


def row_and_field_of(path: str, content: Content) -> Place | None:
    """``audits.0.date`` as rows, position and field; None if the path is not in a row. Findings are counted through."""
    if found := re.match(r"audits\.(\d+)\.findings\.(\d+)\.(\w+)", path):
        before = content.get("audits", [])[: int(found[1])]
        position = sum(len(audit.get("findings", [])) for audit in before) + int(found[2])
        return Place(FINDINGS, position, found[3])
    for start, rows in ROW_PATHS.items():
        if found := re.match(rf"{re.escape(start)}\.(\d+)\.(\w+)", path):
            return Place(rows, int(found[1]), found[2])
    return None


def write_typed_day(text: object) -> str:
    """``3 March 2026`` for an ISO text; what is no day as it was typed."""
    day = read_day(text)
    return write_day(day) if day else str(text or "")


def read_standard(value: str | None) -> Any:
    code, _colon, year = (value or "").partition(":")
    edition = edition_of(code, year)
    return standard_of(edition) if edition else None


def _read_codes(value: str | None) -> list[str]:
    return [part for part in re.split(r"[,;\s]+", value or "") if part]


def audit_of(finding: Mapping[str, Any]) -> int:
    """The position from 1 of the audit that a finding was made in; the first unless another is named."""
    named = str(finding.get("audit") or "1")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 4 else 1


def _keep_accounts(before: Sequence[Audit], audits: Sequence[dict[str, Any]]) -> None:
    """An audit whose team was not typed anew keeps the accounts of its members: no page shows them."""
    accounts = {tuple(audit.get("auditors", [])): audit.get("auditorUsers") for audit in before}
    for audit in audits:
        audit["auditorUsers"] = accounts.get(tuple(audit["auditors"]))


def _put_findings(content: dict[str, Any], findings: Sequence[Mapping[str, Any]]) -> None:
    """Each to its audit, the last one where there are not so many; in the order of the audits."""
    audits: list[dict[str, Any]] = content.get("audits") or ([{}] if findings else [])
    for finding in sorted(findings, key=audit_of):
        audit = audits[min(audit_of(finding), len(audits)) - 1]
        audit.setdefault("findings", []).append({name: plain(finding[name]) for name in finding if name != "audit"})
    content["audits"] = audits


def _read_audit(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "auditors": lines_of(row.get("auditors"))}


def _write_audit(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: write_typed_day(row.get(name)) for name in ("startDate", "date")}
    return {"type": row.get("type"), **days, "auditors": "\n".join(row.get("auditors", []))}


def plain(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _as_it_is(value: Any) -> Any:
    return value


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _write_standard(value: Mapping[str, str] | None) -> str:
    return f"{value['code']}:{value['edition']}" if value else ""


def _write_codes(value: Sequence[str] | None) -> str:
    return ", ".join(value or ())


_YES_OR_NO = {True: "yes", False: "no", None: ""}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "standard": read_standard,
    "iaf_codes": _read_codes,
    "nace_codes": _read_codes,
    "accredited": {word: flag for flag, word in _YES_OR_NO.items()}.get,
    "integrated_with": lines_of,
}
_WRITE: Mapping[str, Callable[[Any], Any]] = {
    "standard": _write_standard,
    "country": lambda value: country_name(value or ""),
    "iaf_codes": _write_codes,
    "nace_codes": _write_codes,
    "accredited": _YES_OR_NO.get,
    "integrated_with": lambda value: "\n".join(value or ()),
    **{FIELDS[name]: write_typed_day for name in (*DATES, *LAPSE, "transferredFrom.reviewDate")},
}
_READ_ROW: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "legal_ids": dict,
    "scopes": lambda row: {name: plain(value) for name, value in row.items()},
    "audits": _read_audit,
}
_WRITE_ROW: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "legal_ids": dict,
    "scopes": dict,
    "audits": _write_audit,
}


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        content = content.setdefault(step, {})
    content[last] = value


def _at(content: Mapping[str, Any], path: str) -> Any:
    value: Any = content
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
