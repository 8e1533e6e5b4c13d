"""Editions of standards, and what the transition from one to the next allows: pure judgements.

Which editions there are is in ``standards``. Source: IAF MD 26:2023 and what is like it,
as each transition names it.
"""

from dataclasses import dataclass
from datetime import date

from defiso.core.dates import write_day


@dataclass(frozen=True)
class Transition:
    """The way out of an edition. Each date is a last day, None while it is not known.

    ``body_ready``: by then a body is accredited for the newer edition. ``last_new``: a first certification or a
    recertification may still be decided on this one. ``end``: certificates on it are in force. ``grace``: one that
    lapsed at the end may be restored on the newer edition without starting anew. What is not ``is_confirmed`` is shown
    and refuses nothing. ``clause`` is cited in refusals, ``source`` says where the dates are from.
    """

    body_ready: date | None
    last_new: date | None
    end: date | None
    grace: date | None
    is_confirmed: bool
    clause: str
    source: str


@dataclass(frozen=True)
class Edition:
    """One edition of a standard. ``published`` is a day or a month, ``2026-04-15`` or ``2026-09``."""

    code: str
    edition: str
    title: str
    name: str
    published: str
    is_confirmed: bool = True
    source: str = ""
    transition: Transition | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.code, self.edition

    @property
    def label(self) -> str:
        """The title, and that nobody has confirmed that this edition is out."""
        return self.title if self.is_confirmed else f"{self.title} (unconfirmed)"

    @property
    def first_day(self) -> date:
        """The day it was published, of a month the first."""
        return date.fromisoformat(self.published if len(self.published) > 7 else f"{self.published}-01")

    @property
    def binding(self) -> Transition | None:
        """The transition whose dates refuse and cap: a confirmed one."""
        return self.transition if self.transition and self.transition.is_confirmed else None


def latest_expiry(edition: Edition | None) -> date | None:
    """The last day a certificate on this edition can be in force; None where no day is set."""
    return edition.binding.end if edition and edition.binding else None


def edition_problem(edition: Edition | None, day: date, *, new_cycle: bool) -> str:
    """Why nothing can be decided on this edition on that day, with the clause; empty if it can.

    ``new_cycle`` is a first certification or a recertification, which end before the others do. An edition that is in
    no table any more refuses nothing here: ``validation`` does.
    """
    if edition is None:
        return ""
    if day < edition.first_day:
        return f"{edition.title} was not published before {write_day(edition.first_day)}."
    transition = edition.binding
    if transition and transition.end and day > transition.end:
        return f"{edition.title} could be certified until {write_day(transition.end)} only ({transition.clause})."
    if transition and new_cycle and transition.last_new and day > transition.last_new:
        last = write_day(transition.last_new)
        return (
            f"{edition.title} could be decided on for a first certification or a recertification until {last} only "
            f"({transition.clause})."
        )
    return ""


def expiry_problem(edition: Edition | None, expires: date) -> str:
    """Why a certificate on this edition cannot run so long, with the clause; empty if it can."""
    last = latest_expiry(edition)
    if edition is None or edition.binding is None or last is None or expires <= last:
        return ""
    return f"Certificates on {edition.title} end on {write_day(last)} at the latest ({edition.binding.clause})."
