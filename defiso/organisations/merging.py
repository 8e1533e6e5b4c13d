"""Two rows that are one client become one, and two again while nothing has built on it. Both are events.

The row that is merged is kept, out of lists, with what the other was before. Certificates move in the same transaction,
those beyond a transaction's size right after it; the worker ends what a death in between left undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.audit.services import make_event, record_events
from defiso.core.errors import ChangedMeanwhileError
from defiso.organisations.errors import ClientChangedError, ClientNotFoundError, MergeRefusedError
from defiso.organisations.members import Member, list_members, moved, write_members
from defiso.organisations.models import Client, Merged, Term, client_key, merged_key
from defiso.organisations.rules import LONGEST_NOTES, MOST_CONTACTS, MOST_IDENTIFIERS
from defiso.organisations.search import terms_of
from defiso.organisations.services import add_client, get_client, next_version, replace_client
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

IN_THE_FIRST = 40  # certificates, beside two rows, their words and the event
AT_ONCE = 90
SHOWN = 100
MOST_ABSORBED = 20
ADDED = ("legal_ids", "contacts", "notes", "absorbed")


@dataclass(frozen=True)
class Plan:
    """What a merge will do: ``certificates`` of the ``source`` (at most ``SHOWN``), and what the target will have."""

    source: Client
    target: Client
    certificates: list[Member]
    has_more: bool
    result: Client


def plan_merge(*, tenant: Tenant, source: str, target: str) -> Plan:
    """Raises ClientNotFoundError, MergeRefusedError."""
    if source == target:
        raise MergeRefusedError("An organisation cannot be merged into itself. Choose the other one.")
    ours, theirs = (get_client(tenant, slug, consistent=True) for slug in (source, target))
    page = list_members(tenant.slug, source, size=SHOWN)
    return Plan(ours, theirs, page.items, page.next_cursor is not None, _together(ours, theirs))


def merge_clients(*, tenant: Tenant, actor: Actor, source: str, target: str, versions: tuple[int, int]) -> Client:
    """Merge ``source`` into ``target``, given that both are still at these versions. Nothing issued changes.

    Raises ClientNotFoundError, MergeRefusedError, ClientChangedError.
    """
    plan = plan_merge(tenant=tenant, source=source, target=target)
    if (plan.source.version, plan.target.version) != versions:
        raise ClientChangedError(plan.target.name)
    event = _event(tenant, actor, Action.ORGANISATION_MERGED, plan.source, plan.target)
    merged = Merged(
        plan.source.PK,
        merged_key(source),
        **_known(plan.source),
        into=target,
        into_name=plan.target.name,
        into_version=plan.result.version,
        into_before={name: getattr(plan.target, name) for name in ADDED},
        by_event=event.id,
    )
    changed = ClientChangedError(plan.source.name)
    first = _whole_members(tenant.slug, source)[0][:IN_THE_FIRST]
    with transaction() as writes:
        writes.create(merged, otherwise=changed)
        _delete_client(writes, plan.source)
        replace_client(writes, plan.target, plan.result)
        write_members(writes, [moved(one, tenant.slug, to=target, came_from=source) for one in first])
        record_events(writes, [event])
    _move_rest(tenant.slug, Move(tenant.slug, source, target))
    return plan.result


def part_clients(*, tenant: Tenant, actor: Actor, slug: str) -> Client:
    """Undo the merge of ``slug`` into another: both are as they were, each with the certificates it had.

    Raises ClientNotFoundError, MergeRefusedError, ClientChangedError.
    """
    merged = Merged.find(tenant_key(tenant.slug), merged_key(slug), consistent=True)
    if merged is None:
        raise ClientNotFoundError(slug)
    target = Client.find(merged.PK, client_key(merged.into), consistent=True)
    if target is None or target.version != merged.into_version or _has_joined_since(tenant.slug, merged):
        raise MergeRefusedError(
            f"{merged.into_name[:100]} has changed since the merge, so it cannot be undone by itself. "
            "Make the other organisation anew and choose it for its certificates."
        )
    source = Client(merged.PK, client_key(slug), **_known(merged))
    restored = next_version(target, **merged.into_before)
    changed = ClientChangedError(merged.name)
    first = [one for one in _whole_members(tenant.slug, merged.into)[0] if one.came_from == slug][:IN_THE_FIRST]
    with transaction() as writes:
        writes.delete(merged, given=Merged.by_event == merged.by_event, otherwise=changed)
        add_client(writes, source, otherwise=changed)
        replace_client(writes, target, restored)
        write_members(writes, [moved(one, tenant.slug, to=slug, came_from=None) for one in first])
        record_events(writes, [_event(tenant, actor, Action.ORGANISATION_PARTED, source, target)])
    _move_rest(tenant.slug, Move(tenant.slug, target.slug, slug, only_from=slug))
    return source


def find_merged(tenant: Tenant, slug: str) -> Merged | None:
    """The row of a client that was merged into another: one read."""
    return Merged.find(tenant_key(tenant.slug), merged_key(slug)) if 0 < len(slug) <= 300 else None


@dataclass(frozen=True)
class Move:
    """Certificates of the client ``source`` that go to ``target``; ``only_from``: those that came from there."""

    tenant_slug: str
    source: str
    target: str
    only_from: str | None = None


class Moving(Projection[Move]):
    """Ends a merge, or its undoing, that died between its transactions."""

    def read(self, event: Event) -> Move | None:
        after = event.after or {}
        if event.action == Action.ORGANISATION_MERGED:
            return Move(event.tenant_slug, event.target_id, str(after["into"]))
        if event.action == Action.ORGANISATION_PARTED:
            return Move(event.tenant_slug, str(after["from"]), event.target_id, only_from=event.target_id)
        return None

    def publish(self, hold: Hold, additions: Sequence[Move]) -> None:
        for move in additions:
            _move_rest(move.tenant_slug, move, hold)


class _TargetGoneError(ChangedMeanwhileError):
    """What was to be moved there goes where the later event says."""


def _move_rest(tenant_slug: str, move: Move, hold: Hold | None = None) -> None:
    """Page by page. Nothing goes to a client that has been merged, or parted, again meanwhile."""
    cursor: str | None = None
    gone = _TargetGoneError(f"{move.target} is no client any more.")
    while True:
        found, cursor = _whole_members(tenant_slug, move.source, cursor)
        members = [one for one in found if move.only_from in (None, one.came_from)]
        came_from = None if move.only_from else move.source
        try:
            with transaction() as writes:
                if members:
                    key, given = client_key(move.target), Client.PK.exists()
                    writes.check(Client, tenant_key(tenant_slug), key, given=given, otherwise=gone)
                    if hold:
                        hold.guard(writes)
                write_members(writes, [moved(one, tenant_slug, to=move.target, came_from=came_from) for one in members])
        except _TargetGoneError:
            return
        if cursor is None:
            return


def _whole_members(tenant_slug: str, client: str, cursor: str | None = None) -> tuple[list[Member], str | None]:
    """A page of a client's certificates with all columns: the index has those of lists alone."""
    page = list_members(tenant_slug, client, cursor=cursor, size=AT_ONCE)
    rows = find_all([(Member, one.PK, one.SK) for one in page.items], consistent=True)
    return [row for row in rows if isinstance(row, Member) and row.client == client], page.next_cursor


