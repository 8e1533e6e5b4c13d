"""A check of a log step by step, as people read it. A step that fails is told, and what comes after it is not tried."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from defiso.core.checks import Result
from defiso.transparency.errors import BrokenLogError
from defiso.verification.log.findings import (
    Finding,
    find_anchored_history,
    find_entry,
    find_on_chain,
    find_place,
    find_same_history,
    find_signatures,
)
from defiso.verification.log.proofs import Inclusion, prove_consistency, prove_inclusion
from defiso.verification.log.signed import Log, Signed


@dataclass(frozen=True)
class Step:
    label: str
    finding: Finding


@dataclass
class Walked:
    """``inclusion`` is what the check of an entry proved, if it came so far."""

    steps: list[Step] = field(default_factory=list)
    inclusion: Inclusion | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing failed; what is not on the chain yet is no failure."""
        return all(step.finding.result != Result.FAIL for step in self.steps)

    def take(self, label: str, find: Callable[[], Finding]) -> None:
        if not self.holds:
            finding = Finding(Result.UNKNOWN, "Not tried, because a step before it failed.")
        else:
            try:
                finding = find()
            except BrokenLogError as error:
                finding = Finding(Result.FAIL, error.sentence)
        self.steps.append(Step(label, finding))


def walk_inclusion(log: Log, newest: Signed, position: int, *, event_digest: str = "") -> Walked:
    """That the entry at a position below the size of the newest checkpoint is in the log, and the log on the chain.

    ``event_digest`` is that of the event which is thought to be there, empty for none.
    """
    walked = Walked()

    def entry() -> Finding:
        walked.inclusion = prove_inclusion(log, newest, position)
        return find_entry(walked.inclusion, event_digest)

    walked.take(f"Checkpoint {newest.checkpoint.generation}", partial(find_signatures, log, newest))
    walked.take(f"Entry {position}", entry)
    walked.take("Its place in the log", lambda: find_place(walked.inclusion or prove_inclusion(log, newest, position)))
    walked.take("On the blockchain", partial(find_anchored_history, log, newest, position))
    return walked


def walk_consistency(log: Log, older: Signed, newer: Signed) -> Walked:
    """That the newer of two checkpoints goes on from the older, and where each is on the chain."""
    walked = Walked()
    for signed in (older, newer):
        walked.take(f"Checkpoint {signed.checkpoint.generation}", partial(find_signatures, log, signed))
    walked.take("One history", lambda: find_same_history(prove_consistency(log, older, newer)))
    for signed in (older, newer):
        label = f"Checkpoint {signed.checkpoint.generation} on the blockchain"
        walked.take(label, partial(find_on_chain, log, signed))
    return walked
