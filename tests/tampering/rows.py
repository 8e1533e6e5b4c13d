"""The same tampers in the rows of the register: which of the table has a row, what is changed there, what is answered.

Somebody who writes rows has no key, so nothing is signed again. Where the register says less than the two programs, the
line says why: rows that only prove something may be damaged by anybody, and are not what was certified.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from defiso.audit.services import PENDING_SHARDS, PLATFORM
from defiso.core.canonical import canonical_json
from defiso.credentials.packing import pack, unpack
from tests.tampering.table import CREDENTIAL, NEWEST, TAMPERS, Files, other
from tests.verification.world import Key, Row, Rows

NUMBER, NEIGHBOUR = "FM-1", "FM-2"
HEADS, EVENTS, CHAIN, TENANTS = (
    f"defiso-{name}" for name in ("certificates", "audit-logs", "blockchain-transactions", "tenants")
)
ACME = "TENANT#acme"
Change = Callable[[Rows, Rows], None]

RECORD = "rows of the record, which prove nothing against a certificate"
KEY_GONE = "a key that the platform's map has otherwise: its row is damaged"
NO_PLACE = "it is not known where it is anchored"


class InRows(NamedTuple):
    """``change`` is given all rows, and those of the moment before. ``why`` it says that it could not be checked."""

    name: str
    change: Change
    why: str = ""


def head(number: str = NUMBER) -> Key:
    return HEADS, ACME, f"CERT#{number}"


def revision(number: str = NUMBER, tenant: str = ACME) -> Key:
    return HEADS, tenant, f"REV#{number}#0001"


def place(number: str = NUMBER) -> Key:
    return CHAIN, ACME, f"PROOF#{number}#0001"


def newest_of(tenant: str) -> Key:
    return EVENTS, f"TENANT#{tenant}", "LOG#CHECKPOINT"


def batch_of(rows: Rows, part: str = "METADATA") -> Key:
    return CHAIN, f"BATCH#{rows[place()]['batch_id']['S']}", part


def leaves_of(rows: Rows) -> Key:
    return batch_of(rows, "LEAVES#0000")


def key_of(rows: Rows, tenant: str = ACME) -> Key:
    return next(key for key in rows if key[:2] == (TENANTS, tenant) and key[2].startswith("KEY#"))


def edited(row: Row, name: str, value: Any) -> Row:
    """With another value of the same type; ``value`` may be made from the old one."""
    [(kind, old)] = row[name].items() if name in row else [("B" if isinstance(value, bytes) else "S", "")]
    return {**row, name: {kind: value(old) if callable(value) else value}}


def edit(find: Callable[[Rows], Key] | Key, name: str, value: Any) -> Change:
    def change(rows: Rows, _before: Rows) -> None:
        key = find(rows) if callable(find) else find
        rows[key] = edited(rows[key], name, value)

    return change


def drop(*found: Callable[[Rows], Key]) -> Change:
    def change(rows: Rows, _before: Rows) -> None:
        for key in [find(rows) for find in found]:
            del rows[key]

    return change


def one_more(number: str) -> str:
    return str(int(number) + 1)


def first_octet(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


def in_document(tamper: Callable[[Files], None]) -> Change:
    """What is done to credential.json, done to the document as it is kept: with its one proof, in its one form."""

    def change(rows: Rows, _before: Rows) -> None:
        document = json.loads(unpack(rows[revision()]["credential"]["B"]))
        files = {CREDENTIAL: canonical_json({**document, "proof": [document["proof"]]})}
        tamper(files)
        text = files[CREDENTIAL].decode().replace('"proof":[', '"proof":').replace('"}],"type"', '"},"type"')
        rows[revision()] = {**rows[revision()], "credential": {"B": pack(text)}}

    return change


def in_note(tenant: str, tamper: Callable[[Files], None], name: str) -> Change:
    def change(rows: Rows, _before: Rows) -> None:
        files = {name: rows[newest_of(tenant)]["note"]["S"].encode()}
        tamper(files)
        rows[newest_of(tenant)] = edited(rows[newest_of(tenant)], "note", files[name].decode())

    return change


def map_nodes(rows: Rows) -> list[Key]:
    return [key for key in rows if key[:2] == (EVENTS, ACME) and key[2].startswith("MAP#")]


def damage_the_map(rows: Rows, _before: Rows) -> None:
    for key in map_nodes(rows):
        rows[key] = edited(rows[key], "octets", lambda octets: octets[:-1] + bytes([octets[-1] ^ 1]))


def empty_the_map(rows: Rows, _before: Rows) -> None:
    for key in map_nodes(rows):
        del rows[key]


def as_before(*keys: Key) -> Change:
    def change(rows: Rows, before: Rows) -> None:
        for key in keys:
            assert rows[key] != before[key]
            rows[key] = before[key]

    return change


def pretend_it_is_on_its_way(rows: Rows, before: Rows) -> None:
    """The head before, and the event that brought it in the outbox again."""
    as_before(head())(rows, before)
    id_ = rows[head()]["state_event"]["S"]
    event = next(key for key in rows if key[:2] == (EVENTS, ACME) and key[2].endswith(id_))
    rows[event] = {**rows[event], "GSI2PK": {"S": PENDING_SHARDS[0]}, "GSI2SK": {"S": event[2]}}


def put_the_record_back(rows: Rows, before: Rows) -> None:
    """Head, log, checkpoints and map of the body as they were."""
    for key in [key for key in rows if key[:2] == (EVENTS, ACME)]:
        del rows[key]
    rows.update({key: row for key, row in before.items() if key[:2] == (EVENTS, ACME)})
    rows[head()] = before[head()]


def taken_from(source: Callable[[Rows], Key] | Key, target: Callable[[Rows], Key] | Key, *names: str) -> Change:
    """Some attributes of another row, or all."""

    def change(rows: Rows, _before: Rows) -> None:
        theirs, ours = (find(rows) if callable(find) else find for find in (source, target))
        taken = {name: rows[theirs][name] for name in names or rows[theirs]}
        rows[ours] = {**(rows[ours] if names else {}), **taken, "PK": {"S": ours[1]}, "SK": {"S": ours[2]}}

    return change


def give_the_keys_away(rows: Rows, _before: Rows) -> None:
    theirs = rows[key_of(rows, "TENANT#globex")]
    ours = key_of(rows)
    del rows[ours]
    rows[TENANTS, ACME, theirs["SK"]["S"]] = {**theirs, "PK": {"S": ACME}}


def name_another_batchs_transaction(rows: Rows, _before: Rows) -> None:
    ours = batch_of(rows)
    theirs = next(row for key, row in rows.items() if key[0] == CHAIN and key != ours and "tx_hash" in row)
    rows[ours] = edited(rows[ours], "tx_hash", theirs["tx_hash"]["S"])


def _of(name: str) -> Callable[[Files], None]:
    return next(tamper.change for tamper in TAMPERS if tamper.name == name)


DOCUMENT = [tamper for tamper in TAMPERS if tamper.step == CREDENTIAL]
IN_ROWS = [
    *(InRows(tamper.name, in_document(tamper.change)) for tamper in DOCUMENT),
    InRows("the status is another", edit(head(), "status", "withdrawn")),
    InRows("the status is of another day", edit(head(), "since", "2020-01-01T00:00:00Z")),
    InRows("the version is another", edit(head(), "version", one_more)),
    InRows("the expiry of the status is another", edit(head(), "expires_on", "2099-01-01")),
    InRows("the status is of another credential", edit(head(), "credential_digest", other)),
    InRows("the state before is another", edit(head(), "previous_state", b"\xab" * 32)),
    InRows("the seal of the status is another", edit(head(), "status_seal", other)),
    InRows("the body's key has no endorsement of its own", edit(key_of, "endorsement", other), KEY_GONE),
    InRows("the body's key is older than it was", edit(key_of, "created_at", "2001-01-01T00:00:00Z"), KEY_GONE),
    InRows("the body's key is retired", edit(key_of, "retired_at", "2001-01-01T00:00:00Z"), KEY_GONE),
    InRows("the map has another state", damage_the_map, RECORD),
    InRows("the map does not have the certificate", empty_the_map, RECORD),
    *(
        InRows(name, in_note("acme", _of(name), NEWEST), RECORD)
        for name in (
            "the body's log is another",
            "the log is longer than it was",
            "the root of the log is another",
            "the root of the map is another",
            "the body's signature of the checkpoint is another",
            "the platform's signature of the checkpoint is another",
            "the body did not sign the checkpoint",
            "the platform did not sign the checkpoint",
        )
    ),
    *(
        InRows(name, in_note(PLATFORM, _of(name), "platform-checkpoint.txt"), RECORD)
        for name in (
            "the platform's log is another",
            "the platform's log has another root",
            "the platform's signature of its own log is another",
        )
    ),
    InRows("the root of the batch is another", edit(batch_of, "root", other)),
    InRows("the way to the batch is another", edit(leaves_of, "digests", first_octet), NO_PLACE),
    InRows("the account is another", edit(batch_of, "sender", "0x" + "ab" * 20)),
    InRows("the chain is another", edit(batch_of, "chain_id", one_more), "no node of that chain is known"),
    InRows("the transaction is another", edit(batch_of, "tx_hash", other)),
    InRows("there is no transaction", drop(batch_of), NO_PLACE),
    InRows("the way to the batch is its neighbour's", taken_from(place(NEIGHBOUR), place()), NO_PLACE),
    InRows("it is not on the blockchain", drop(lambda _rows: place())),
]
IN_ROWS_OF_MOMENTS = [
    InRows("the state before the suspension is put back", as_before(head())),
    InRows("the state before is said to be on its way", pretend_it_is_on_its_way),
    InRows("a suspension is hidden by what was true before it", put_the_record_back, RECORD),
    InRows("the checkpoint before the suspension is put back", as_before(newest_of("acme")), RECORD),
    InRows("the platform's checkpoint is an older one", as_before(newest_of(PLATFORM)), RECORD),
    InRows("the credential is its neighbour's", taken_from(revision(NEIGHBOUR), revision(), "credential")),
    InRows("the state is its neighbour's", taken_from(head(NEIGHBOUR), head())),
    InRows("the credential is another body's", taken_from(revision(tenant="TENANT#globex"), revision(), "credential")),
    InRows("the keys are another body's", give_the_keys_away, KEY_GONE),
    InRows("the checkpoint is another body's", taken_from(newest_of("globex"), newest_of("acme")), RECORD),
    InRows("the transaction is of another batch", name_another_batchs_transaction),
]

WAITS = "what the chain lost is written again"
NOT_ASKED = "the register names no block"
# By name, where the register's answer to a node's is not the programs': its code, and why.
ANSWERED_OTHERWISE = {
    "the transaction is another": (2, "a node that answers another question says nothing"),
    "the receipt is of another transaction": (2, "a node that answers another question says nothing"),
    "the transaction failed": (2, WAITS),
    "another block is there, and no such transaction": (2, WAITS),
    "the block has no such transaction": (2, WAITS),
    "the transaction is in another block": (0, NOT_ASKED),
    "another block has taken the place of the transaction's": (0, NOT_ASKED),
}
