"""What is printed of one certificate, as plain values: the drawing adds nothing to them and reads nothing else."""

import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Self, TypedDict

import orjson
import regex

from defiso.core.canonical import canonical_json, sha256
from defiso.core.scripts import east_asian_language, is_right_to_left

HERE = Path(__file__).parent
TEMPLATE = (HERE / "certificate.typ").read_bytes()
PAPERS = {"a4": "a4", "letter": "us-letter"}  # as chosen -> as the drawing program calls it
_HAN_FACES = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "zh-mo": "HK"}
_DRAWN_BY = f"{sha256(TEMPLATE).hex()} {version('typst')}".encode()
# More letters than a line has, in a script that is broken at spaces: zero-width spaces let it be broken all the same.
_ENDLESS = regex.compile(r"[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Khmer}]{30}(?=\S)(?!\p{M})")
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


class Spoken(TypedDict):
    """A text with what its letters need: ISO 639 language, the region whose Han shapes it has, its direction."""

    text: str
    lang: str
    han: str
    rtl: bool


class Place(TypedDict):
    """An address and the English name of its country; either may be missing."""

    address: Spoken | None
    country: str


class Organisation(Place):
    name: Spoken
    english: Spoken | None
    ids: str


class Site(Place):
    name: Spoken | None
    scope: Spoken | None
    main: bool


class Standard(TypedDict):
    title: str
    name: str


class Translation(TypedDict):
    language: str
    words: Spoken


class Body(TypedDict):
    """Who certifies; ``lines`` are its address and where it can be asked."""

    name: Spoken
    lines: list[Spoken]


@dataclass(frozen=True)
class Sheet:
    """``word`` is printed across every page and ``standing`` above all else, both empty on a certificate in force.

    ``accent`` is ``#rrggbb``; ``dated`` the ISO date of issue; ``qr`` is SVG; ``logo`` and ``mark`` are digests of kept
    marks (``marks``), the body's own and one it has a licence for; ``credential`` is the JSON to attach. Each but the
    first is empty for none.
    """

    title: str
    description: str
    body: Body
    organisation: Organisation
    standard: Standard
    scope: Spoken
    scope_language: str
    number: str
    address: str
    qr: str
    accent: str
    paper: str = PAPERS["a4"]
    opening: str = ""
    finding: str = ""
    advice: str = ""
    revision: str = ""
    scopes: list[Translation] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    facts: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    logo: str = ""
    mark: str = ""
    dated: str = ""
    word: str = ""
    standing: str = ""
    credential: str = ""

    def to_json(self) -> bytes:
        """The same bytes for the same sheet."""
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        return cls(**orjson.loads(text))

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of all that decides the bytes: what is printed, and by which version of the drawing."""
        return sha256(_DRAWN_BY + self.to_json()).hex()


def spoken(text: str | None, *, country: str | None = "", language: str = "") -> Spoken | None:
    """None for no text. The language where it is known, else as far as the letters and the country tell."""
    if not text:
        return None
    told = (language or east_asian_language(text, country)).lower()
    first = told.partition("-")[0]
    rtl = is_right_to_left(text)
    lang = first if _LANGUAGE.fullmatch(first) else "und"
    han = _HAN_FACES.get(told) or _HAN_FACES.get(first, "SC")
    return Spoken(text=_ENDLESS.sub("\\g<0>\u200b", text), lang=lang, han=han, rtl=rtl)
