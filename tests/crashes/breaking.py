"""Breaking the worker at one step: before it takes effect or after, by an error or by the death of the process.

A step is a transaction sent to the store or an exchange with the chain, named after the function that asks for it.
Reads of the store are counted apart; they change nothing, so one fails or the process dies at it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import CodeType
from typing import Any

import pytest

from defiso.chain.errors import ChainUnavailableError
from defiso.chain.quorum import Quorum
from defiso.store.connection import SharedConnection
from defiso.store.errors import DatabaseUnavailableError
from defiso.store.transactions import Writes
from tests.anchoring.anvil import Anvil

PLUMBING = ("client.py", "hold.py", "machine.py", "passes.py", "sharing.py")
READS = {"GetItem", "BatchGetItem", "Query"}
ROOMS = tuple(f"/defiso/{room}/" for room in ("anchoring", "certificates", "chain", "outbox", "registry", "worker"))


class Breakage(Enum):
    """What goes wrong at the step."""

    FAILS = "fails"
    FAILS_AFTER_IT_TOOK_EFFECT = "fails after it took effect"
    DIES = "dies"
    DIES_AFTER_IT_TOOK_EFFECT = "dies after it took effect"

    @property
    def takes_effect(self) -> bool:
        return self in (Breakage.FAILS_AFTER_IT_TOOK_EFFECT, Breakage.DIES_AFTER_IT_TOOK_EFFECT)

    @property
    def is_death(self) -> bool:
        return self in (Breakage.DIES, Breakage.DIES_AFTER_IT_TOOK_EFFECT)


class Death(BaseException):
    """The process is killed here: nothing in it can catch this."""


class Steps:
    """Counts the worker's steps, and its reads; breaks the one that ``point`` names, if given.

    ``names`` and ``reads`` are those taken so far. A point is a position among the steps, or the name of a read and
    which of those.
    """

    def __init__(self, point: int | tuple[str, int] | None = None, breakage: Breakage | None = None) -> None:
        self.names: list[str] = []
        self.reads: list[str] = []
        self.broke = False
        self._point = point
        self._breakage = breakage

    def take(self, kind: str, step: Callable[[], Any], error: Exception) -> Any:
        name = _name_of_caller()
        if name is None:
            return step()
        self.names.append(f"{kind} {name}")
        return self._do_or_break(len(self.names) - 1, step, error)

    def read(self, step: Callable[[], Any]) -> Any:
        name = _name_of_reader()
        if name is None:
            return step()
        self.reads.append(name)
        return self._do_or_break((name, self.reads.count(name) - 1), step, DatabaseUnavailableError())

    def _do_or_break(self, point: int | tuple[str, int], step: Callable[[], Any], error: Exception) -> Any:
        if self._breakage is None or point != self._point:
            return step()
        self.broke = True
        if self._breakage.takes_effect:
            step()
        raise Death if self._breakage.is_death else error


@contextmanager
def counted_steps(
    anvil: Anvil, point: int | tuple[str, int] | None = None, breakage: Breakage | None = None
) -> Iterator[Steps]:
    """Count, and break, the steps taken inside. Each exchange lets the engine mine, so steps are always the same."""
    steps = Steps(point, breakage)
    commit, dispatch = Writes.commit, SharedConnection.dispatch

    def commit_step(writes: Writes) -> None:
        steps.take("store", lambda: commit(writes), DatabaseUnavailableError())

    def chain_step(exchange: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            def ask_and_settle() -> Any:
                answer = exchange(*given, **named)
                anvil.settle()
                return answer

            return steps.take("chain", ask_and_settle, ChainUnavailableError("its answer is lost"))

        return step

    def read_step(connection: SharedConnection, operation: str, request: dict[str, Any]) -> Any:
        if operation not in READS:
            return dispatch(connection, operation, request)
        return steps.read(lambda: dispatch(connection, operation, request))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedConnection, "dispatch", read_step)
        patch.setattr(Writes, "commit", commit_step)
        patch.setattr(Quorum, "ask", chain_step(Quorum.ask))
        patch.setattr(Quorum, "tell", chain_step(Quorum.tell))
        yield steps


def _name_of_caller() -> str | None:
    """The innermost function of the worker's rooms that is about its own business; None outside a pass."""
    return next((frame.co_name for frame in _functions_of_a_pass() if not frame.co_filename.endswith(PLUMBING)), None)


def _name_of_reader() -> str | None:
    """The function that reads, and the one about its own business that it reads for; None outside a pass."""
    functions = _functions_of_a_pass()
    if not functions:
        return None
    reader, business = functions[0].co_name, _name_of_caller() or functions[1].co_name
    return reader if reader == business else f"{reader} for {business}"


def _functions_of_a_pass() -> list[CodeType]:
    """The worker's own functions under way, innermost first, if they are part of a pass."""
    functions: list[CodeType] = []
    frame = sys._getframe(1)
    while frame:
        code = frame.f_code
        if any(room in code.co_filename for room in ROOMS):
            if code.co_filename.endswith("passes.py") and code.co_name == "run_pass":
                return functions
            if not code.co_name.startswith("<"):
                functions.append(code)
        frame = frame.f_back
    return []
