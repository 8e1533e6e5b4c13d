"""Sites pasted from a spreadsheet: cells apart by tabs, in the order name, address, country, scope.

A first row of such words is taken as headings and may name the columns in any order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from defiso.certificates.content import Content, Site
from defiso.certificates.limits import MOST_ROWS
from defiso.certificates.reference import country_code
from defiso.certificates.validation import problems_in

COLUMNS = ("name", "address", "country", "scope")
LONGEST = 200_000  # characters of one paste; what a certificate may say is less
# A spreadsheet quotes a cell that has a tab or a line break in it, and doubles its quotes; other quotes are text.
_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"|([^\t\n]*))(\t|\n|\Z)')


@dataclass(frozen=True)
class PastedSite:
    """One row as it was read, ``line`` as counted in the paste from 1, and what is wrong with it, a sentence each."""

    line: int
    site: Site
    problems: Sequence[str]


def read_pasted(text: str) -> list[PastedSite]:
    """The sites of a paste; blank rows are left out, whatever else is odd is told beside its row."""
    rows = [(line, cells) for line, cells in enumerate(_cells(text.replace("\r\n", "\n")), 1) if any(cells)]
    columns: Sequence[str] = COLUMNS
    if rows and (named := _headings(rows[0][1])):
        columns, rows = named, rows[1:]
    sites = [_site(columns, cells) for _line, cells in rows]
    found = problems_of_sites(sites) if len(sites) <= MOST_ROWS["sites"] else {}  # more are refused unread
    return [
        PastedSite(line, site, [*_surplus(columns, cells), *found.get(index, ())])
        for index, ((line, cells), site) in enumerate(zip(rows, sites, strict=True))
    ]


def problems_of_sites(sites: Sequence[Site]) -> dict[int, list[str]]:
    """What is missing in or wrong with each site, by its position."""
    content: Content = {"sites": list(sites)}
    found: dict[int, list[str]] = {}
    for problem in problems_in(content):
        member, _dot, rest = problem.field.partition(".")
        if member == "sites" and rest:
            found.setdefault(int(rest.partition(".")[0]), []).append(problem.sentence)
    return found


def _cells(text: str) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    for cell in _CELL.finditer(text):
        quoted, plain, ending = cell.groups()
        rows[-1].append((plain if quoted is None else quoted.replace('""', '"')).strip())
        if ending == "\n":
            rows.append([])
        if not ending:
            break
    return rows


def _headings(cells: Sequence[str]) -> list[str] | None:
    """The columns that a row of headings names, ``""`` for others; None if it is no such row."""
    words = [re.sub(r"\W+", " ", cell).casefold().split() for cell in cells]
    named = [next((column for column in COLUMNS if column in cell), "") for cell in words]
    known = [column for column in named if column]
    if "address" not in known or len(known) < len(set(known)) or len(known) < 2 or any(len(cell) > 4 for cell in words):
        return None
    return named


def _site(columns: Sequence[str], cells: Sequence[str]) -> Site:
    site = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
    if country := site.get("country"):
        site["country"] = country_code(country) or country
    return cast(Site, site)


def _surplus(columns: Sequence[str], cells: Sequence[str]) -> list[str]:
    filled = max((index for index, cell in enumerate(cells, 1) if cell), default=0)
    if filled <= len(columns):
        return []
    return [f"This row has {filled} columns; only {len(columns)} are read: {', '.join(filter(None, columns))}."]
