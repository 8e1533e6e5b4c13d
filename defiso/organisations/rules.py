"""What a client's row may say: one sentence for each field that cannot be so. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Required, TypedDict, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from defiso.core.characters import is_blank, problem_with_characters, problem_with_name
from defiso.core.countries import COUNTRIES
from defiso.organisations.identifiers import compact, problem_with_identifier
from defiso.organisations.models import Contact, LegalId

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_NUMBER, LONGEST_NOTES = 300, 500, 45, 4000
MOST_IDENTIFIERS, MOST_CONTACTS = 10, 10
SCHEMES = ("LEI", "VAT", "National register", "DUNS", "EORI", "GLN")


class Given(TypedDict, total=False):
    """All that a person may say of a client; name and country must be there. ``country`` is ISO 3166-1 alpha-2."""

    name: Required[str]
    english_name: str
    address: str
    country: Required[str]
    client_number: str
    legal_ids: Sequence[LegalId]
    contacts: Sequence[Contact]
    notes: str


def problems_with_client(given: Given, *, known: Sequence[LegalId] = ()) -> dict[str, str]:
    """Sentences by path. Identifiers in ``known`` are there already, from a register perhaps: they are not judged."""
    return {path: problem for path, problem in _judged(given, known) if problem}


def tidy(given: Mapping[str, Any]) -> Given:
    """Without space around, empty rows and what was left out."""
    texts = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
    rows = {name: [row for row in map(_tidy_row, given.get(name, ())) if row] for name in ("legal_ids", "contacts")}
    return cast(Given, {"name": "", "country": "", **texts, **rows})


def _tidy_row(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in row.items() if not is_blank(value)}


def _judged(given: Given, known: Sequence[LegalId]) -> Iterator[tuple[str, str]]:
    yield "name", problem_with_name(given["name"], longest=LONGEST_NAME)
    if given["country"] not in COUNTRIES:
        yield "country", "Give the country: it tells organisations of one name apart."
    for name, judge in _TEXTS.items():
        if text := str(given.get(name) or ""):
            yield name, judge(text)
    identifiers, contacts = given.get("legal_ids", ()), given.get("contacts", ())
    if len(identifiers) > MOST_IDENTIFIERS:
        yield "legal_ids", f"At most {MOST_IDENTIFIERS} identifiers; these are {len(identifiers)}."
    if len(contacts) > MOST_CONTACTS:
        yield "contacts", f"At most {MOST_CONTACTS} contacts; these are {len(contacts)}."
    unjudged = {(row["scheme"], compact(row["value"])) for row in known}
    for index, row in enumerate(identifiers):
        yield from _identifier(f"legal_ids.{index}", row, given["country"], unjudged)
    for index, contact in enumerate(contacts):
        yield from _contact(f"contacts.{index}", contact)


def _identifier(path: str, row: LegalId, country: str, unjudged: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    scheme, value = row.get("scheme", ""), row.get("value", "")
    if scheme not in SCHEMES:
        yield f"{path}.scheme", "Say what kind of identifier it is."
    elif not value:
        yield f"{path}.value", "Give the identifier."
    elif len(value) > 60:
        yield f"{path}.value", f"An identifier has at most 60 characters; this has {len(value)}."
    elif (scheme, compact(value)) not in unjudged:
        yield f"{path}.value", problem_with_characters(value) or problem_with_identifier(scheme, value, country)


def _contact(path: str, contact: Contact) -> Iterator[tuple[str, str]]:
    yield f"{path}.name", problem_with_name(contact.get("name", ""), longest=200)
    if email := contact.get("email", ""):
        yield f"{path}.email", _problem_with_email(email)
    if role := contact.get("role", ""):
        yield f"{path}.role", problem_with_characters(role) or _too_long(role, 100)


def _problem_with_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return "The e-mail address looks like office@example.org."
    return _too_long(text, 254)


def _too_long(text: str, most: int) -> str:
    return f"At most {most:,} characters; this has {len(text):,}." if len(text) > most else ""


_TEXTS: dict[str, Callable[[str], str]] = {
    "english_name": lambda text: problem_with_name(text, longest=LONGEST_NAME),
    "address": lambda text: problem_with_characters(text, several_lines=True) or _too_long(text, LONGEST_ADDRESS),
    "client_number": lambda text: problem_with_characters(text) or _too_long(text, LONGEST_NUMBER),
    "notes": lambda text: problem_with_characters(text, several_lines=True) or _too_long(text, LONGEST_NOTES),
}
