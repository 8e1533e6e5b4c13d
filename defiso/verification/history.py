"""What the public may read of a certificate's history: the states it went through, each proven by the one after it.

A state names the value of the one before, so whoever trusts the newest can tell whether what is kept of the others is
whole and unchanged. What does not fit is shown as damaged, never as told. One query, kept for a minute.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.core.cache import TimedCache
from defiso.core.dates import read_when, write_day
from defiso.core.sealed_state import SealedState, digest_of_reason
from defiso.tenants.models import Tenant

# Status -> what the public reads of a change to it, and in which tone.
CHANGES: dict[str, tuple[str, str]] = {
    "active": ("Restored", "ok"),
    "suspended": ("Suspended", "warn"),
    "withdrawn": ("Withdrawn", "stop"),
    "cancelled": ("Ended by its holder", "stop"),
    "transferred_out": ("Transferred to another body", "stop"),
    "void": ("Issued in error and void", "stop"),
}
ISSUED = ("Issued", "ok")
FROM_REGISTER = ("Recorded in this registry", "")
REVISED = ("Changed: revision {revision}", "")
RENEWED = ("Renewed until {expires}: revision {revision}", "ok")
SAME_STATUS = ("Changed", "")
NO_REASON_LEFT = "The reason given is damaged in the registry and is not shown."
DAMAGED = "What the registry keeps of the time before this is missing or was changed, and is not shown."

_kept: TimedCache["History"] = TimedCache(size=2000, seconds=60)


@dataclass(frozen=True)
class Step:
    """One state and the reason given for it, None where what is kept is not what was given."""

    state: SealedState
    reason: str | None


@dataclass(frozen=True)
class History:
    """The states that lead back from the newest, newest first; ``is_whole`` if they lead back to the first."""

    steps: tuple[Step, ...]
    is_whole: bool

    def by_end_of(self, day: date) -> SealedState | None:
        """The state at the end of a past day (UTC); None before the first, or where what is kept does not reach."""
        return next((step.state for step in self.steps if step.state.at[:10] <= day.isoformat()), None)

    def reaches(self, day: date) -> bool:
        """Whether what is kept tells of that day."""
        return self.is_whole or self.by_end_of(day) is not None


class Entry(NamedTuple):
    """``at`` is an ISO time, empty for the note of a damage. Who acted inside the body is not for the public.

    ``replaced`` is the revision that was in force until then, 0 where none was replaced.
    """

    at: str
    title: str
    tone: str
    reason: str
    replaced: int = 0


def read_history(*, tenant: Tenant, newest: SealedState, reason: str | None) -> History:
    """The states up to the newest, which is trusted, as is its ``reason``: one query, none for a minute after."""
    key = f"{tenant.slug} {newest.number} {newest.value.hex()}"
    if kept := _kept.get(key):
        return kept
    events = events_of(
        tenant_slug=tenant.slug, target_kind="CERT", target_id=newest.number, generation=newest.generation
    )
    steps = tuple(_steps(newest, reason, events))
    history = History(steps, is_whole=not steps[-1].state.previous)
    if history.is_whole:
        _kept.put(key, history)
    return history


def present_history(history: History) -> list[Entry]:
    """Newest first, as the public page shows it."""
    before = [*(step.state for step in history.steps[1:]), None]
    entries = [_entry(step, previous) for step, previous in zip(history.steps, before, strict=True)]
    return entries if history.is_whole else [*entries, Entry("", "Damaged", "stop", DAMAGED)]


def forget_history() -> None:
    """Read every history afresh: for tests."""
    _kept.clear()


def _steps(newest: SealedState, reason: str | None, events: Iterable[Event]) -> Iterator[Step]:
    told = {state.value.hex(): (state, event.reason) for event in events if (state := _state_of(event))}
    state, given = newest, reason
    while True:
        is_as_given = digest_of_reason(given) == state.reason
        yield Step(state, (given or "") if is_as_given else None)
        if state.previous not in told:
            return
        state, given = told[state.previous]


def _state_of(event: Event) -> SealedState | None:
    try:
        return event.sealed_state
    except ValueError:
        return None


def _entry(step: Step, previous: SealedState | None) -> Entry:
    state = step.state
    title, tone = _title_of(state, previous)
    reason = NO_REASON_LEFT if step.reason is None else step.reason
    replaced = previous.revision if previous and previous.revision != state.revision else 0
    return Entry(state.at, title, tone, reason, replaced)


def _title_of(state: SealedState, previous: SealedState | None) -> tuple[str, str]:
    if not state.previous:
        return FROM_REGISTER if state.from_register else ISSUED
    if previous and previous.status == state.status:
        if previous.revision == state.revision:
            return SAME_STATUS
        title, tone = RENEWED if state.expires > previous.expires else REVISED
        day = read_when(state.expires)
        return title.format(revision=state.revision, expires=write_day(day) if day else ""), tone
    return CHANGES.get(state.status, (state.status.replace("_", " ").capitalize(), ""))
