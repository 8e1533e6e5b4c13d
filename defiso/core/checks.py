"""What a check answers, whoever makes it: of a document, of its anchor, of a status."""

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """The words of ``verdict.json``. What could not be checked is unknown, never failed."""

    PASS = "pass"  # noqa: S105  a result
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """``reason`` is one sentence for a buyer."""

    result: Result
    reason: str
