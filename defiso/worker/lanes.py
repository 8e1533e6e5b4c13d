"""What the worker makes of events: every projection there is, listed in the one place that knows them all."""

from functools import partial
from typing import Any

from defiso.anchoring.collecting import Collecting
from defiso.anchoring.going_on import require_newest
from defiso.anchoring.witness import Witness
from defiso.certificates.bits_of_status import derive_status_lists
from defiso.certificates.counts import Counts
from defiso.certificates.joining import Joining
from defiso.certificates.reviews import Reviews
from defiso.credentials.notes import origin_of, sign_checkpoint
from defiso.organisations.merging import Moving
from defiso.outbox.projection import Projection
from defiso.registry.lookups import LookUps
from defiso.transparency.appending import Appending
from defiso.transparency.recording import Recorder


def projections(appending: Appending | None = None) -> list[Projection[Any]]:
    """Fresh ones for one pass over the outbox, but for the one whose work the pass goes on with."""
    return [appending or Appending(), LookUps(), Reviews(), Counts(), Joining(), Moving(), Collecting()]


def new_recorder() -> Recorder:
    """What makes checkpoints, and remembers for the life of a worker which it has signed."""
    newest = partial(require_newest, Witness())
    return Recorder(sign_checkpoint, origin_of, require_newest=newest, derive=derive_status_lists)
