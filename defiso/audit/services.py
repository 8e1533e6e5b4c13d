"""Recording and reading events. Each is written in the transaction of the change it tells of.

The log is also the outbox: the sparse ``PENDING#`` key is what the worker drains.
"""

import zlib
from collections.abc import Sequence
from itertools import islice
from typing import Any, Required, TypedDict, Unpack

from defiso.audit.actors import Actor
from defiso.audit.authentic import code_of
from defiso.audit.models import CredentialReference, Event, event_key, target_key
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.core.ids import new_id
from defiso.core.sealed_state import SealedState
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.pages import Page, fetch_page
from defiso.store.transactions import MOST_PARTS, Writes

PLATFORM = "platform"  # a slug that no body can have: events about tenants and their keys are under it too
_PLATFORM_SHARD = f"PENDING#{PLATFORM}"
_TENANT_SHARDS = tuple(f"PENDING#{shard}" for shard in range(4))
PENDING_SHARDS = (_PLATFORM_SHARD, *_TENANT_SHARDS)  # in the order in which the worker takes them
USER_AGENT_LENGTH = 300
MOST_TOGETHER = MOST_PARTS - 1  # so that each can be given a key of its own in one transaction, beside the lease


class Happening(TypedDict, total=False):
    """What an event tells. ``action`` reads ``certificate.issued``; kinds of targets are CERT, ORG, USER, TENANT, KEY.

    A ``state`` names the event that brings it.
    """

    tenant_slug: Required[str]
    actor: Required[Actor]
    action: Required[str]
    target_kind: Required[str]
    target_id: Required[str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    credential: CredentialReference | None
    status_entry: str | None
    counted: list[Any] | None
    generation: str
    state: SealedState | None


def record_event(writes: Writes, **happened: Unpack[Happening]) -> Event:
    """Add one event to the transaction of the change it tells of."""
    event = make_event(**happened)
    record_events(writes, [event])
    return event


def record_events(writes: Writes, events: Sequence[Event]) -> None:
    """Add all events of a transaction, of one tenant: they wait in the outbox under one key and leave it together."""
    if len(events) > MOST_TOGETHER or len({event.PK for event in events}) != 1:
        raise ValueError(f"one to {MOST_TOGETHER} events of one tenant are recorded together")
    first, *others = events
    first.GSI2PK, first.GSI2SK = pending_shard(first.tenant_slug), first.id
    first.companions = [event.id for event in others] or None
    for event in others:
        event.leader = first.id
    for event in events:
        writes.create(event, otherwise=ChangedMeanwhileError("This event was already recorded."))


def make_event(**happened: Unpack[Happening]) -> Event:
    """An event yet to be recorded."""
    state = happened.get("state")
    event_id, slug, actor = state.event if state else new_id(), happened["tenant_slug"], happened["actor"]
    context = {"ip": actor.ip, "user_agent": actor.user_agent[:USER_AGENT_LENGTH], "request_id": actor.request_id}
    credential = happened.get("credential")
    event = Event(
        tenant_key(slug),
        event_key(event_id),
        GSI1PK=target_key(slug, f"{happened['target_kind']}#{happened['target_id']}"),
        GSI1SK=event_id,
        occurred_at=iso(now()),
        action=happened["action"],
        actor={"id": actor.id, "kind": actor.kind, "label": actor.label},
        context={name: value for name, value in context.items() if value} or None,
        before=_without_nothing(happened.get("before")),
        after=_without_nothing(happened.get("after")),
        reason=happened.get("reason") or None,
        credential=credential.stored if credential else None,
        status_entry=happened.get("status_entry"),
        counted=happened.get("counted"),
        generation=happened.get("generation"),
        state=state.stored if state else None,
    )
    event.code = code_of(event)
    return event


def _without_nothing(members: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in (members or {}).items() if value is not None} or None


def companions_of(event: Event) -> list[Event]:
    """The events that wait in the outbox under this one's key: one BatchGetItem if there are any."""
    return with_companions([event])[0][1:]


def with_companions(firsts: Sequence[Event]) -> list[list[Event]]:
    """Each event with those that wait under its key, up to 100 of them in all: one BatchGetItem if there are any."""
    keys = [(Event, first.PK, event_key(event_id)) for first in firsts for event_id in first.companions or []]
    found = iter(find_all(keys, consistent=True))
    together = [[first, *islice(found, len(first.companions or []))] for first in firsts]
    return [[event for event in events if isinstance(event, Event)] for events in together]


def pending_shard(tenant_slug: str) -> str:
    """The part of the outbox that holds all of this tenant's events, in order."""
    if tenant_slug == PLATFORM:
        return _PLATFORM_SHARD
    return _TENANT_SHARDS[zlib.crc32(tenant_slug.encode()) % len(_TENANT_SHARDS)]


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


def events_of(
    *, tenant_slug: str, target_kind: str, target_id: str, generation: str | None = None, most: int = 200
) -> list[Event]:
    """The events of one target, of one ``generation`` if given, oldest first; at most the newest ``most``."""
    key = target_key(tenant_slug, f"{target_kind}#{target_id}")
    wanted = Event.generation == generation if generation else None
    newest = list(Event.GSI1.query(key, filter_condition=wanted, scan_index_forward=False, limit=most))
    return newest[::-1]
