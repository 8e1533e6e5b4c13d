"""From events to a signed checkpoint: every event once and in order, the newest states in the map, nothing forked."""

from functools import partial

import pytest

from defiso.audit.models import Event
from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note
from defiso.core.sealed_state import SealedState
from defiso.core.state_map import build, prove, root_from, value_in, values_of
from defiso.core.tree_log import Edge, consistency_holds, inclusion_holds
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import Hold
from defiso.store.connection import counted_calls
from defiso.transparency.appending import Appending, end_of, forget_appended
from defiso.transparency.entries import certificate_key, entry_of, leaf_data
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.map_rows import forget_map_nodes, read_nodes
from defiso.transparency.models import Entries, KeptCheckpoint, MapNode, Tile
from defiso.transparency.recording import read_checkpoint
from defiso.transparency.tree_rows import consistency_of, edge_at, entries_between, inclusion_of
from tests.transparency.kit import KEY, count_rows, drop, put_back, recorder, rows_of, state_of, tell, tell_together

UMBRA = "umbra"  # a body that nothing else happens to


def drain(hold: Hold) -> None:
    drain_outbox(hold, [Appending()])


def test_every_event_is_in_the_log_once_and_in_order(hold: Hold) -> None:
    alone = tell(state_of("A-1"), state_of("A-2"))
    together = tell_together(*[state_of(f"B-{number}") for number in range(33)])

    drain(hold)
    drain(hold)

    entries = list(entries_between(UMBRA, 0, 35))
    assert [leaf for _position, _id, leaf in entries] == [entry_of(event).leaf for event in [*alone, *together]]
    assert end_of(UMBRA) == 35


def test_an_event_knows_its_position(hold: Hold) -> None:
    [alone] = tell(state_of("A-1"))
    first, second, *_others = tell_together(*[state_of(f"B-{number}") for number in range(3)])

    drain(hold)

    rows = [Event.find(event.PK, event.SK) for event in (alone, first, second)]
    assert [row.position for row in rows if row] == [0, 1, None]
    assert rows[2]
    assert rows[2].leader == first.id


def test_a_checkpoint_is_signed_over_log_and_map(hold: Hold) -> None:
    states = [state_of(f"A-{number}") for number in range(40)]
    events = tell_together(*states)
    drain(hold)

    checkpoint = recorder().record(hold, UMBRA)

    assert checkpoint is not None
    row = read_checkpoint(UMBRA)
    assert row is not None
    note = Note.from_octets(row.note.encode())
    assert note.is_signed_by(KEY)
    assert note.text == checkpoint.text
    assert (checkpoint.size, checkpoint.generation, row.size) == (40, 1, 40)
    assert checkpoint.root == Edge().extended(entry_of(event).leaf for event in events).root
    assert checkpoint.map_root == build({certificate_key(UMBRA, state.number): state.value for state in states})[0]


def test_the_map_has_the_newest_state_and_says_what_was_never_issued(hold: Hold) -> None:
    first = state_of("A-1")
    second = state_of("A-1", after=first, status="suspended")
    tell(first, second)
    drain(hold)
    checkpoint = recorder().record(hold, UMBRA)
    assert checkpoint is not None

    for number, value in {"A-1": second.value, "A-2": None}.items():
        key = certificate_key(UMBRA, number)
        proof = prove(lambda wanted: read_nodes(UMBRA, wanted), checkpoint.map_root, key)
        assert root_from(proof, key) == checkpoint.map_root
        assert value_in(proof, key) == value


