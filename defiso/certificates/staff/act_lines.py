"""Sites and findings as lines of text, their parts apart by a bar or a tab, and back."""

import re
from collections.abc import Iterable
from typing import cast

from defiso.certificates.content import Finding, Site
from defiso.certificates.reference import country_code

_BETWEEN = re.compile(r"\s*[|\t]\s*")
PARTS_OF_SITE = ("name", "address", "country", "scope")
PARTS_OF_FINDING = ("grade", "text", "clause", "verifiedOn")


def write_sites(sites: Iterable[Site]) -> str:
    return "\n".join(
        " | ".join(" ".join(str(site.get(part, "")).split()) for part in PARTS_OF_SITE).rstrip(" |") for site in sites
    )


def read_sites(text: str) -> list[Site]:
    """Raises ValueError, with a sentence, for a line that is none."""
    sites: list[Site] = []
    for number, parts in _lines_of(text, PARTS_OF_SITE, "name | address | country | scope"):
        if country := parts.get("country"):
            parts["country"] = country_code(country) or country
        if "address" not in parts or "country" not in parts:
            raise ValueError(f"Line {number}: a site has an address and a country.")
        sites.append(cast(Site, parts))
    return sites


def read_findings(text: str) -> list[Finding]:
    """Raises ValueError, with a sentence, for a line that is none."""
    found: list[Finding] = []
    for _number, parts in _lines_of(text, PARTS_OF_FINDING, "grade | what was found | clause | verified on"):
        parts["grade"] = parts.get("grade", "").casefold()
        found.append(cast(Finding, parts))
    return found


def _lines_of(text: str, names: tuple[str, ...], form: str) -> Iterable[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        parts = _BETWEEN.split(line.strip(" "))
        if len(parts) > len(names):
            raise ValueError(f"Line {number} has {len(parts)} parts; at most these: {form}.")
        if any(parts):
            yield number, {name: part for name, part in zip(names, parts, strict=False) if part}
