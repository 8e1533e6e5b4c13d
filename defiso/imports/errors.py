"""What a register is refused for: each bad line by code and sentence, or a number taken during the load."""

from collections.abc import Sequence
from typing import NamedTuple

from defiso.certificates.errors import NumberInUseError
from defiso.core.errors import InvalidError


class RowProblem(NamedTuple):
    """What is wrong with one line; the header is line 1, and a record of several lines counts from its first."""

    line: int
    code: str
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
