"""A log as files over HTTP, followed from outside by a client that shares no code with the registry."""

import json

import pytest

from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.audit.services import PLATFORM, record_event
from defiso.credentials import keyring
from defiso.credentials.services import create_signing_key
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import Hold
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.services import get_tenant
from defiso.transparency.appending import Appending, end_of
from defiso.transparency.models import KeptCheckpoint, Tile, tile_key
from defiso.transparency.recording import read_checkpoint as newest_row
from tests.transparency.asking import ACME, Follower, grow, record
from tests.transparency.follower import fetch_entries, leaf_of, read_checkpoint, root_of, tile_path, unpacked
from tests.transparency.kit import put_back, state_of, tell, tell_together


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_a_stranger_recomputes_the_root_from_what_is_served(hold: Hold, size: int) -> None:
    grow(size)
    record(hold, ACME)
    follower = Follower()

    told = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
    entries = fetch_entries(follower.get, told.size)

    assert told.size == size
    assert root_of([leaf_of(entry) for entry in entries]) == told.root
    assert told.origin == "acme.localhost/log"
    assert told.signed_as == [("acme.localhost/log", 1), ("localhost/log", 4)]


def test_a_later_checkpoint_goes_on_from_the_one_before(hold: Hold) -> None:
    grow(300)
    record(hold, ACME)
    follower = Follower()
    before = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
    tell_together(*[state_of(f"B-{number}", tenant=ACME) for number in range(90)])
    record(hold, ACME)

    after = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
    leaves = [leaf_of(entry) for entry in fetch_entries(follower.get, after.size)]

    assert (before.size, after.size) == (300, 390)
    assert root_of(leaves) == after.root
    assert root_of(leaves[: before.size]) == before.root


def test_the_platforms_own_log_is_on_the_apex(hold: Hold) -> None:
    record(hold, PLATFORM)
    follower = Follower(PLATFORM)

    told = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
    entries = fetch_entries(follower.get, told.size)

    assert told.signed_as == [("localhost/log", 1), ("localhost/log", 4)]
    assert told.size == len(entries) == 4  # two bodies, and a key of each
    assert root_of([leaf_of(entry) for entry in entries]) == told.root


def test_a_checkpoint_by_a_key_that_another_process_made_a_moment_ago_is_served(hold: Hold, tenants: list[str]) -> None:
    follower = Follower()
    follower.get("keys")  # from here on this process knows the keys
    known = keyring._stored.get(ACME)
    assert known
    with transaction() as writes:
        create_signing_key(tenant=get_tenant(ACME), writes=writes)
    grow(1)
    record(hold, ACME)
    keyring._stored.put(ACME, known)

    assert follower.status("checkpoint") == 200


