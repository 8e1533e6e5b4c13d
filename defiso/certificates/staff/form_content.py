"""The certificate form's fields and the dictionary's paths, each as the other. No rules here.

Lists of codes are one text in the form; a standard is its code and edition, such as ``9001:2015``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from defiso.certificates.content import Content, standard_of, without_blanks
from defiso.certificates.reference import country_name
from defiso.certificates.standards import edition_of

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
    "decidedBy": "decided_by",
    "confidential": "confidential",
    "confidentialityReason": "confidentiality_reason",
}
ROW_PATHS = {"organisation.legalIds": "legal_ids", "sites": "sites", "audits": "audits"}


def content_of(values: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Content:
    """The dictionary of cleaned values; a value that failed its own field is absent."""
    content: dict[str, Any] = {}
    for path, name in FIELDS.items():
        _put(content, path, _json_value(name, values.get(name)))
    content["organisation"]["legalIds"] = [dict(row) for row in rows["legal_ids"]]
    content["sites"] = [
        {name: _plain(value) for name, value in row.items()} | {"main": bool(row.get("main"))} for row in rows["sites"]
    ]
    content["audits"] = [
        {"type": row.get("type"), "date": _plain(row.get("date")), "auditors": _lines(row.get("auditors", ""))}
        for row in rows["audits"]
    ]
    content["confidential"] = bool(values.get("confidential"))
    return cast(Content, without_blanks(content))


def fields_of(content: Content) -> dict[str, Any]:
    """Initial values of the form's own fields."""
    values = {name: _at(content, path) for path, name in FIELDS.items()}
    standard = content.get("standard")
    values["country"] = country_name(values["country"] or "")
    values["standard"] = f"{standard['code']}:{standard['edition']}" if standard else ""
    values["iaf_codes"] = ", ".join(content.get("iafCodes", []))
    values["nace_codes"] = ", ".join(content.get("naceCodes", []))
    accredited = content.get("accreditation", {}).get("accredited")
    values["accredited"] = "" if accredited is None else "yes" if accredited else "no"
    return values


def rows_of(content: Content) -> dict[str, list[dict[str, Any]]]:
    """Initial values of the form's rows."""
    audits: Iterable[Mapping[str, Any]] = content.get("audits", [])
    return {
        "legal_ids": [dict(row) for row in content.get("organisation", {}).get("legalIds", [])],
        "sites": [{**row, "country": country_name(row.get("country", ""))} for row in content.get("sites", [])],
        "audits": [{**row, "auditors": "\n".join(row.get("auditors", []))} for row in audits],
    }


def field_of(path: str) -> str | None:
    """The form's field for a path of the dictionary; None for the form as a whole."""
    return next((name for start, name in FIELDS.items() if path == start or path.startswith(f"{start}.")), None)


def row_and_field_of(path: str) -> tuple[str, int, str] | None:
    """``sites.0.address`` as rows, index and field; None if the path is not in a row."""
    for start, rows in ROW_PATHS.items():
        if found := re.match(rf"{re.escape(start)}\.(\d+)\.(\w+)", path):
            return rows, int(found[1]), found[2]
    return None


def _json_value(name: str, value: Any) -> Any:
    if name == "standard":
        code, _colon, year = (value or "").partition(":")
        edition = edition_of(code, year)
        return standard_of(edition) if edition else None
    if name in ("iaf_codes", "nace_codes"):
        return [part for part in re.split(r"[,;\s]+", value or "") if part]
    if name == "accredited":
        return {"yes": True, "no": False}.get(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


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
