"""What a register is refused for: each bad line by code and sentence, or a number taken during the load."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from defiso.certificates.errors import NumberInUseError
from defiso.core.errors import InvalidError


class Fault(StrEnum):
    """The codes that a bad line can have, the gravest first."""

    CONTROL_CHARACTERS = "control_characters"
    MISSING_REQUIRED = "missing_required"
    TOO_LONG = "too_long"
    BAD_DATE = "bad_date"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_ACCREDITATION_STATUS = "unknown_accreditation_status"
    UNKNOWN_STANDARD = "unknown_standard"
    UNKNOWN_COUNTRY = "unknown_country"
    EXPIRY_BEFORE_ISSUE = "expiry_before_issue"
    CYCLE_TOO_LONG = "cycle_too_long"
    ORIGINAL_AFTER_ISSUE = "original_after_issue"
    DUPLICATE_NUMBER = "duplicate_number"

    @property
    def gravity(self) -> int:
        """0 for the gravest."""
        return list(Fault).index(self)


class RowProblem(NamedTuple):
    """What is wrong with one line; the header is line 1, and a record of several lines counts from its first."""

    line: int
    code: Fault
    sentence: str


class TakenMeanwhileError(NumberInUseError):
    """Of a register load: whoever took the number did so after the file was compared with the registry."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.sentence += " Somebody took it during this load; run the load again to see what differs."


class RegisterRefusedError(InvalidError):
    """A register of which nothing was loaded; ``problems`` names each bad line."""

    code = "register_refused"

    def __init__(self, sentence: str, problems: Sequence[RowProblem] = ()) -> None:
        super().__init__(sentence)
        self.problems = list(problems)
