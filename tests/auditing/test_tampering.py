"""Whoever can write rows but has no key changes one thing: a full check finds it and names it."""

import re
from collections.abc import Callable

import pytest

from defiso.audit.models import Event
from defiso.auditing.findings import Kind
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.tenants.services import get_tenant
from defiso.transparency.models import ENTRY_SIZE
from tests.anchoring.kit import work
from tests.auditing.kit import Stored, change, delete, every, found, put
from tests.certificates.making import ISSUER, make_certificate
from tests.transparency.kit import event_of, put_back, state_of

PLACE = 5  # the position in acme's log that is tampered with


def entries() -> list[tuple[Stored, int]]:
    """Of each position the row of entries and the place in it."""
    return [
        (stored, place)
        for stored in every("LOG#ENTRIES#")
        for place in range(len(stored.row["octets"]["B"]) // ENTRY_SIZE)
    ]


def ids() -> list[str]:
    """The ids of acme's events in the order of its log."""
    by_position = {int(stored.row["position"]["N"]): stored for stored in every("EVENT#") if "position" in stored.row}
    ordered = []
    for position in sorted(by_position):
        leader = Event.from_raw_data(by_position[position].row)
        ordered += [leader.id, *(leader.companions or [])]
    return ordered


def event(position: int = PLACE) -> Stored:
    [stored] = every(f"EVENT#{ids()[position]}")
    return stored


def issuing() -> tuple[int, Stored]:
    """The position and the event of a certificate that was issued, public and not loaded."""
    events = [every(f"EVENT#{event_id}")[0] for event_id in ids()[:14]]
    return next((place, one) for place, one in enumerate(events) if one.row["action"]["S"] == "certificate.issued")


def head(number: str = "FM-1") -> Stored:
    [stored] = every(f"CERT#{number}")
    return stored


OTHER = {
    "occurred_at": {"S": "2020-01-01T00:00:00.000Z"},
    "action": {"S": "certificate.withdrawn"},
    "actor": {"S": '{"id":"x","kind":"user","label":"Somebody else"}'},
    "context": {"S": '{"ip":"10.0.0.1"}'},
    "before": {"S": '{"status":"withdrawn"}'},
    "after": {"S": '{"status":"withdrawn"}'},
    "reason": {"S": "Never given."},
    "credential": {"S": '{"number_slug":"FM-1","revision":1,"digest":"' + "ab" * 32 + '"}'},
    "status_entry": {"S": "1#7"},
    "counted": {"S": '[["draft"],["withdrawn"]]'},
    "gen": {"S": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
    "state": None,
    "code": {"B": b"\x00" * 32},
    "GSI1PK": {"S": "TENANT#acme#TARGET#CERT#FM-3"},
    "GSI1SK": {"S": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
    "position": {"N": "999"},
}


@pytest.mark.parametrize("name", OTHER)
def test_an_attribute_of_an_event_changed(register, name):
    position, stored = issuing()
    change(stored, **{name: OTHER[name]})

    [finding] = [one for one in found(register, "acme") if one.where == str(position)]

    assert finding.kind in (Kind.EVENT_CHANGED, Kind.EVENT_MOVED)
    assert f"position {position}" in finding.sentence
    assert stored.sk.removeprefix("EVENT#") in finding.sentence


def companion_of_another_leader() -> str:
    """Of certificates loaded together."""
    known = ids()
    stored = next(one for one in every("EVENT#") if "leader" in one.row)
    position = known.index(stored.sk.removeprefix("EVENT#"))
    change(stored, leader={"S": known[0]})
    return f"The event that was appended at no position stands at position {position}: {known[position]}"


def event_deleted() -> str:
    event_id = ids()[PLACE]
    delete(event())
    return f"The event at position {PLACE} is gone: {event_id}"


def event_forged() -> str:
    stored, new = event(), "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    row = {name: value for name, value in stored.row.items() if name != "position"}
    put(Stored(stored.table, row | {"SK": {"S": f"EVENT#{new}"}, "GSI1SK": {"S": new}}))
    return f"Event {new} was not written so by this registry"


def event_that_never_waited() -> str:
    """Genuine and unknown to the log, as one that was taken out of the outbox."""
    lost = event_of(state_of("FM-99", tenant="acme"))
    put_back(lost)
    return f"Event {lost.id} is not in the log and does not wait"


def event_replayed_into_the_entries() -> str:
    last, _place = entries()[-1]
    first, at = entries()[PLACE]
    octets = first.row["octets"]["B"][at * ENTRY_SIZE : (at + 1) * ENTRY_SIZE]
    change(last, octets={"B": last.row["octets"]["B"] + octets})
    return f"in the log twice, at positions {PLACE} and {len(ids())}"


def entries_reordered() -> str:
    row, _first = next(pair for pair in entries() if len(pair[0].row["octets"]["B"]) > 2 * ENTRY_SIZE)
    octets, size = row.row["octets"]["B"], ENTRY_SIZE
    change(row, octets={"B": octets[size : 2 * size] + octets[:size] + octets[2 * size :]})
    start = int(row.sk.rpartition("#")[2])
    return f"The event that was appended at position {start + 1} stands at position {start}"


def entries_removed() -> str:
    rows = every("LOG#ENTRIES#")
    delete(rows[1])
    first, end = (int(row.sk.rpartition("#")[2]) for row in rows[1:3])
    return f"The entries at positions {first} to {end - 1} are gone"


def entry_changed() -> str:
    row, _place = entries()[PLACE]
    octets = bytearray(row.row["octets"]["B"])
    octets[-1] ^= 1
    change(row, octets={"B": bytes(octets)})
    return "The entry at position"


def newest_entries_removed() -> str:
    delete(every("LOG#ENTRIES#")[-1])
    return "signs entries that are gone"


def older_checkpoint() -> str:
    newest, first = every("LOG#CHECKPOINT")[:2]
    change(newest, note=first.row["note"], size=first.row["size"], generation=first.row["generation"])
    return "is in the place of the newest"


def kept_checkpoint_of_another_time() -> str:
    _newest, first, second = every("LOG#CHECKPOINT")[:3]
    change(second, note=first.row["note"])
    return "In the place of checkpoint"


def checkpoint_removed() -> str:
    delete(every("LOG#CHECKPOINT")[0])
    return "The newest checkpoint is gone"


def kept_checkpoint_removed() -> str:
    kept = every("LOG#CHECKPOINT#")[0]
    delete(kept)
    return f"Checkpoint {int(kept.sk.rpartition('#')[2])} of acme, which batch"


def checkpoint_unsigned() -> str:
    newest = every("LOG#CHECKPOINT")[0]
    text, _gap, _signatures = newest.row["note"]["S"].partition("\n\n")
    change(newest, note={"S": text + "\n\n"})
    return "is not signed by keys that count"


def map_node_changed() -> str:
    for slot in every("MAP##"):
        change(slot, octets={"B": slot.row["octets"]["B"][:-1] + b"\x00"})
    return "The node of the map under '' is gone or was changed"


def map_node_removed() -> str:
    inner = every("MAP#a#")
    for slot in inner:
        delete(slot)
    return "The node of the map under 'a' is gone or was changed"


def platforms_map_removed() -> str:
    for slot in every("MAP##", of="TENANT#platform"):
        delete(slot)
    return "The node of the map under '' is gone or was changed"


def head_removed() -> str:
    delete(head())
    return r"The head of FM-1 is gone; the event at position \d+ says"


def head_made_a_draft() -> str:
    change(head(), revision={"N": "0"})
    return r"The head of FM-1 is gone; the event at position \d+ says"


def confidential_flipped() -> str:
    change(head("FM-SECRET"), confidential={"BOOL": False})
    return "What the head of FM-SECRET says is not what the body sealed"


def status_changed() -> str:
    change(head("FM-2"), status={"S": "active"})
    return "What the head of FM-2 says is not what the body sealed"


def chunk_of_leaves_changed() -> str:
    chunk = every("LEAVES#", of="BATCH#")[0]
    change(chunk, digests={"B": b"\x00" + chunk.row["digests"]["B"][1:]})
    return "The tree of batch .* was changed"


def collected_leaf_changed() -> str:
    row = every("COLLECTED#", of="BATCH#")[0]
    change(row, digests={"B": b"\x00" + row.row["digests"]["B"][1:]})
    return "The leaves of batch .* do not lead to its root"


def commitments_changed() -> str:
    row = every("COMMITMENTS", of="BATCH#")[0]
    change(row, digests={"B": b"\x00" + row.row["digests"]["B"][1:]})
    return "The leaves of batch .* do not lead to its root"


def commitments_removed() -> str:
    delete(every("COMMITMENTS", of="BATCH#")[0])
    return "What batch .* commits to beside certificates is gone"


def previous_root_changed() -> str:
    row = every("COMMITMENTS", of="BATCH#")[-1]
    change(row, digests={"B": row.row["digests"]["B"][:-32] + b"\x01" * 32})
    return "is not the one that batch .* goes on from"


def previous_batch_changed() -> str:
    first, _second, third = every("METADATA", of="BATCH#")
    change(third, previous_id=first.row["id"])
    return "is not the one that batch .* goes on from"


def batch_removed() -> str:
    batch = every("METADATA", of="BATCH#")[1]
    delete(batch)
    return f"Batch {batch.row['id']['S']} is gone, which batch"


def newest_batch_removed_as_if_it_had_never_been() -> str:
    _first, second, third = every("METADATA", of="BATCH#")
    [newest] = every("METADATA", of="BATCHES")
    change(newest, batch_id=second.row["id"], root=second.row["root"])
    delete(third)
    return f"Batch {third.row['id']['S']}, which nonce 2 of the account was used for, is gone"


def newest_batch_put_back() -> str:
    second, third = every("METADATA", of="BATCH#")[1:]
    [newest] = every("METADATA", of="BATCHES")
    change(newest, batch_id=second.row["id"], root=second.row["root"])
    return f"Batch {third.row['id']['S']} was sealed later"


def root_changed() -> str:
    batch = every("METADATA", of="BATCH#")[0]
    change(batch, root={"S": "ab" * 32})
    return "The transaction does not hold the root"


def transaction_of_another_batch() -> str:
    first, second, _third = every("METADATA", of="BATCH#")
    change(first, **{name: second.row[name] for name in ("tx_hash", "block_number", "block_hash")})
    return "The transaction does not hold the root"


def nonces_forgotten() -> str:
    delete(every("NONCE#", of="ACCOUNT#")[-1])
    return "The database is older than its chain: the account has sent 3 transactions"


def nonce_missing() -> str:
    delete(every("NONCE#", of="ACCOUNT#")[1])
    return "No batch is known to have used the nonces 1 to 1"


def place_changed() -> str:
    place = every("PROOF#FM-1#")[0]
    change(place, index={"N": "4711"})
    return "Where FM-1 revision 1 was anchored is not kept"


def place_removed() -> str:
    delete(every("PROOF#FM-1#")[0])
    return "Where FM-1 revision 1 was anchored is not kept"


def event_row_unreadable() -> str:
    change(event(), occurred_at={"N": "1"})
    return f"The event at position {PLACE} was changed"


TAMPERS: list[Callable[[], str]] = [
    companion_of_another_leader,
    event_deleted,
    event_forged,
    event_that_never_waited,
    event_replayed_into_the_entries,
    event_row_unreadable,
    entries_reordered,
    entries_removed,
    newest_entries_removed,
    entry_changed,
    older_checkpoint,
    kept_checkpoint_of_another_time,
    kept_checkpoint_removed,
    checkpoint_removed,
    checkpoint_unsigned,
    map_node_changed,
    map_node_removed,
    platforms_map_removed,
    head_removed,
    head_made_a_draft,
    confidential_flipped,
    status_changed,
    chunk_of_leaves_changed,
    collected_leaf_changed,
    commitments_changed,
    commitments_removed,
    previous_root_changed,
    previous_batch_changed,
    batch_removed,
    newest_batch_removed_as_if_it_had_never_been,
    newest_batch_put_back,
    root_changed,
    transaction_of_another_batch,
    nonces_forgotten,
    nonce_missing,
    place_changed,
    place_removed,
]


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.__name__.replace("_", " "))
def test_one_thing_changed_is_found_and_named(register, tamper):
    expected = tamper()

    sentences = [finding.sentence for finding in found(register)]

    assert any(re.search(expected, sentence) for sentence in sentences), sentences


def test_an_old_head_put_back_is_not_the_newest(anvil, chain, hold, tenants):
    acme = get_tenant("acme")
    make_certificate(acme, number="FM-1")
    work(hold, chain)
    old = head("FM-1")
    withdraw_certificate(tenant=acme, actor=ISSUER, number="FM-1", reason="Not corrected.")
    work(hold, chain)
    put(old)

    [finding] = found(chain)

    assert (finding.kind, finding.where) == (Kind.HEAD, "FM-1")
    expected = r"The head of FM-1 is not the newest, but of position \d+: the event at position \d+ has a newer"
    assert re.match(expected, finding.sentence)


def test_nothing_is_found_in_the_register_that_these_tests_change(register):
    assert found(register) == []
