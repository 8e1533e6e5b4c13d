"""The check of a log as people see it: in plain words, step by step, and as a proof to take away."""

import json
import re

import pytest

from defiso.anchoring.checkpoints import find_checkpoint_proof
from defiso.anchoring.models import Proof
from defiso.audit.models import Event
from defiso.audit.services import PLATFORM, list_events
from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note
from defiso.core.permissions import Role
from defiso.outbox.hold import Hold
from defiso.store.connection import counted_calls
from defiso.tenants.services import get_tenant
from defiso.transparency.models import KeptCheckpoint, Tile, kept_key, tile_key
from defiso.transparency.recording import read_checkpoint as newest_row
from tests.anchoring.kit import work
from tests.memory import forget_everything
from tests.staff import log_in_as, make_user
from tests.transparency.asking import ACME, Follower, grow, record
from tests.transparency.follower import leaf_of, read_checkpoint, root_from, roots_from
from tests.transparency.kit import put_back, state_of, tell

STEP = re.compile(r'data-result="(\w+)".*?verdict-label">(.*?) <span.*?verdict-reason">(.*?)</p>', re.DOTALL)


class Visitor(Follower):
    def page(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(f"/log{path}")
        assert answer.status_code == status
        return str(answer.content.decode())

    def steps(self, path: str) -> dict[str, tuple[str, str]]:
        """The result and the reason of each step of a check, by its label."""
        return {label: (result, reason) for result, label, reason in STEP.findall(self.page(path))}

    def results(self, path: str) -> list[str]:
        return [result for result, _reason in self.steps(path).values()]

    def proof(self, path: str) -> dict[str, object]:
        answer = self.browser.get(f"/log/{path}.json")
        assert answer["Content-Disposition"].startswith("attachment")
        found: dict[str, object] = json.loads(answer.content)
        return found


def holds(page: str) -> bool:
    return {"holds": True, "fails": False}[re.findall(r'data-overall="(\w+)"', page)[0]]


def hashes_in(proof: dict[str, object]) -> list[bytes]:
    path = proof["path"]
    assert isinstance(path, list)
    return [bytes.fromhex(step) for step in path]


def test_a_log_without_entries_says_so(hold: Hold) -> None:
    assert "Nothing is in this log yet" in Visitor().page()
    Visitor().page("/inclusion/0", 404)


def test_the_newest_checkpoint_is_told_in_plain_words(anvil, chain, hold: Hold) -> None:
    grow(40)
    work(hold, chain)
    tell(state_of("B-1", tenant=ACME))
    record(hold, ACME)

    page = Visitor().page()

    assert "<dd>41</dd>" in page
    assert "by Acme Certification and the platform" in page
    assert "its first 40 entries, since" in page
    assert anvil.rpc("eth_getBlockByNumber", "latest", False)["transactions"][0] in page
    assert "From 0, the first, to 40." in page


def test_the_platforms_log_is_checked_on_the_apex(anvil, chain, hold: Hold) -> None:
    tell(state_of("A-1", tenant=ACME))
    work(hold, chain)
    visitor = Visitor(PLATFORM)

    assert "by the platform" in visitor.page()
    assert visitor.results("/inclusion/3") == ["pass"] * 4


class TestAnEntry:
    def test_that_is_on_the_blockchain_passes_every_step(self, anvil, chain, hold: Hold) -> None:
        grow(300)
        work(hold, chain)
        tell(state_of("B-1", tenant=ACME))
        record(hold, ACME)
        visitor = Visitor()

        steps = visitor.steps("/inclusion/7")

        assert [result for result, _reason in steps.values()] == ["pass"] * 4
        assert steps["Its place in the log"][1] == "9 hashes lead from it, as entry 7, to the root that was signed."
        assert "That checkpoint of 300 entries has it" in steps["On the blockchain"][1]
        page = visitor.page("/inclusion/7")
        assert holds(page)
        for words in ("A-7", "Issued", "What this shows, and what not", "/log/inclusion/7.json"):
            assert words in page

    def test_that_came_after_the_last_anchor_is_in_the_log_all_the_same(self, anvil, chain, hold: Hold) -> None:
        grow(5)
        work(hold, chain)
        tell(state_of("B-1", tenant=ACME))
        record(hold, ACME)

        assert Visitor().results("/inclusion/5") == ["pass", "pass", "pass", "pending"]
        assert holds(Visitor().page("/inclusion/5"))

    def test_whose_chain_cannot_be_asked_fails_nothing(self, anvil, chain, hold: Hold) -> None:
        grow(5)
        work(hold, chain)
        anvil.kill()

        assert Visitor().results("/inclusion/3") == ["pass", "pass", "pass", "unknown"]

    def test_that_somebody_changed_is_named_and_what_follows_is_not_tried(self, hold: Hold) -> None:
        events = grow(5)
        record(hold, ACME)
        event = Event.find(events[2].PK, events[2].SK)
        assert event
        event.reason = "Never said."
        put_back(event)
        visitor = Visitor()

        steps = visitor.steps("/inclusion/3")

        assert [result for result, _reason in steps.values()] == ["pass", "fail", "unknown", "unknown"]
        assert "the event at position 3 is gone or another one" in steps["Entry 3"][1]
        page = visitor.page("/inclusion/3")
        assert not holds(page)
        assert "Never said" not in page
        assert "no longer what was signed" in page
        assert "is part of the history that was signed" not in page
        assert visitor.results("/inclusion/2") == ["pass", "pass", "pass", "pending"]
        assert visitor.browser.get("/log/inclusion/3.json").status_code == 503

    def test_beyond_the_newest_checkpoint_is_not_found(self, hold: Hold) -> None:
        grow(5)
        record(hold, ACME)

        assert "has the entries 0 to 4." in Visitor().page("/inclusion/5", 404)
        Visitor().page("/inclusion/" + "9" * 400, 404)

    def test_of_a_confidential_certificate_shows_nothing_of_it(self, hold: Hold) -> None:
        tell(state_of("SECRET-7", tenant=ACME, confidential=True, reason="ef" * 32))
        record(hold, ACME)

        page = Visitor().page("/inclusion/1")

        assert "It concerns a confidential certificate" in page
        assert "SECRET" not in page
        assert "certificate.issued" not in page

    @pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
    def test_is_proven_to_whoever_takes_the_proof_away(self, hold: Hold, size: int) -> None:
        grow(size)
        record(hold, ACME)
        visitor = Visitor()
        keys = visitor.get("keys")

        for position in {0, size // 2, size - 1}:
            proof = visitor.proof(f"inclusion/{position}")
            checkpoint, entry = proof["checkpoint"], proof["entry"]
            assert isinstance(checkpoint, dict)
            assert isinstance(entry, str)
            told = read_checkpoint(checkpoint["note"].encode(), keys)
            leaf = leaf_of(entry.encode())

            assert told.signed_as == [("acme.localhost/log", 1), ("localhost/log", 4)]
            assert told.size == size
            assert root_from(leaf, position, size, hashes_in(proof)) == told.root
            assert proof["keys"] == keys.decode().split()


class TestTwoCheckpoints:
    def test_are_one_history_step_by_step(self, anvil, chain, hold: Hold) -> None:
        grow(300)
        work(hold, chain)
        tell(state_of("B-1", tenant=ACME))
        work(hold, chain)
        visitor = Visitor()
        [older, newer] = re.findall(r"<td>Checkpoint (\d+)</td>", visitor.page())[::-1]

        page = visitor.page(f"/consistency/{older}/{newer}")

        assert holds(page)
        assert visitor.results(f"/consistency/{older}/{newer}") == ["pass"] * 5
        assert visitor.steps(f"/consistency/{newer}/{older}") == visitor.steps(f"/consistency/{older}/{newer}")
        assert f"/log/consistency/{older}/{newer}.json" in page

    def test_are_proven_to_whoever_takes_the_proof_away(self, anvil, chain, hold: Hold) -> None:
        grow(300)
        work(hold, chain)
        tell(state_of("B-1", tenant=ACME))
        record(hold, ACME)
        visitor = Visitor()
        row = newest_row(ACME)
        assert row

        proof = visitor.proof(f"consistency/{row.generation - 1}/{row.generation}")

        keys = visitor.get("keys")
        notes = [proof[name]["note"].encode() for name in ("older", "newer")]  # type: ignore[index]
        older, newer = (read_checkpoint(note, keys) for note in notes)
        assert (older.size, newer.size) == (300, 301)
        assert roots_from(300, older.root, 301, hashes_in(proof)) == (older.root, newer.root)

    def test_of_which_one_was_never_kept_are_not_found(self, hold: Hold) -> None:
        grow(5)
        record(hold, ACME)

        assert "There is no checkpoint 7" in Visitor().page("/consistency/1/7", 404)

    def test_do_not_pass_over_what_somebody_put_there(self, anvil, chain, hold: Hold) -> None:
        """A note that is signed, but another one, and rows that lead elsewhere."""
        grow(300)
        work(hold, chain)
        tell(state_of("B-1", tenant=ACME))
        work(hold, chain)
        visitor = Visitor()
        row = newest_row(ACME)
        assert row
        older = row.generation - 1
        tile = Tile.find(row.PK, tile_key(1, 0))
        assert tile
        tile.octets = bytes(32) + tile.octets[32:]
        put_back(tile)
        forget_everything()

        assert visitor.results(f"/consistency/{older}/{row.generation}")[2] == "fail"
        put_back(KeptCheckpoint(row.PK, kept_key(older), note=row.note, size=row.size, generation=older))
        forget_everything()
        assert visitor.browser.get(f"/log/consistency/{older}/{row.generation}").status_code == 404


def test_an_older_checkpoint_in_the_place_of_the_newest_is_named(anvil, chain, hold: Hold) -> None:
    grow(5)
    work(hold, chain)
    old = newest_row(ACME)
    tell(state_of("B-1", tenant=ACME))
    work(hold, chain)
    put_back(old)
    forget_everything()

    steps = Visitor().steps("/inclusion/3")

    assert steps["On the blockchain"][0] == "fail"
    assert "a later one is on the blockchain" in steps["On the blockchain"][1]


def test_a_checkpoint_is_proven_up_to_the_root_of_its_batch(anvil, chain, hold: Hold) -> None:
    grow(5)
    work(hold, chain)
    row = newest_row(ACME)
    assert row
    kept = KeptCheckpoint.find(row.PK, kept_key(row.generation))
    assert kept
    visitor = Visitor()
    told = visitor.proof("inclusion/0")["checkpoint"]

    checkpoint = Checkpoint.from_text(Note.from_octets(kept.note.encode()).text)
    proof = find_checkpoint_proof(slug=ACME, checkpoint=checkpoint, batch_id=str(kept.batch_id))
    other = find_checkpoint_proof(slug="globex", checkpoint=checkpoint, batch_id=str(kept.batch_id))

    assert isinstance(proof, Proof)
    assert not isinstance(other, Proof)
    assert bytes.fromhex(proof.root) in anvil.anchored_roots()
    assert isinstance(told, dict)
    assert proof.digest == told["digest"]


class TestWhatIsTyped:
    def test_leads_to_the_check(self, hold: Hold) -> None:
        grow(5)
        record(hold, ACME)
        browser = Visitor().browser

        assert browser.get("/log?position=3")["Location"] == "/log/inclusion/3"
        assert browser.get("/log?older=1&newer=2")["Location"] == "/log/consistency/1/2"

    @pytest.mark.parametrize("query", ["position=", "position=-1", "position=x", "older=1", "older=0&newer=2"])
    def test_is_asked_for_again_if_it_is_no_number(self, hold: Hold, query: str) -> None:
        grow(5)
        record(hold, ACME)

        page = Visitor().page(f"?{query}", 422)

        assert "Type the number of" in page
        assert "error-summary" in page


class TestForStaff:
    def test_an_event_leads_to_its_entry_which_is_that_event(self, hold: Hold) -> None:
        tell(state_of("A-1", tenant=ACME))
        record(hold, ACME)
        tenant = get_tenant(ACME)
        browser = log_in_as(make_user(tenant, Role.AUDITOR), tenant)

        page = browser.get("/staff/audit/").content.decode()

        links = re.findall(r'href="(/log/inclusion/(\d+)\?event=[0-9a-f]{64})">In the log at position \2<', page)
        assert [position for _link, position in links] == ["1", "0"]
        steps = Visitor().steps(links[0][0].removeprefix("/log"))
        assert "It is the event that you came from." in steps["Entry 1"][1]
        assert 'href="/log"' in page

    def test_an_event_that_was_changed_is_not_the_one_in_the_log(self, hold: Hold) -> None:
        [event] = tell(state_of("A-1", tenant=ACME))
        record(hold, ACME)
        digest = "ab" * 32

        assert Visitor().results(f"/inclusion/1?event={digest}")[1] == "fail"
        assert event.id not in Visitor().page(f"/inclusion/0?event={digest}")

    def test_an_event_that_waits_has_no_link(self, hold: Hold) -> None:
        tenant = get_tenant(ACME)
        browser = log_in_as(make_user(tenant), tenant)

        page = browser.get("/staff/audit/").content.decode()

        assert len(list_events(tenant_slug=ACME).items) > 1
        assert "In the log at position" not in page


def test_what_the_pages_cost_is_bounded(anvil, chain, hold: Hold) -> None:
    grow(600)
    work(hold, chain)
    tell(state_of("B-1", tenant=ACME))
    work(hold, chain)
    visitor = Visitor()
    visitor.page()
    newest = newest_row(ACME)
    assert newest

    costs = {}
    for path in ("", "/inclusion/300", f"/consistency/{newest.generation - 1}/{newest.generation}"):
        with counted_calls() as calls:
            visitor.page(path)
        costs[path.split("/")[1] if path else "page"] = len(calls)

    assert costs == {"page": 4, "inclusion": 12, "consistency": 7}
