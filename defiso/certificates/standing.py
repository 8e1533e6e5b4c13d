"""What is counted of a certificate, as its events tell it: before a change and after."""

from typing import Any, NamedTuple

from defiso.certificates.models import Certificate
from defiso.certificates.states import Status


class Standing(NamedTuple):
    """``status`` as stored; ``standard`` code and edition, ``9001:2015``; the others are ISO dates, empty for none."""

    status: str
    standard: str = ""
    expires: str = ""
    review: str = ""
    surveillance: str = ""


def standing_of(head: Certificate) -> Standing:
    review = head.review_on if head.status == Status.SUSPENDED else None
    surveillance = head.surveillance_due if head.status == Status.ACTIVE else None
    standard = f"{head.standard_code}:{head.standard_title.rpartition(':')[2]}"
    return Standing(str(head.status), standard, head.expires_on or "", review or "", surveillance or "")


def recorded(was: Certificate | None, head: Certificate) -> list[Any]:
    """For the event of a change: the standing before, None for a new certificate, and the one after."""
    return [standing_of(was) if was else None, standing_of(head)]


def read_recorded(counted: list[Any]) -> tuple[Standing | None, Standing]:
    """Both standings of an event. Raises ValueError or TypeError for anything else."""
    before, after = counted
    return Standing(*before) if before else None, Standing(*after)
