"""Breaking the worker at one step: before it takes effect or after, by an error or by the death of the process.

A step is a transaction sent to the store or an exchange with the chain, named after the function that asks for it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import pytest

from defiso.chain.client import Chain
from defiso.chain.errors import ChainUnavailableError
from defiso.store.transactions import Writes
from tests.anchoring.anvil import Anvil

PLUMBING = ("client.py", "hold.py", "machine.py", "passes.py", "sharing.py")
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
    """Counts the worker's steps; breaks the one at ``position``, if given. ``names`` are those taken so far."""

    def __init__(self, position: int | None = None, breakage: Breakage | None = None) -> None:
        self.names: list[str] = []
        self.broke = False
        self._position = position
        self._breakage = breakage

    def take(self, kind: str, step: Callable[[], Any], error: Exception) -> Any:
        name = _name_of_caller()
        if name is None:
            return step()
        self.names.append(f"{kind} {name}")
        if self._breakage is None or len(self.names) - 1 != self._position:
            return step()
        self.broke = True
        if self._breakage.takes_effect:
            step()
        raise Death if self._breakage.is_death else error


@contextmanager
def counted_steps(anvil: Anvil, position: int | None = None, breakage: Breakage | None = None) -> Iterator[Steps]:
    """Count, and break, the steps taken inside. Each exchange lets the engine mine, so steps are always the same."""
    steps = Steps(position, breakage)
    commit, exchange = Writes.commit, Chain._first_that_answers

    def commit_step(writes: Writes) -> None:
        steps.take("store", lambda: commit(writes), ConnectionError("the store's answer is lost"))

    def chain_step(chain: Chain, ask: Callable[..., Any]) -> Any:
        def ask_and_settle() -> Any:
            answer = exchange(chain, ask)
            anvil.settle()
            return answer

        return steps.take("chain", ask_and_settle, ChainUnavailableError("its answer is lost"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writes, "commit", commit_step)
        patch.setattr(Chain, "_first_that_answers", chain_step)
        yield steps


def _name_of_caller() -> str | None:
    """The innermost function of the worker's rooms that is about its own business; None outside a pass."""
    frame = sys._getframe(1)
    name = None
    while frame:
        path = frame.f_code.co_filename
        if any(room in path for room in ROOMS):
            if path.endswith("passes.py") and frame.f_code.co_name == "run_pass":
                return name
            if name is None and not path.endswith(PLUMBING) and not frame.f_code.co_name.startswith("<"):
                name = frame.f_code.co_name
        frame = frame.f_back
    return None
