"""A log with a key of its own, and events that bring states."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.audit.actors import SYSTEM
from defiso.audit.models import Event
from defiso.audit.services import make_event, record_events
from defiso.core.checkpoints import Checkpoint
from defiso.core.ids import new_id
from defiso.core.notes import Note, NoteKey
from defiso.core.sealed_state import SealedState
from defiso.store.connection import connection
from defiso.store.items import Item, Row
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.transparency.models import CHECKPOINT, ENTRIES, Entries, KeptCheckpoint, MapNode, Tile
from defiso.transparency.recording import Recorder
from tests.conftest import every_row

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KEY = NoteKey("umbra.localhost/log", PRIVATE.public_key().public_bytes_raw())


def sign(slug: str, checkpoint: Checkpoint) -> Note:
    key = NoteKey(checkpoint.origin, PRIVATE.public_key().public_bytes_raw())
    return Note(checkpoint.text, (key.signature_of(checkpoint.text, PRIVATE.sign),))


def recorder() -> Recorder:
    return Recorder(sign, lambda slug: f"{slug}.localhost/log", lambda slug, row: None)


def state_of(number: str, *, tenant: str = "umbra", after: SealedState | None = None, **said: object) -> SealedState:
    """The first state of a certificate, or the one that comes ``after`` another."""
    members = {
        "generation": "",
        "revision": 1,
        "status": "active",
        "since": "2026-11-24T10:00:00Z",
        "at": "2026-11-24T10:00:00Z",
        "from_register": False,
        "expires": "2029-01-01",
        "review": "",
        "digest": "ab" * 32,
        "confidential": False,
        "reason": "",
        **said,
    }
    version = after.version + 1 if after else 1
    previous = after.value.hex() if after else ""
    return SealedState(tenant=tenant, number=number, event=new_id(), version=version, previous=previous, **members)


def event_of(state: SealedState) -> Event:
    return make_event(
        tenant_slug=state.tenant,
        actor=SYSTEM,
        action="certificate.issued" if state.version == 1 else "certificate.suspended",
        target_kind="CERT",
        target_id=state.number,
        after={"status": state.status},
        state=state,
    )


def tell(*states: SealedState) -> list[Event]:
    """Record the events of these states, each in a transaction of its own."""
    events = [event_of(state) for state in states]
    for event in events:
        with transaction() as writes:
            record_events(writes, [event])
    return events


def tell_together(*states: SealedState) -> list[Event]:
    events = [event_of(state) for state in states]
    with transaction() as writes:
        record_events(writes, events)
    return events


def put_back(row: Item | None) -> None:
    """A row as somebody writes it who asks for no condition."""
    assert row is not None
    connection().client.put_item(TableName=type(row).Meta.table_name, Item=row.serialize())


def drop(model: type[Item], *, of: str = "") -> None:
    """Take away every row of this kind, or of one body."""
    for row in rows_of(model):
        if of and row["PK"]["S"] != tenant_key(of):
            continue
        connection().client.delete_item(
            TableName=model.Meta.table_name, Key={"PK": {"S": row["PK"]["S"]}, "SK": {"S": row["SK"]["S"]}}
        )


def count_rows(model: type[Item]) -> int:
    return len(rows_of(model))


def rows_of(model: type[Item]) -> list[Row]:
    starts = {Entries: ENTRIES, Tile: "LOG#TILE#", KeptCheckpoint: CHECKPOINT, MapNode: "MAP#"}
    return [row for row in every_row() if row["SK"]["S"].startswith(starts[model])]
