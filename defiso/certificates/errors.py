"""What this domain refuses: transitions, numbers in use, registers with faults. Sentences are made where they arise.

The HTTP status of each comes from ``core.errors``.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from defiso.core.errors import ChangedMeanwhileError, InvalidError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from defiso.certificates.register import RowProblem


class CertificateNotFoundError(NotFoundError):
    def __init__(self, number: str) -> None:
        super().__init__(f"There is no certificate {number[:60]} in this registry.")


class TransitionRefusedError(RefusedError):
    code = "transition_refused"


class NumberInUseError(RefusedError):
    code = "number_in_use"

    def __init__(self, number: str) -> None:
        same = "Capitals, spaces and dashes do not tell numbers apart."
        super().__init__(f"The number {number[:60]} is already in use. {same}")


class TakenMeanwhileError(NumberInUseError):
    """Of a register load: whoever took the number did so after the file was compared with the registry."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.sentence += " Somebody took it during this load; run the load again to see what differs."


class RegisterRefusedError(InvalidError):
    """A register of which nothing was loaded; ``problems`` names each bad line."""

    code = "register_refused"

    def __init__(self, sentence: str, problems: "Sequence[RowProblem]" = ()) -> None:
        super().__init__(sentence)
        self.problems = list(problems)


class CountersChangedError(ChangedMeanwhileError):
    code = "counters_changed"

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(f"The counters of {tenant_slug} were changed by another worker.")
