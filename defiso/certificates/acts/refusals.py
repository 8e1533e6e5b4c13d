"""The sentences of arrows that there are not: what a certificate is, and what it would have to be."""

from collections.abc import Sequence

from defiso.certificates.rules.table import FINAL
from defiso.certificates.states import FINAL as FINAL_STATUSES
from defiso.certificates.states import Status


def arrow_refused(number: str, status: Status, *, sources: Sequence[Status], done: str, clause: str) -> str:
    """Why a certificate of this status cannot be ``done``, with the ``clause`` of the act."""
    said = _as_said(status)
    if status in FINAL_STATUSES or status is Status.REFUSED:
        return FINAL.says(f"{number} cannot be {done}: {said} is final.")
    if tuple(sources) == (Status.DRAFT,):
        return f"{number} cannot be {done}: it is {said}, not a draft any more ({clause})."
    needed = " or ".join(_as_said(source) for source in sources)
    return f"{number} cannot be {done}: it is {said}, not {needed} ({clause})."


def _as_said(status: Status) -> str:
    return "a draft" if status is Status.DRAFT else status.replace("_", " ")
