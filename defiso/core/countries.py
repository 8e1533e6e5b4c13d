"""The countries of ISO 3166-1, by code and by the names that people write. Their file names its source."""

import csv
import unicodedata
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "countries.csv"


def country_name(code: str) -> str:
    """The English short name of an ISO 3166-1 alpha-2 code; the code itself if there is none."""
    return COUNTRIES.get(code, code)


def country_code(name: str) -> str | None:
    """The alpha-2 code of a country by short name, common name, alias or code; None for no country we know."""
    return _CODES.get(_folded(name))


def _folded(name: str) -> str:
    """A name without case, accents, punctuation and a leading ``the``."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("&", " and "))
    bare = (character for character in plain if not unicodedata.combining(character))
    words = "".join(character if character.isalnum() else " " for character in bare)
    return " ".join(words.split()).removeprefix("the ")


def _rows() -> list[dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read_codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for row in _rows():
        for name in (row["code"], row["alpha3"], row["name"], *row["aliases"].split("|")):
            if name:
                codes.setdefault(_folded(name), row["code"])
    return codes


COUNTRIES: dict[str, str] = {row["code"]: row["name"] for row in _rows()}
_CODES = _read_codes()
