"""Recording and reading events. Each is written in the transaction of the change it tells of.

The log is also the outbox: the sparse ``PENDING#`` key is what the worker drains.
"""

import zlib
from dataclasses import asdict
from typing import Any

from defiso.audit.actors import Actor
from defiso.audit.models import CredentialReference, Event
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.core.ids import new_id
from defiso.store.keys import tenant_key
from defiso.store.pages import Page, fetch_page
from defiso.store.transactions import Writes

PENDING_SHARDS = tuple(f"PENDING#{shard}" for shard in range(4))
USER_AGENT_LENGTH = 300


def record_event(
    writes: Writes,
    *,
    tenant_slug: str,
    actor: Actor,
    action: str,
    target_kind: str,
    target_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    credential: CredentialReference | None = None,
    status_entry: str | None = None,
    counted: list[Any] | None = None,
) -> Event:
    """Add one event to the transaction. ``action`` reads ``certificate.issued``; kinds are CERT, USER, TENANT."""
    event_id = new_id()
    event = Event(
        tenant_key(tenant_slug),
        f"EVENT#{event_id}",
        GSI1PK=_target_key(tenant_slug, target_kind, target_id),
        GSI1SK=event_id,
        GSI2PK=pending_shard(tenant_slug),
        GSI2SK=event_id,
        id=event_id,
        tenant_slug=tenant_slug,
        occurred_at=iso(now()),
        action=action,
        actor={"id": actor.id, "kind": actor.kind, "label": actor.label},
        target_kind=target_kind,
        target_id=target_id,
        context={"ip": actor.ip, "user_agent": actor.user_agent[:USER_AGENT_LENGTH], "request_id": actor.request_id},
        before=before,
        after=after,
        reason=reason or None,
        credential=asdict(credential) if credential else None,
        status_entry=status_entry,
        counted=counted,
    )
    writes.create(event, otherwise=ChangedMeanwhileError("This event was already recorded."))
    return event


def pending_shard(tenant_slug: str) -> str:
    """The part of the outbox that holds all of this tenant's events, in order."""
    return PENDING_SHARDS[zlib.crc32(tenant_slug.encode()) % len(PENDING_SHARDS)]


def list_events(*, tenant_slug: str, cursor: str | None = None) -> Page[Event]:
    """The tenant's events, newest first, 25 a page: one query."""
    return fetch_page(
        Event,
        tenant_key(tenant_slug),
        range_condition=Event.SK.startswith("EVENT#"),
        newest_first=True,
        cursor=cursor,
        scope=f"{tenant_slug}:events",
    )


def events_of(*, tenant_slug: str, target_kind: str, target_id: str, most: int = 200) -> list[Event]:
    """The events of one target, oldest first; at most the newest ``most``."""
    key = _target_key(tenant_slug, target_kind, target_id)
    newest: list[Event] = list(Event.GSI1.query(key, scan_index_forward=False, limit=most))
    return newest[::-1]


def _target_key(tenant_slug: str, kind: str, target_id: str) -> str:
    return f"TENANT#{tenant_slug}#TARGET#{kind}#{target_id}"
