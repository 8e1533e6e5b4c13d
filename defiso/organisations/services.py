"""Clients: reading one, making one, changing one. Each change is one transaction with its event and the words it is
found by. Joining two rows is in ``merging``.
"""

from collections.abc import Mapping
from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.core.clock import iso, now
from defiso.core.errors import DomainError
from defiso.organisations.errors import ClientChangedError, ClientExistsError, ClientInvalidError, ClientNotFoundError
from defiso.organisations.models import Client, client_key
from defiso.organisations.places import Places
from defiso.organisations.rules import Given, problems_with_client, tidy
from defiso.organisations.search import find_clients, terms_of
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

__all__ = ["change_client", "find_clients", "get_client", "make_client"]

PRINTED = ("name", "english_name", "address", "country")  # on certificates
SAID = (*PRINTED, "client_number", "legal_ids", "contacts", "notes")


def get_client(tenant: Tenant, slug: str, *, consistent: bool = False) -> Client:
    """The client of this slug: one read. Raises ClientNotFoundError."""
    is_key = 0 < len(slug) <= 300
    client = Client.find(tenant_key(tenant.slug), client_key(slug), consistent=consistent) if is_key else None
    if client is None:
        raise ClientNotFoundError(slug)
    return client


def make_client(tenant: Tenant, actor: Actor, **given: Any) -> Client:
    """A new client; ``given`` as in ``rules.Given``. One of the same name in another country gets its own slug.

    Raises ClientInvalidError (``fields`` by path), ClientExistsError.
    """
    wanted = tidy(given)
    if problems := problems_with_client(wanted):
        raise ClientInvalidError(problems)
    client = new_client(tenant, wanted)
    with transaction() as writes:
        add_client(writes, client, otherwise=ClientExistsError(client.name, client.slug))
        _record(writes, tenant, actor, Action.ORGANISATION_CREATED, client, after=told_of(client))
    return client


def change_client(*, tenant: Tenant, actor: Actor, slug: str, version: int, given: Mapping[str, Any]) -> Client:
    """Replace what is said of a client, given that it is still at ``version``. Its slug stays, whatever its name.

    Nothing issued changes. Raises ClientNotFoundError, ClientInvalidError, ClientChangedError.
    """
    client = get_client(tenant, slug, consistent=True)
    wanted = tidy(given)
    if problems := problems_with_client(wanted, known=client.identifiers):
        raise ClientInvalidError(problems)
    if version != client.version:
        raise ClientChangedError(client.name)
    fresh = next_version(client, **_columns(wanted))
    if any(getattr(client, name) != getattr(fresh, name) for name in PRINTED):
        fresh.details_changed_at = iso(now())
    before, after = told_of(client), told_of(fresh)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not changed:
        return client
    with transaction() as writes:
        replace_client(writes, client, fresh)
        _record(
            writes,
            tenant,
            actor,
            Action.ORGANISATION_CHANGED,
            fresh,
            before={name: before.get(name) for name in changed},
            after={name: after.get(name) for name in changed},
        )
    return fresh


def new_client(tenant: Tenant, wanted: Given) -> Client:
    """The row as it would be written, under the first slug of its name that is free.

    Raises ClientExistsError if one of them is the same organisation.
    """
    ids = list(wanted.get("legal_ids", ()))
    place = Places(tenant.slug).find(wanted["name"], wanted["country"], ids=ids)
    if isinstance(place, Client):
        raise ClientExistsError(place.name, place.slug)
    return Client(tenant_key(tenant.slug), client_key(place), version=1, **_columns(wanted))


def add_client(writes: Writes, client: Client, *, otherwise: DomainError) -> None:
    """The row and its words, as parts of a transaction. ``otherwise`` if there is such a row."""
    writes.create(client, otherwise=otherwise)
    for term in terms_of(client):
        writes.create(term, otherwise=otherwise)


def require_client(writes: Writes, pk: str, slug: str) -> None:
    """Part of a transaction that rests on this client: it is there, and not merged into another."""
    given = Client.PK.exists()
    writes.check(Client, pk, client_key(slug), given=given, otherwise=ClientChangedError(slug))


def replace_client(writes: Writes, client: Client, fresh: Client) -> None:
    """The next version of a row, with its words, as parts of a transaction."""
    changed = ClientChangedError(client.name)
    writes.put(fresh, given=Client.version == client.version, otherwise=changed)
    wanted = {term.SK: term for term in terms_of(fresh)}
    for term in terms_of(client):
        if term.SK not in wanted:
            writes.delete(term, given=type(term).PK.exists(), otherwise=changed)
    for term in wanted.values():
        writes.put(term, given=type(term).PK.exists() | type(term).PK.does_not_exist(), otherwise=changed)


def next_version(client: Client, **changes: Any) -> Client:
    return Client(**{**client.attribute_values, **changes, "version": client.version + 1})


def told_of(client: Client) -> dict[str, Any]:
    """What an event tells of a client: all but nothing."""
    return {name: value for name in SAID if (value := getattr(client, name))}


def _columns(wanted: Given) -> dict[str, Any]:
    """A blank is nothing."""
    values: Mapping[str, Any] = wanted
    return {name: values.get(name) or None for name in SAID}


def _record(
    writes: Writes,
    tenant: Tenant,
    actor: Actor,
    action: Action,
    client: Client,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="ORG",
        target_id=client.slug,
        before=before,
        after=after,
    )