def test_later_entries_go_on_from_the_checkpoint_before_also_after_a_restart(hold: Hold) -> None:
    before = recorder()
    old = state_of("A-1")
    tell(old)
    drain(hold)
    first = before.record(hold, UMBRA)
    tell_together(*[state_of(f"B-{number}") for number in range(90)])
    tell(state_of("A-1", after=old, status="withdrawn"))
    drain(hold)
    forget_appended()
    forget_map_nodes()

    second = recorder().record(hold, UMBRA)

    assert first is not None
    assert second is not None
    assert (second.size, second.generation) == (92, 2)
    path = consistency_of(UMBRA, first.size, second.size)
    assert consistency_holds(old=1, old_root=first.root, new=92, new_root=second.root, path=path)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_tiles_prove_every_entry_in_a_log_of_any_size(hold: Hold, size: int) -> None:
    events = []
    for start in range(0, size, 90):
        events += tell_together(*[state_of(f"A-{number}") for number in range(start, min(size, start + 90))])
    recording = recorder()
    while end_of(UMBRA) < size:
        drain(hold)
        checkpoint = recording.record(hold, UMBRA)
    assert checkpoint is not None

    for position in {0, size // 2, size - 1}:
        leaf = entry_of(events[position]).leaf
        path = inclusion_of(UMBRA, position, size)
        assert inclusion_holds(leaf=leaf, index=position, size=size, path=path, root=checkpoint.root)
    assert edge_at(UMBRA, size).root == checkpoint.root
    assert count_rows(Tile) == size // 256 + (1 if size >= 256 else 0)


def test_nothing_new_signs_nothing(hold: Hold) -> None:
    tell(state_of("A-1"))
    drain(hold)
    recording = recorder()
    first = recording.record(hold, UMBRA)

    with counted_calls() as calls:
        assert recording.record(hold, UMBRA) == first

    assert calls == ["GetItem", "Query"]


def test_an_event_brought_again_changes_no_state(hold: Hold) -> None:
    first = state_of("A-1")
    issued, _suspended = tell(first, state_of("A-1", after=first, status="suspended"))
    drain(hold)
    recording = recorder()
    before = recording.record(hold, UMBRA)
    put_back(issued)
    drain(hold)

    after = recording.record(hold, UMBRA)

    assert before is not None
    assert after is not None
    assert (after.size, after.map_root) == (3, before.map_root)


def test_states_that_arrive_in_the_wrong_order_are_put_in_the_right_one(hold: Hold) -> None:
    first = state_of("A-1")
    second = state_of("A-1", after=first, status="suspended")
    recording = recorder()
    tell(second)
    drain(hold)
    recording.record(hold, UMBRA)
    tell(first)
    drain(hold)

    checkpoint = recording.record(hold, UMBRA)

    assert checkpoint is not None
    assert checkpoint.map_root == build({certificate_key(UMBRA, "A-1"): second.value})[0]


def test_a_state_that_waited_for_the_one_before_it_is_found_again_after_a_restart(hold: Hold) -> None:
    first = state_of("A-1")
    second = state_of("A-1", after=first, status="suspended")
    third = state_of("A-1", after=second)
    other = state_of("B-1")
    for states in ((first, other), (third,)):
        tell(*states)
        drain(hold)
        recorder().record(hold, UMBRA)
    tell(second)
    drain(hold)

    checkpoint = recorder().record(hold, UMBRA)

    assert checkpoint
    assert map_says(checkpoint, first) == third.value
    assert map_says(checkpoint, other) == other.value


def test_a_worker_that_ended_before_it_made_a_change_which_can_be_made_leaves_it_to_the_next(hold: Hold) -> None:
    first = state_of("A-1")
    second = state_of("A-1", after=first, status="suspended")
    third = state_of("A-1", after=second)
    forgetful = recorder()
    for state in (first, third, second):
        tell(state)
        drain(hold)
        forgetful.record(hold, UMBRA)
        forgetful._waiting.clear()

    following = recorder()
    checkpoint = following.record(hold, UMBRA)

    assert checkpoint
    assert map_says(checkpoint, first) == third.value
    assert following.record(hold, UMBRA) == recorder().record(hold, UMBRA) == checkpoint


def map_says(checkpoint: Checkpoint, state: SealedState) -> bytes | None:
    key = certificate_key(state.tenant, state.number)
    return values_of(partial(read_nodes, UMBRA), checkpoint.map_root, [key]).get(key)


def test_a_confidential_entry_says_nothing_but_what_the_map_needs(hold: Hold) -> None:
    state = state_of("SECRET-1", confidential=True, reason="ef" * 32)
    [event] = tell(state)

    said = leaf_data(event)

    assert b"SECRET" not in said
    assert state.value.hex().encode() in said
    assert certificate_key(UMBRA, "SECRET-1").hex().encode() in said
    assert b"suspended" not in said


class TestNothingIsSignedOverWhatWasChanged:
    def test_an_older_checkpoint_in_the_place_of_the_newest(self, hold: Hold) -> None:
        recording = recorder()
        tell(state_of("A-1"))
        drain(hold)
        recording.record(hold, UMBRA)
        old = read_checkpoint(UMBRA)
        tell(state_of("A-2"))
        drain(hold)
        recording.record(hold, UMBRA)
        put_back(old)

        with pytest.raises(BrokenLogError, match="older checkpoint"):
            recording.record(hold, UMBRA)

    def test_no_checkpoint_any_more(self, hold: Hold) -> None:
        recording = recorder()
        tell(state_of("A-1"))
        drain(hold)
        recording.record(hold, UMBRA)
        drop(KeptCheckpoint)

        with pytest.raises(BrokenLogError, match="gone"):
            recording.record(hold, UMBRA)

    def test_entries_that_were_signed_are_gone(self, hold: Hold) -> None:
        recording = recorder()
        tell(state_of("A-1"))
        drain(hold)
        recording.record(hold, UMBRA)
        drop(Entries)
        forget_appended()

        with pytest.raises(BrokenLogError, match="1 were signed, and 0 are there"):
            recording.record(hold, UMBRA)
        with pytest.raises(BrokenLogError, match="not all there"):
            recorder().record(hold, UMBRA)

    def test_an_event_changed_before_it_is_recorded(self, hold: Hold) -> None:
        [event] = tell(state_of("A-1"))
        drain(hold)
        forget_appended()
        event.reason = "Another reason."
        put_back(event)

        with pytest.raises(BrokenLogError, match="position 0 is not ours"):
            recorder().record(hold, UMBRA)

    def test_nodes_of_the_map_are_gone(self, hold: Hold) -> None:
        recording = recorder()
        first = state_of("A-1")
        tell(first)
        drain(hold)
        recording.record(hold, UMBRA)
        drop(MapNode)
        tell(state_of("A-1", after=first))
        drain(hold)

        with pytest.raises(BrokenLogError, match="node of the map"):
            recording.record(hold, UMBRA)


def test_a_forged_event_is_set_aside_and_never_logged(hold: Hold) -> None:
    forged, _genuine = tell(state_of("A-1"), state_of("A-2"))
    forged.reason = "Never said."
    put_back(forged)

    drain(hold)

    assert end_of(UMBRA) == 1


def test_a_crash_before_the_checkpoint_changes_nothing(hold: Hold) -> None:
    """What was written of the next checkpoint stands in slots that nothing leads to."""
    first = state_of("A-1")
    tell(first)
    drain(hold)
    recording = recorder()
    before = recording.record(hold, UMBRA)
    old = read_checkpoint(UMBRA)
    second = state_of("A-1", after=first, status="suspended")
    tell(second)
    drain(hold)
    recording.record(hold, UMBRA)
    put_back(old)
    forget_map_nodes()
    forget_appended()

    assert before is not None
    key = certificate_key(UMBRA, "A-1")
    proof = prove(lambda wanted: read_nodes(UMBRA, wanted), before.map_root, key)
    assert value_in(proof, key) == first.value
    again = recorder().record(hold, UMBRA)
    assert again is not None
    assert (again.size, again.generation) == (2, 2)
    assert again.map_root == build({key: second.value})[0]


def test_a_tile_begun_by_one_checkpoint_and_filled_by_the_next_has_the_entries_of_both(hold: Hold) -> None:
    recording = recorder()
    tell_together(*[state_of(f"A-{number}") for number in range(50)])
    drain(hold)
    recording.record(hold, UMBRA)
    for start in range(50, 410, 90):
        tell_together(*[state_of(f"A-{number}") for number in range(start, start + 90)])
    drain(hold)

    checkpoint = recording.record(hold, UMBRA)

    assert checkpoint is not None
    assert checkpoint.size == 410
    [row] = [row for row in rows_of(Tile) if row["SK"]["S"].startswith("LOG#TILE#0#")]
    leaves = [leaf for _position, _id, leaf in entries_between(UMBRA, 0, 256)]
    assert row["octets"]["B"] == b"".join(leaves)
