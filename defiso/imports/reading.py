"""Reading a register: the columns of the global database's upload template, one certificate a line, as contents.

Nothing is written here; ``loading`` issues what this found to be good. One problem is named for each bad line.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from defiso.certificates.content import Content
from defiso.certificates.states import Status
from defiso.certificates.validation import Problem, problems_in, read_day
from defiso.core.characters import hidden_character
from defiso.core.numbers import slug_of
from defiso.imports.columns import ACCREDITATION_STATUSES, COLUMNS, STATUSES, column_of, content_of
from defiso.imports.errors import RegisterRefusedError, RowProblem

MOST_FILE_BYTES = 100_000_000
MOST_ROWS = 100_000
MOST_IDENTITY = 60

# The codes a bad line can have, gravest first; other problems of a content are named by the nearest of them.
CODES = (
    "control_characters",
    "missing_required",
    "too_long",
    "bad_date",
    "unknown_status",
    "unknown_accreditation_status",
    "unknown_standard",
    "unknown_country",
    "expiry_before_issue",
    "cycle_too_long",
    "original_after_issue",
    "duplicate_number",
)
NEAREST_CODE = {"unknown_iaf_code": "unknown_standard", "unknown_certification_type": "unknown_standard"}


@dataclass(frozen=True)
class RegisterRow:
    """One certificate of a register. ``identity`` is the global database's own number for it."""

    line: int
    content: Content
    status: Status
    identity: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return slug_of(self.content.get("number", ""))


def read_register(path: Path, *, language: str, today: date) -> list[RegisterRow]:
    """Every row of the file. Raises RegisterRefusedError naming each bad line; then none should be loaded."""
    text = _text_of(path)
    rows, problems = [], []
    for line, cells in _records(text):
        if isinstance(cells, Problem):
            problems.append(RowProblem(line, cells.code, cells.sentence))
            continue
        row = row_of(line, cells, language=language, today=today)
        rows.append(row)
    problems += [problem for row in rows if (problem := _gravest(row))]
    problems += _duplicates(rows, bad={problem.line for problem in problems})
    if problems:
        sentence = f"{len(problems)} of {len(rows)} lines cannot be loaded. Nothing was loaded."
        raise RegisterRefusedError(sentence, sorted(problems))
    return rows


def row_of(line: int, cells: dict[str, str], *, language: str, today: date) -> RegisterRow:
    """One line of the register as content, with everything that is wrong with it."""
    content = content_of(cells, language=language)
    word = cells["Certification Status"].strip()
    status = STATUSES.get(word.casefold())
    problems = [
        *problems_in(content),
        *_problems_of_words(cells),
        *_problems_of_time(content, word, today),
        *_problems_of_identity(cells["Certification Identity Number"]),
    ]
    identity = cells["Certification Identity Number"].strip()
    return RegisterRow(line, content, status or Status.ACTIVE, identity, problems)


def _text_of(path: Path) -> str:
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        sentence = f"The file has {size:,} bytes; at most {MOST_FILE_BYTES:,} can be loaded at once. Split it."
        raise RegisterRefusedError(sentence)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        sentence = f"Line {line} is not UTF-8 text. Save the file as CSV in UTF-8 and load it again."
        raise RegisterRefusedError(sentence) from None


def _records(text: str) -> Iterator[tuple[int, dict[str, str] | Problem]]:
    """Line number and cells of each record; a Problem in place of cells that cannot be told apart."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _header(reader)
    line = reader.line_num + 1
    for count in range(MOST_ROWS + 1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            code = "too_long" if "field larger" in str(error) else "missing_required"
            sentence = f"The line cannot be read as CSV: {error}. What follows it was not looked at."
            yield line, Problem("", code, sentence)
            return
        if count == MOST_ROWS:
            raise RegisterRefusedError(f"The file has more than {MOST_ROWS:,} lines. Split it.")
        if len(cells) > len(header):
            sentence = f"The line has {len(cells)} cells, the header only {len(header)}."
            yield line, Problem("", "too_long", sentence)
        elif any(cells):
            yield line, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
        line = reader.line_num + 1


def _header(reader: Any) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise RegisterRefusedError(f"The first line cannot be read as CSV: {error}.") from None
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        sentence = f"The first line must name the columns of the template. Missing: {', '.join(missing)}."
        raise RegisterRefusedError(sentence)
    if len(set(header)) < len(header):
        raise RegisterRefusedError("The first line names a column twice.")
    return header


def _problems_of_words(cells: dict[str, str]) -> Iterator[Problem]:
    words: Iterable[tuple[str, Any, str]] = (
        ("Certification Status", STATUSES, "unknown_status"),
        ("Accreditation Status", ACCREDITATION_STATUSES, "unknown_accreditation_status"),
    )
    for column, known, code in words:
        word = cells[column].strip()
        if not word:
            yield Problem(column, "missing_required", "This is empty.")
        elif word.casefold() not in known:
            choices = ", ".join(name.capitalize() for name in known)
            yield Problem(column, code, f"{word[:60]!r} is none of {choices}.")


def _problems_of_time(content: Content, word: str, today: date) -> Iterator[Problem]:
    """What would make the registry say today what the register does not: that it expired, or that it has begun."""
    effective, expires = read_day(content.get("effectiveDate")), read_day(content.get("expiryDate"))
    if word.casefold() == "expired" and expires and expires >= today:
        sentence = f"The status is Expired, but the expiry date {expires} has not passed."
        yield Problem("Certification Status", "unknown_status", sentence)
    if effective and effective > today + timedelta(days=1):  # tomorrow has already begun east of Greenwich
        yield Problem("effectiveDate", "bad_date", f"{effective} is still to come.")


def _problems_of_identity(identity: str) -> Iterator[Problem]:
    column = COLUMNS[0]
    if hidden := hidden_character(identity.strip()):
        yield Problem(column, "control_characters", f"Contains a character that cannot be seen ({hidden}).")
    if len(identity.strip()) > MOST_IDENTITY:
        yield Problem(column, "too_long", f"At most {MOST_IDENTITY} characters.")


def _gravest(row: RegisterRow) -> RowProblem | None:
    """One problem stands for the line: the gravest, by the order of CODES."""
    coded = [(NEAREST_CODE.get(problem.code, problem.code), problem) for problem in row.problems]
    if not coded:
        return None
    code, problem = min(coded, key=lambda pair: CODES.index(pair[0]))
    return RowProblem(row.line, code, f"{column_of(problem.field)}: {problem.sentence}")


def _duplicates(rows: Iterable[RegisterRow], *, bad: set[int]) -> Iterator[RowProblem]:
    first: dict[str, RegisterRow] = {}
    for row in rows:
        if not row.slug or row.line in bad:
            continue
        earlier = first.setdefault(row.slug, row)
        if earlier is not row:
            number = row.content["number"][:60]
            yield RowProblem(row.line, "duplicate_number", f"Line {earlier.line} already has the number {number}.")
