"""The columns of the global database's upload template, and the content a line of them stands for.

Source: field-name glossary of the database's certification template, after IAF MD 28.
"""

from typing import cast

from defiso.certificates.content import Content, standard_of, without_blanks
from defiso.certificates.reference import CERTIFICATION_TYPES, body_acronym, country_code
from defiso.certificates.standards import edition_titled
from defiso.certificates.states import Status

COLUMNS = (
    "Certification Identity Number",
    "Certificate Number",
    "Certification Status",
    "Accreditation Status",
    "Accreditation Body Acronym",
    "Certification Type",
    "Standard/Scheme",
    "Certification Scope",
    "IAF Code",
    "Certification Original Issue Date",
    "Certification Issue Date",
    "Certification Expiry Date",
    "Certified Entity Identity Number",
    "Certified Entity Name",
    "Certified Entity English Name",
    "Certified Entity VAT",
    "Street",
    "City",
    "Post Code",
    "Country",
    "Additional Sites",
)
STATUSES = {
    "active": Status.ACTIVE,
    "suspended": Status.SUSPENDED,
    "withdrawn": Status.WITHDRAWN,
    "expired": Status.ACTIVE,  # expired is never stored: the expiry date says so
}
ACCREDITATION_STATUSES = {"accredited": True, "unaccredited": False}

# Where the content of a column goes, to name the column when validation names the path.
COLUMN_OF = {
    "number": "Certificate Number",
    "organisation.legalName": "Certified Entity Name",
    "organisation.englishName": "Certified Entity English Name",
    "organisation.clientId": "Certified Entity Identity Number",
    "organisation.legalIds": "Certified Entity VAT",
    "organisation.address": "Street, City, Post Code",
    "organisation.country": "Country",
    "sites": "Additional Sites",
    "standard": "Standard/Scheme",
    "scope": "Certification Scope",
    "iafCodes": "IAF Code",
    "certificationType": "Certification Type",
    "accreditation": "Accreditation Body Acronym",
    "originalCertificationDate": "Certification Original Issue Date",
    "effectiveDate": "Certification Issue Date",
    "issueDate": "Certification Issue Date",
    "expiryDate": "Certification Expiry Date",
}


def column_of(path: str) -> str:
    """The column a path of the content came from; a column's name as it is."""
    return next((column for start, column in COLUMN_OF.items() if path.startswith(start)), path)


def content_of(cells: dict[str, str], *, language: str) -> Content:
    """The content a line stands for. The decision is not in a register, so it is not in the content either."""
    cell = {name: text.strip() for name, text in cells.items()}
    country = country_code(cell["Country"]) or cell["Country"]
    edition = edition_titled(cell["Standard/Scheme"])
    accredited = ACCREDITATION_STATUSES.get(cell["Accreditation Status"].casefold(), False)
    content = {
        "number": cell["Certificate Number"],
        "revision": 1,
        "organisation": {
            "legalName": cell["Certified Entity Name"],
            "englishName": cell["Certified Entity English Name"],
            "clientId": cell["Certified Entity Identity Number"],
            "legalIds": [{"scheme": "VAT", "value": vat}] if (vat := cell["Certified Entity VAT"]) else [],
            "address": ", ".join(part for part in (cell["Street"], cell["City"], cell["Post Code"]) if part),
            "country": country,
        },
        "sites": [
            {"address": address.strip(), "country": country, "main": False}
            for address in cell["Additional Sites"].split(";")
            if address.strip()
        ],
        "standard": standard_of(edition) if edition else {"title": cell["Standard/Scheme"]},
        "scope": cell["Certification Scope"].replace("\r\n", "\n"),
        "scopeLanguage": language,
        "iafCodes": [code.strip().lstrip("0") or code for code in _separated(cell["IAF Code"])],
        "certificationType": _certification_type(cell["Certification Type"]),
        "accreditation": {
            "accredited": accredited,
            "body": body_acronym(cell["Accreditation Body Acronym"]) if accredited else "",
        },
        "originalCertificationDate": _iso_day(cell["Certification Original Issue Date"]),
        "effectiveDate": _iso_day(cell["Certification Issue Date"]),
        "issueDate": _iso_day(cell["Certification Issue Date"]),
        "expiryDate": _iso_day(cell["Certification Expiry Date"]),
        "confidential": False,
    }
    return cast(Content, without_blanks(content))


def _separated(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _iso_day(text: str) -> str:
    """``20260305`` as ``2026-03-05``; anything else as it came, for validation to judge."""
    compact = len(text) == 8 and text.isascii() and text.isdigit()
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if compact else text


def _certification_type(text: str) -> str:
    known = {name.casefold(): name for name in CERTIFICATION_TYPES}
    return known.get(text.casefold(), text) if text else CERTIFICATION_TYPES[0]
