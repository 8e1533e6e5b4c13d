"""Reading a register: the columns of the global database's upload template, one certificate a line, as contents.

Nothing is written here; ``loading`` issues what this found to be good. One problem is named for each bad line.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from defiso.certificates.content import Content
from defiso.certificates.states import Status
from defiso.certificates.validation import Code, cycle_warning, problems_in, read_day
from defiso.core.characters import hidden_character
from defiso.core.numbers import slug_of
from defiso.imports.columns import ACCREDITATION_STATUSES, COLUMNS, STATUSES, column_of, content_of
from defiso.imports.errors import Fault, RegisterRefusedError, RowProblem

MOST_FILE_BYTES = 100_000_000
MOST_ROWS = 100_000
MOST_IDENTITY = 60

# How the loader reports what validation finds: every code there is, the nearest of its own where it has no equal.
REPORTED_AS = {
    Code.CONTROL_CHARACTERS: Fault.CONTROL_CHARACTERS,
    Code.MISSING_REQUIRED: Fault.MISSING_REQUIRED,
    Code.TOO_LONG: Fault.TOO_LONG,
    Code.BAD_DATE: Fault.BAD_DATE,
    Code.UNKNOWN_STANDARD: Fault.UNKNOWN_STANDARD,
    Code.UNKNOWN_COUNTRY: Fault.UNKNOWN_COUNTRY,
    Code.UNKNOWN_IAF_CODE: Fault.UNKNOWN_STANDARD,
    Code.UNKNOWN_NACE_CODE: Fault.UNKNOWN_STANDARD,
    Code.UNKNOWN_AUDIT_TYPE: Fault.UNKNOWN_STANDARD,
    Code.UNKNOWN_CERTIFICATION_TYPE: Fault.UNKNOWN_STANDARD,
    Code.UNKNOWN_LANGUAGE: Fault.UNKNOWN_STANDARD,
    Code.EXPIRY_BEFORE_ISSUE: Fault.EXPIRY_BEFORE_ISSUE,
    Code.CYCLE_TOO_LONG: Fault.CYCLE_TOO_LONG,
    Code.ORIGINAL_AFTER_ISSUE: Fault.ORIGINAL_AFTER_ISSUE,
    Code.ISSUE_BEFORE_DECISION: Fault.BAD_DATE,
    Code.EFFECTIVE_BEFORE_DECISION: Fault.BAD_DATE,
    Code.UNKNOWN_GRADE: Fault.UNKNOWN_STANDARD,
    Code.INTEGRATED_WITH_ITSELF: Fault.DUPLICATE_NUMBER,
    Code.LANGUAGE_TWICE: Fault.UNKNOWN_STANDARD,
    Code.DATES_CONTRADICT: Fault.BAD_DATE,
    Code.REPLACES_ITSELF: Fault.DUPLICATE_NUMBER,
}


class CellProblem(NamedTuple):
    """What is wrong in one column of a line."""

    column: str
    fault: Fault
    sentence: str


@dataclass(frozen=True)
class RegisterRow:
    """One certificate of a register. ``identity`` is the global database's own number for it."""

    line: int
    content: Content
    status: Status
    identity: str
    problems: list[CellProblem] = field(default_factory=list)
    warning: str = ""

    @property
    def slug(self) -> str:
        return slug_of(self.content.get("number", ""))


def read_register(path: Path, *, language: str, today: date) -> list[RegisterRow]:
    """Every row of the file. Raises RegisterRefusedError naming each bad line; then none should be loaded."""
    text = _text_of(path)
    rows, problems = [], []
    for line, cells in _records(text):
        if isinstance(cells, CellProblem):
            problems.append(RowProblem(line, cells.fault, cells.sentence))
        else:
            rows.append(row_of(line, cells, language=language, today=today))
    lines = len(rows) + len(problems)
    problems += [problem for row in rows if (problem := _gravest(row))]
    problems += _duplicates(rows, bad={problem.line for problem in problems})
    if problems:
        sentence = f"{len(problems)} of {lines} lines cannot be loaded. Nothing was loaded."
        raise RegisterRefusedError(sentence, sorted(problems))
    return rows