class TestWhatIsNotServed:
    def test_there_is_nothing_before_the_first_checkpoint(self, hold: Hold) -> None:
        grow(3)
        drain_outbox(hold, [Appending()])
        follower = Follower()

        assert [follower.status(path) for path in ("checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1")] == [404] * 3

    def test_entries_that_no_checkpoint_covers_yet(self, hold: Hold) -> None:
        grow(3)
        record(hold, ACME)
        tell(state_of("B-1", tenant=ACME))
        drain_outbox(hold, [Appending()])
        follower = Follower()

        assert end_of(ACME) == 4
        for level in ("0", "entries"):
            assert [follower.status(tile_path(level, 0, width)) for width in (1, 2, 3, 4)] == [200, 200, 200, 404]

    @pytest.mark.parametrize(
        "path",
        [
            "0/0",
            "0/0000.p/1",
            "0/001.p/1",
            "0/000",
            "0/000.p/0",
            "0/000.p/01",
            "0/000.p/256",
            "0/000.p/1/",
            "00/000.p/1",
            "1/000.p/1",
            "64/000.p/1",
            "entries/000",
            "entries/x000/000.p/1",
            "data/000.p/1",
            "-1/000.p/1",
            "0/000.p/١",
            "0/" + "x999/" * 6 + "999",
        ],
    )
    def test_a_path_that_is_written_otherwise_or_leads_beyond_the_log(self, hold: Hold, path: str) -> None:
        grow(3)
        record(hold, ACME)

        assert Follower().status(f"tile/{path}") == 404

    def test_anything_of_another_bodys_log(self, hold: Hold) -> None:
        events = grow(3)
        record(hold, ACME)

        assert Follower("globex").status("checkpoint") == 404
        assert Follower("globex").status("tile/entries/000.p/1") == 404
        tell(state_of("G-1", tenant="globex"))
        record(hold, "globex")
        other = Follower("globex")
        told = read_checkpoint(other.get("checkpoint"), other.get("keys"))
        [_opened, entry] = fetch_entries(other.get, told.size)
        assert json.loads(entry)["state"]["number"] == "G-1"
        assert not any(event.id.encode() in given for event in events for given in other.given)

    def test_a_word_of_a_confidential_certificate(self, hold: Hold) -> None:
        state = state_of("SECRET-7", tenant=ACME, confidential=True, reason="ef" * 32)
        tell(state, state_of("PUBLIC-1", tenant=ACME))
        tell(state_of("SECRET-7", tenant=ACME, after=state, confidential=True, status="suspended"))
        record(hold, ACME)
        follower = Follower()

        told = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
        [_opened, secret, public, suspended] = [json.loads(entry) for entry in fetch_entries(follower.get, told.size)]

        assert set(secret) == set(suspended) == {"event", "map"}
        assert public["state"]["number"] == "PUBLIC-1"
        everything = b"".join(follower.given)
        for word in (b"SECRET", b"suspended", b"certificate.suspended", b"ef" * 32):
            assert word not in everything

    def test_who_logged_in_and_from_where(self, hold: Hold) -> None:
        actor = Actor("01ANNA", "user", "Anna Example", ip="192.0.2.77", user_agent="Browser of Anna")
        with transaction() as writes:
            record_event(
                writes,
                tenant_slug=ACME,
                actor=actor,
                action="user.logged_in",
                target_kind="USER",
                target_id="01ANNA",
                after={"email": "anna@acme.example"},
            )
        record(hold, ACME)
        follower = Follower()

        told = read_checkpoint(follower.get("checkpoint"), follower.get("keys"))
        [_opened, entry] = fetch_entries(follower.get, told.size)

        assert set(json.loads(entry)) == {"event"}
        for word in ("Anna", "192.0.2.77", "01ANNA", "logged_in", "anna@"):
            assert not any(word.encode() in given for given in follower.given)


