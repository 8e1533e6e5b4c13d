"""What the worker makes of events: every projection there is, listed in the one place that knows them all."""

from typing import Any

from defiso.anchoring.collecting import Collecting
from defiso.certificates.bits_of_status import StatusBits
from defiso.certificates.counts import Counts
from defiso.certificates.reviews import Reviews
from defiso.outbox.projection import Projection
from defiso.registry.lookups import LookUps


def projections() -> list[Projection[Any]]:
    """Fresh ones for one pass over the outbox."""
    return [LookUps(), StatusBits(), Reviews(), Counts(), Collecting()]
