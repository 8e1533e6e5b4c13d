"""What the public may read of a certificate's history: one query, kept for a minute as long as nothing has changed."""

from dataclasses import dataclass

from defiso.audit.actions import Action
from defiso.audit.models import Event
from defiso.audit.services import events_of
from defiso.core.cache import TimedCache
from defiso.tenants.models import Tenant
from defiso.verification.verdicts import Verification

# Event -> what the public reads, and in which tone; an event that is not here is not public.
TITLES: dict[str, tuple[str, str]] = {
    Action.CERTIFICATE_ISSUED: ("Issued", "ok"),
    Action.CERTIFICATE_IMPORTED: ("Recorded in this registry", ""),
    Action.CERTIFICATE_SUSPENDED: ("Suspended", "warn"),
    Action.CERTIFICATE_RESTORED: ("Restored", "ok"),
    Action.CERTIFICATE_WITHDRAWN: ("Withdrawn", "stop"),
}

_kept: TimedCache[list["Entry"]] = TimedCache(size=2000, seconds=60)


@dataclass(frozen=True)
class Entry:
    """``at`` is an ISO time. Who acted inside the body is not for the public."""

    at: str
    title: str
    tone: str
    reason: str


def read_history(*, tenant: Tenant, verification: Verification) -> list[Entry]:
    """The public events, newest first. A list that lacks the last change, as an index may for a moment, is not kept."""
    key = f"{tenant.slug} {verification.slug} {verification.version}"
    if kept := _kept.get(key):
        return kept
    events = events_of(
        tenant_slug=tenant.slug,
        target_kind="CERT",
        target_id=verification.slug,
        generation=verification.generation,
    )
    entries = [_entry(event) for event in reversed(events) if event.action in TITLES]
    if entries and entries[0].at >= verification.since:
        _kept.put(key, entries)
    return entries


def forget_history() -> None:
    """Read every history afresh: for tests."""
    _kept.clear()


def _entry(event: Event) -> Entry:
    title, tone = TITLES[event.action]
    return Entry(event.occurred_at, title, tone, event.reason or "")