class TestWhatSomebodyWroteIntoTheRows:
    """Nothing of it is served, and the answer says what is wrong and where."""

    def test_an_event(self, hold: Hold) -> None:
        events = grow(5)
        record(hold, ACME)
        event = Event.find(events[1].PK, events[1].SK)
        assert event
        event.reason = "Never said."
        put_back(event)
        follower = Follower()

        answer = follower.browser.get("/log/tile/entries/000.p/5")

        assert answer.status_code == 503
        assert "the event at position 2 is gone or another one" in answer.content.decode()
        assert "immutable" not in answer["Cache-Control"]
        assert follower.status("tile/entries/000.p/2") == 200
        assert follower.status("tile/0/000.p/5") == 200

    def test_an_event_that_cannot_even_be_read(self, hold: Hold) -> None:
        [event] = grow(2)
        record(hold, ACME)
        event = Event.find(event.PK, event.SK)
        assert event
        event.state = ["nothing", "of ours"]
        put_back(event)

        assert Follower().status("tile/entries/000.p/2") == 503

    def test_a_full_tile(self, hold: Hold) -> None:
        grow(600)
        record(hold, ACME)
        tile = Tile.find("TENANT#acme", tile_key(0, 1))
        assert tile
        tile.octets = tile.octets[:32] + bytes(32) + tile.octets[64:]
        put_back(tile)
        follower = Follower()

        assert [follower.status(path) for path in ("tile/0/000", "tile/0/001", "tile/0/001.p/1")] == [200, 503, 503]
        assert follower.status("tile/entries/001") == 503

    def test_a_tile_at_the_edge(self, hold: Hold) -> None:
        grow(600)
        record(hold, ACME)
        tile = Tile.find("TENANT#acme", tile_key(1, 0))
        assert tile
        tile.octets = bytes(32) + tile.octets[32:]
        put_back(tile)
        follower = Follower()

        assert [follower.status(path) for path in ("tile/1/000.p/2", "tile/0/000", "tile/0/002.p/88")] == [503] * 3

    def test_a_checkpoint_that_only_the_platform_signed(self, hold: Hold) -> None:
        grow(2)
        record(hold, ACME)
        row = newest_row(ACME)
        assert row
        text, _gap, signatures = row.note.partition("\n\n")
        _own, cosignature = signatures.splitlines()
        put_back(KeptCheckpoint(row.PK, row.SK, note=f"{text}\n\n{cosignature}\n", size=2, generation=1))

        assert Follower().status("checkpoint") == 503
        assert Follower().status("tile/0/000.p/2") == 503


class TestHowItIsServed:
    def test_a_tile_may_be_kept_for_ever_and_a_checkpoint_not_at_all(self, hold: Hold) -> None:
        grow(3)
        record(hold, ACME)
        browser = Follower().browser

        for path, content_type, cache_control in (
            ("/log/checkpoint", "text/plain; charset=utf-8", "no-cache"),
            ("/log/keys", "text/plain; charset=utf-8", "no-cache"),
            ("/log/tile/0/000.p/3", "application/octet-stream", "public, max-age=31536000, immutable"),
            ("/log/tile/entries/000.p/3", "application/octet-stream", "public, max-age=31536000, immutable"),
        ):
            answer = browser.get(path)
            assert (answer["Content-Type"], answer["Cache-Control"]) == (content_type, cache_control)
            assert answer["Access-Control-Allow-Origin"] == "*"
            again = browser.get(path, headers={"if-none-match": answer["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert browser.post(path).status_code == 405

    def test_a_bundle_is_packed_for_whoever_takes_that(self, hold: Hold) -> None:
        grow(90)
        record(hold, ACME)
        browser = Follower().browser
        path = "/log/tile/entries/000.p/90"

        plain, packed = browser.get(path), browser.get(path, headers={"accept-encoding": "gzip"})

        assert "Content-Encoding" not in plain
        assert packed["Content-Encoding"] == "gzip"
        assert unpacked(packed.content, "gzip") == plain.content
        assert len(packed.content) < len(plain.content) / 2
        assert "Accept-Encoding" in packed["Vary"]
        assert "Content-Encoding" not in browser.get("/log/tile/0/000.p/90", headers={"accept-encoding": "gzip"})

    def test_what_a_file_costs_is_bounded(self, hold: Hold) -> None:
        grow(600)
        record(hold, ACME)
        follower = Follower()
        follower.get("tile/0/000")  # the host, its keys and the edge are known from here on

        costs = {}
        for path in ("checkpoint", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001"):
            with counted_calls() as calls:
                follower.get(path)
            costs[path] = calls

        assert costs == {
            "checkpoint": ["GetItem"],
            "tile/0/001": ["GetItem", "BatchGetItem"],
            "tile/0/002.p/88": ["GetItem"],
            "tile/1/000.p/2": ["GetItem"],
            "tile/entries/001": ["GetItem", *["BatchGetItem"] * 2, "Query", *["BatchGetItem"] * 3],
        }
        with counted_calls() as calls:
            follower.get("tile/entries/001")
        assert calls == ["GetItem", "BatchGetItem"]
