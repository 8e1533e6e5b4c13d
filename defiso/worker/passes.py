"""One pass of the worker over everything there is to do, each step alone: what fails is logged and the rest goes on.

The same pass serves first start, normal work and recovery; there is no other code for any of them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from defiso.anchoring.machine import batches_in, note_problem
from defiso.anchoring.models import Batch, State
from defiso.anchoring.proving import prove_batch
from defiso.anchoring.sealing import seal_due_batches
from defiso.anchoring.sending import fill_nonce_gap, send_batch, sign_batch
from defiso.anchoring.watching import find_lost_anchors, watch_batch
from defiso.audit.services import PLATFORM
from defiso.chain.client import Chain
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.core.errors import ChangedMeanwhileError
from defiso.outbox.draining import Drained, drain_outbox
from defiso.outbox.errors import LeaseLostError
from defiso.outbox.hold import Hold
from defiso.store.errors import StoreBusyError, StoreTroubleError
from defiso.transparency.appending import Appending
from defiso.transparency.errors import StandingLogError
from defiso.transparency.recording import Recorder
from defiso.worker.lanes import new_recorder, projections
from defiso.worker.restraint import Restraint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """How many blocks make an anchor final, and how many seconds a batch collects."""

    confirmations: int
    batch_seconds: float


@dataclass
class Pass:
    """What a pass did: ``moved`` says that another one should follow at once; ``chain_problem`` is a sentence."""

    moved: bool = False
    failed: bool = False
    chain_problem: str | None = None


def run_pass(
    hold: Hold, chain: Chain, rules: Rules, recorder: Recorder | None = None, restraint: Restraint | None = None
) -> Pass:
    """Drain the outbox, then take every arrow that any batch is due. A worker passes the same ``recorder`` and
    ``restraint`` each time.

    Raises LeaseLostError, and StoreTroubleError at the first sign of it, so that no step asks a troubled store again;
    but StoreBusyError, which may be of some rows alone, after the other steps.
    """
    return _Runner(hold, chain, rules, recorder or new_recorder(), restraint or Restraint()).run()


class _Runner:
    def __init__(self, hold: Hold, chain: Chain, rules: Rules, recorder: Recorder, restraint: Restraint) -> None:
        self.hold = hold
        self.recorder = recorder
        self.restraint = restraint
        self.chain = chain
        self.rules = rules
        self.result = Pass()
        self.appending = Appending()
        self.drained = Drained(reached_end=False)
        self.busy: StoreBusyError | None = None

    def run(self) -> Pass:
        self._try("drain", self._drain)
        self._try("ask the chain", self._ask)
        if not self.restraint.problem:
            self._sign_and_send()
        if self.busy:
            raise self.busy
        return self.result

    def _sign_and_send(self) -> None:
        self._try("record", self._record)
        self._try("seal", self._seal)
        self._try_on_chain("find lost anchors", lambda: find_lost_anchors(self.hold, self.chain) > 0)
        self._each("sign", lambda batch: sign_batch(self.hold, self.chain, batch), State.SEALED)
        self._each("send", lambda batch: send_batch(self.hold, self.chain, batch), State.SIGNED)
        self._each("watch", self._watch, State.SENT, State.MINED)
        self._each("prove", lambda batch: prove_batch(self.hold, self.chain, batch), State.FINAL)
        self._try_on_chain("fill nonce gap", lambda: fill_nonce_gap(self.hold, self.chain, self._ours(State.SENT)) > 0)

    def _drain(self) -> bool:
        self.drained = drain_outbox(self.hold, projections(self.appending))
        return self.drained.events > 0

    def _ask(self) -> bool:
        """Draining goes on in any case: so the acceptance of a restore comes into the platform's log."""
        self.restraint.unrecorded |= self.appending.touched
        self.result.failed |= not self.restraint.ask(self.chain, self.recorder)
        return False

    def _record(self) -> bool:
        """What was appended is in a checkpoint at once: whoever checks a certificate need not wait for a seal."""
        for slug in sorted(self.restraint.unrecorded, key=lambda slug: (slug != PLATFORM, slug)):
            self.restraint.unrecorded.discard(slug)
            try:
                self.recorder.record(self.hold, slug)
            except StandingLogError as error:
                log.error("step=record %s", error.sentence)
                self.result.failed = True
        return False

    def _seal(self) -> bool:
        seconds = self.rules.batch_seconds
        return (
            seal_due_batches(self.hold, self.recorder, batch_seconds=seconds, outbox_is_quiet=self.drained.is_quiet) > 0
        )

    def _watch(self, batch: Batch) -> Batch:
        return watch_batch(self.hold, self.chain, batch, confirmations=self.rules.confirmations)

    def _each(self, step: str, act: Callable[[Batch], Batch], *states: State) -> None:
        """Take every batch in these states through one step, in the order of their nonces."""

        def take(batch: Batch) -> bool:
            self.hold.keep()
            return act(batch).version != batch.version

        def take_all() -> bool:
            for batch in self._ours(*states):
                self._try_on_chain(f"{step} batch={batch.id}", partial(take, batch))
            return False

        self._try_on_chain(step, take_all)

    def _ours(self, *states: State) -> list[Batch]:
        """Batches in these states that this chain and account can move; the others say on their page why they wait."""
        ours = []
        for batch in batches_in(*states):
            signed_for = (batch.chain_id, batch.sender)
            if batch.state != State.SEALED and signed_for != (self.chain.chain_id, self.chain.address):
                note_problem(
                    self.hold, batch, f"Signed for chain {batch.chain_id} by {batch.sender}; waiting for both."
                )
            else:
                ours.append(batch)
        return sorted(ours, key=lambda batch: batch.attempt.nonce if batch.attempts else 0)

    def _try_on_chain(self, step: str, act: Callable[[], bool]) -> None:
        """A step that needs the chain: left out once the chain has failed to answer in this pass."""
        if self.result.chain_problem is None:
            self._try(step, act)

    def _try(self, step: str, act: Callable[[], bool]) -> None:
        """One step, alone: whatever else happens in it, the next one follows."""
        try:
            if act():
                self.result.moved = True
        except StoreBusyError as error:
            self.busy = error
        except (LeaseLostError, StoreTroubleError):
            raise
        except (ChainUnavailableError, ChainMismatchError) as error:
            self.result.chain_problem = error.sentence
        except ChangedMeanwhileError as error:
            log.warning("step=%s refused=%s", step, error.sentence)
            self.result.failed = True
        except Exception:
            log.exception("step=%s failed", step)
            self.result.failed = True
