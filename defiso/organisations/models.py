"""The rows of a body's clients: each certified organisation as the body knows it, and the words it is found by.

What is public of an organisation is in signed certificates, never here.
"""

from typing import Any, TypedDict

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.core.canonical import sha256
from defiso.core.numbers import slug_of
from defiso.store.items import CertificatesItem, WholeNumber

MOST_SLUG_BYTES = 240  # with a word or a number beside it in one sort key of 1,024 bytes


class LegalId(TypedDict):
    scheme: str
    value: str


class Contact(TypedDict, total=False):
    """A person at the client. Never public."""

    name: str
    email: str
    role: str


class _Row(CertificatesItem):
    """What is known of a client."""

    name = UnicodeAttribute()
    english_name = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    client_number = UnicodeAttribute(null=True)
    legal_ids = JSONAttribute(null=True)
    contacts = JSONAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    absorbed = JSONAttribute(null=True)
    details_changed_at = UnicodeAttribute(null=True)
    version = WholeNumber()

    @property
    def slug(self) -> str:
        return str(self.SK).partition("#")[2]

    @property
    def other_names(self) -> list[str]:
        return [str(one["name"]) for one in self.absorbed or []]

    @property
    def identifiers(self) -> list[LegalId]:
        return [LegalId(scheme=str(one["scheme"]), value=str(one["value"])) for one in self.legal_ids or []]


class Client(_Row):
    """``PK TENANT#<slug>, SK ORG#<slug of its name>``; another of the same name has its country behind that slug.

    ``country`` is ISO 3166-1 alpha-2; ``legal_ids`` are LegalIds, ``contacts`` Contacts; ``absorbed`` the rows
    that were merged into it ({slug, name, version after it}); ``details_changed_at`` when what certificates print of it
    was changed last. ``version`` grows with every change.
    """


class Merged(_Row):
    """``SK MERGED#<slug>``: the row of a client as it was when it was merged ``into`` another (a slug).

    ``by_event`` is the id of that event; ``into_version`` the other's version after it, ``into_before`` what it had.
    """

    into = UnicodeAttribute()
    into_name = UnicodeAttribute()
    by_event = UnicodeAttribute()
    into_version = WholeNumber()
    into_before = JSONAttribute()


class Term(CertificatesItem):
    """``PK TENANT#<slug>, SK TERM#<folded word>#<slug of the client>``: a client under one word of its names.

    ``words`` are all its words, each after a space; ``shown`` what tells it from others in a list of choices.
    """

    words = UnicodeAttribute()
    shown = JSONAttribute()

    @property
    def word(self) -> str:
        return str(self.SK).split("#")[1]

    @property
    def slug(self) -> str:
        return str(self.SK).split("#")[2]


def client_key(slug: str) -> str:
    return f"ORG#{slug}"


def merged_key(slug: str) -> str:
    return f"MERGED#{slug}"


def term_key(word: str, slug: str = "") -> str:
    """Without a slug, the start of every key of words that begin so."""
    return f"TERM#{word}#{slug}" if slug else f"TERM#{word}"


def name_slug(name: str) -> str:
    """The key of a name, ``acme-corporation``: also that of public certificates by organisation, across bodies."""
    slug = slug_of(name).lower()
    if len(slug.encode()) <= MOST_SLUG_BYTES:
        return slug
    kept = slug.encode()[: MOST_SLUG_BYTES - 20].decode(errors="ignore")
    return f"{kept}-{sha256(slug.encode()).hex()[:16]}"


def shown_of(client: Client) -> dict[str, Any]:
    shown = {
        "name": client.name,
        "english_name": client.english_name,
        "country": client.country,
        "address": (client.address or "")[:200],
        "client_number": client.client_number,
    }
    return {name: value for name, value in shown.items() if value}
