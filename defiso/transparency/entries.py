"""What an event says in the log, where strangers read it: leaf data, and what it sets in the map.

Leaf data is canonical JSON of ``event``, the hex SHA-256 of the event's whole immutable part (its id cannot be guessed,
so neither can the rest), and of a public certificate's event also the action, the time, the state and the reason. Of a
confidential one the leaf says key and value for the map alone; of a body's signing key, and of a restored backup that
was accepted, also the action and the time. So an entry can be given to anybody as it is, and the map can be made again
from the entries, but for the checkpoints in the platform's and what a body's has of its status lists, which say it
themselves.
"""

from typing import Any, NamedTuple

import orjson
from ulid import ULID

from defiso.audit.actions import Action
from defiso.audit.authentic import immutable_part, require_authentic
from defiso.audit.models import Event
from defiso.audit.services import PLATFORM
from defiso.core.canonical import canonical_json, sha256
from defiso.core.tree_log import leaf_hash


class Change(NamedTuple):
    """What an event sets in the map: ``value`` under ``key``, where ``previous`` was before, empty for nothing.

    Of a certificate also its ``status`` from now on, and the ``place`` of its credential in the status lists,
    after a blank that of the revision it replaces.
    """

    key: bytes
    previous: bytes
    value: bytes
    place: str = ""
    status: str = ""


class Entry(NamedTuple):
    """One event as the log has it."""

    tenant_slug: str
    event_id: str
    leaf: bytes
    change: Change | None

    @property
    def octets(self) -> bytes:
        """As a row of entries keeps it: id and leaf hash."""
        return bytes(ULID.from_str(self.event_id)) + self.leaf


def entry_of(event: Event) -> Entry:
    """Raises ValueError, or ForgedEventError which is one, for an event that this registry did not write so."""
    require_authentic(event)
    return Entry(event.tenant_slug, event.id, leaf_hash(leaf_data(event)), _change_of(event))


def _change_of(event: Event) -> Change | None:
    if state := event.sealed_state:
        key, previous = certificate_key(state.tenant, state.number), bytes.fromhex(state.previous)
        return Change(key, previous, state.value, event.status_entry or "", state.status)
    if event.target_kind == "KEY" and event.tenant_slug == PLATFORM and event.after:
        in_use = {**event.after, "retired_at": ""}
        before = sha256(canonical_json(in_use)) if event.after != in_use else b""
        return Change(signing_key_key(event.target_id), before, sha256(canonical_json(event.after)))
    if event.action == Action.PLATFORM_RESTORE_ACCEPTED and event.tenant_slug == PLATFORM and event.after:
        previous = bytes.fromhex(event.after["previous"])
        return Change(restore_key(event.target_id), previous, sha256(canonical_json(event.after)))
    return None


def leaf_data(event: Event) -> bytes:
    """What the log says of this event: the entry, byte for byte."""
    told: dict[str, Any] = {"event": digest_of(event)}
    state = event.sealed_state
    if state and not state.confidential:
        public = {"state": state.statement, "reason": event.reason or ""}
        return canonical_json({**told, "action": event.action, "at": event.occurred_at, **public})
    if change := _change_of(event):
        told["map"] = [change.key.hex(), change.value.hex()]
    if change and not state:
        told |= {"action": event.action, "at": event.occurred_at}
    if event.action == Action.PLATFORM_RESTORE_ACCEPTED:
        told["restore"] = event.after
    return canonical_json(told)


def digest_of(event: Event) -> str:
    """Hex SHA-256 of everything that the event says, by which it can be told from any other."""
    return sha256(canonical_json(immutable_part(event))).hex()


def event_digest_in(data: bytes) -> str:
    """The same, from leaf data."""
    return str(orjson.loads(data)["event"])


def certificate_key(tenant_slug: str, number_slug: str) -> bytes:
    """The key of a certificate in its body's map."""
    return sha256(f"certificate\n{tenant_slug}\n{number_slug}".encode())


def signing_key_key(target: str) -> bytes:
    """The key, in the platform's map, of a body's signing key: ``target`` is ``<slug> <kid>``."""
    return sha256(f"key\n{target}".encode())


def restore_key(target: str) -> bytes:
    """The key, in the platform's map, of the newest accepted restore: ``target`` is ``<chain id> <address>``."""
    return sha256("\n".join(["restore", *target.split(" ")]).encode())


def checkpoint_key(tenant_slug: str) -> bytes:
    """The key, in the platform's map, of a body's newest checkpoint in a batch."""
    return sha256(f"checkpoint\n{tenant_slug}".encode())


def id_in(octets: bytes) -> str:
    """The id of an event from the 16 bytes of an entry."""
    return str(ULID.from_bytes(octets))