def row_of(line: int, cells: dict[str, str], *, language: str, today: date) -> RegisterRow:
    """One line of the register as content, with everything that is wrong with it."""
    content = content_of(cells, language=language)
    word = cells["Certification Status"].strip()
    status = STATUSES.get(word.casefold())
    problems = [
        *(CellProblem(column_of(one.field), REPORTED_AS[one.code], one.sentence) for one in problems_in(content)),
        *_problems_of_words(cells),
        *_problems_of_time(content, word, today),
        *_problems_of_identity(cells["Certification Identity Number"]),
    ]
    identity = cells["Certification Identity Number"].strip()
    return RegisterRow(line, content, status or Status.ACTIVE, identity, problems, cycle_warning(content))


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


def _records(text: str) -> Iterator[tuple[int, dict[str, str] | CellProblem]]:
    """Line number and cells of each record; a CellProblem in place of cells that cannot be told apart."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _header(reader)
    line = reader.line_num + 1
    for count in range(MOST_ROWS + 1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = Fault.TOO_LONG if "field larger" in str(error) else Fault.MISSING_REQUIRED
            sentence = f"The line cannot be read as CSV: {error}. What follows it was not looked at."
            yield line, CellProblem("", fault, sentence)
            return
        if count == MOST_ROWS:
            raise RegisterRefusedError(f"The file has more than {MOST_ROWS:,} lines. Split it.")
        if len(cells) > len(header):
            sentence = f"The line has {len(cells)} cells, the header only {len(header)}."
            yield line, CellProblem("", Fault.TOO_LONG, sentence)
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


def _problems_of_words(cells: dict[str, str]) -> Iterator[CellProblem]:
    words: Iterable[tuple[str, Any, Fault]] = (
        ("Certification Status", STATUSES, Fault.UNKNOWN_STATUS),
        ("Accreditation Status", ACCREDITATION_STATUSES, Fault.UNKNOWN_ACCREDITATION_STATUS),
    )
    for column, known, fault in words:
        word = cells[column].strip()
        if not word:
            yield CellProblem(column, Fault.MISSING_REQUIRED, "This is empty.")
        elif word.casefold() not in known:
            choices = ", ".join(name.capitalize() for name in known)
            yield CellProblem(column, fault, f"{word[:60]!r} is none of {choices}.")


def _problems_of_time(content: Content, word: str, today: date) -> Iterator[CellProblem]:
    """What would make the registry say today what the register does not: that it expired, or that it has begun."""
    effective, expires = read_day(content.get("effectiveDate")), read_day(content.get("expiryDate"))
    if word.casefold() == "expired" and expires and expires >= today:
        sentence = f"The status is Expired, but the expiry date {expires} has not passed."
        yield CellProblem("Certification Status", Fault.UNKNOWN_STATUS, sentence)
    if effective and effective > today + timedelta(days=1):  # tomorrow has already begun east of Greenwich
        yield CellProblem(column_of("effectiveDate"), Fault.BAD_DATE, f"{effective} is still to come.")


def _problems_of_identity(identity: str) -> Iterator[CellProblem]:
    column = COLUMNS[0]
    if hidden := hidden_character(identity.strip()):
        yield CellProblem(column, Fault.CONTROL_CHARACTERS, f"Contains a character that cannot be seen ({hidden}).")
    if len(identity.strip()) > MOST_IDENTITY:
        yield CellProblem(column, Fault.TOO_LONG, f"At most {MOST_IDENTITY} characters.")


def _gravest(row: RegisterRow) -> RowProblem | None:
    """One problem stands for the line: the gravest, by the order of Fault."""
    if not row.problems:
        return None
    problem = min(row.problems, key=lambda one: one.fault.gravity)
    return RowProblem(row.line, problem.fault, f"{problem.column}: {problem.sentence}")


def _duplicates(rows: Iterable[RegisterRow], *, bad: set[int]) -> Iterator[RowProblem]:
    first: dict[str, RegisterRow] = {}
    for row in rows:
        if not row.slug or row.line in bad:
            continue
        earlier = first.setdefault(row.slug, row)
        if earlier is not row:
            number = row.content["number"][:60]
            yield RowProblem(row.line, Fault.DUPLICATE_NUMBER, f"Line {earlier.line} already has the number {number}.")