def _has_joined_since(tenant_slug: str, merged: Merged) -> bool:
    """Whether a certificate has become the other's since, by other ways than the merge."""
    cursor: str | None = None
    while True:
        members, cursor = _whole_members(tenant_slug, merged.into, cursor)
        if any(not one.came_from and one.joined > merged.by_event for one in members):
            return True
        if cursor is None:
            return False


def _together(ours: Client, theirs: Client) -> Client:
    """The target as it will be: with the identifiers, contacts and notes of both, and found by both names."""
    identifiers = [*theirs.identifiers, *(one for one in ours.identifiers if one not in theirs.identifiers)]
    contacts = [*(theirs.contacts or []), *(one for one in ours.contacts or [] if one not in (theirs.contacts or []))]
    notes = "\n\n".join(text for text in (theirs.notes, ours.notes) if text)
    for what, number, most in (
        ("identifiers", len(identifiers), MOST_IDENTIFIERS),
        ("contacts", len(contacts), MOST_CONTACTS),
        ("characters of notes", len(notes), LONGEST_NOTES),
    ):
        if number > most:
            raise MergeRefusedError(
                f"Together they would have {number} {what}, and {most} is the most. Take some away."
            )
    fresh = next_version(theirs, legal_ids=identifiers or None, contacts=contacts or None, notes=notes or None)
    one = {"slug": ours.slug, "name": ours.name, "version": fresh.version}
    fresh.absorbed = [*(theirs.absorbed or []), *(ours.absorbed or []), one][-MOST_ABSORBED:]
    return fresh


def _known(row: Client | Merged) -> dict[str, Any]:
    names = {*Client.get_attributes()} - {"PK", "SK", "operation"}
    return {name: value for name in names if (value := row.attribute_values.get(name)) is not None}


def _delete_client(writes: Writes, client: Client) -> None:
    changed = ClientChangedError(client.name)
    writes.delete(client, given=Client.version == client.version, otherwise=changed)
    for term in terms_of(client):
        writes.delete(term, given=Term.PK.exists() | Term.PK.does_not_exist(), otherwise=changed)


def _event(tenant: Tenant, actor: Actor, action: Action, source: Client, target: Client) -> Event:
    way = "into" if action == Action.ORGANISATION_MERGED else "from"
    return make_event(
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="ORG",
        target_id=source.slug,
        after={"name": source.name, way: target.slug},
    )
