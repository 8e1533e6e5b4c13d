"""Lists the world keeps and we only read: IAF codes, accreditation bodies, terms. Countries are ``core``'s.

They are data files in ``data``, each naming its source; a new body is a line there, not code. Standards, whose table
can be loaded anew, are in ``standards``.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from defiso.core.countries import COUNTRIES as COUNTRIES
from defiso.core.countries import country_code as country_code
from defiso.core.countries import country_name as country_name

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class AccreditationBody:
    acronym: str
    name: str
    country: str


@dataclass(frozen=True)
class Arrangement:
    """A recognition arrangement of accreditation bodies, by the label printed on certificates."""

    label: str
    since: date


def body_acronym(name: str) -> str:
    """An accreditation body's acronym as listed (``JAS-ANZ`` gives ``JASANZ``); one that is not listed as it came."""
    return _BODY_ACRONYMS.get(name.strip().casefold(), name.strip())


def arrangement_on(day: date) -> str:
    """The label of the arrangement in force on a day: the IAF MLA gave way on 1 January 2026."""
    in_force = [arrangement for arrangement in ARRANGEMENTS if arrangement.since <= day]
    return max(in_force, key=lambda arrangement: arrangement.since).label if in_force else ""


def _json(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_terms = _json("terms.json")

IAF_CODES: dict[str, str] = _json("iaf_codes.json")["codes"]
ACCREDITATION_BODIES: list[AccreditationBody] = [
    AccreditationBody(row["acronym"], row["name"], row["country"]) for row in _rows("accreditation_bodies.csv")
]
ARRANGEMENTS: list[Arrangement] = [
    Arrangement(row["label"], date.fromisoformat(row["since"])) for row in _terms["arrangements"]
]
CERTIFICATION_TYPES: list[str] = _terms["certification_types"]
AUDIT_TYPES: dict[str, str] = _terms["audit_types"]
IDENTIFIER_SCHEMES: list[str] = _terms["identifier_schemes"]
LANGUAGES: dict[str, str] = _terms["languages"]

_BODY_ACRONYMS = {
    name.casefold(): row["acronym"]
    for row in _rows("accreditation_bodies.csv")
    for name in (row["acronym"], *row["aliases"].split("|"))
    if name
}
