"""Whether the worker may sign: not while the chain has anchors of ours that the database does not know.

Then the database is a restored backup, and whatever was signed on top of it would be a second history. The chain is
asked at most once a minute; while it does not answer, what it said last stands.
"""

import logging
from functools import partial

from defiso.anchoring.going_on import require_newest
from defiso.anchoring.restores import read_restores
from defiso.anchoring.witness import KEPT_SECONDS, OLDER, RESTORES_GONE, Witness, look
from defiso.chain.client import Chain
from defiso.core import clock
from defiso.transparency.recording import Recorder

AGAIN_SECONDS = 3.0  # after it said no: somebody may be waiting for the restore to be accepted
SENTENCE = "The database is older than its record on the blockchain: nothing is signed until manage.py accept_restore."
STANDS_FOR = {OLDER: SENTENCE, RESTORES_GONE: RESTORES_GONE}
log = logging.getLogger(__name__)


class Restraint:
    """One of a worker. ``problem`` is a sentence while it must stand still."""

    def __init__(self) -> None:
        self.problem = ""
        self.unrecorded: set[str] = set()  # bodies whose logs have grown meanwhile
        self._ask_at = 0.0
        self._witness = Witness()

    def ask(self, chain: Chain, recorder: Recorder) -> bool:
        """Whether to go on; tells ``recorder`` from where. Raises ChainUnavailableError, ChainMismatchError."""
        if clock.monotonic() >= self._ask_at:
            self._ask_at = clock.monotonic() + AGAIN_SECONDS
            restores = read_restores(chain, with_unrecorded=True)
            self._witness = look(chain, restores)
            problem = STANDS_FOR.get(self._witness.problem, "")
            if problem and not self.problem:
                log.error("worker stands still: %s", problem)
            self.problem = problem
            self._ask_at = clock.monotonic() + (AGAIN_SECONDS if problem else KEPT_SECONDS)
        recorder.least_generation = self._witness.least_generation
        recorder.require_newest = partial(require_newest, self._witness)
        return not self.problem
