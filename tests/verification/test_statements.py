"""How a certificate stood on a day, signed: whoever keeps the file needs nothing of ours to see that it is so."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.core.clock import today
from defiso.core.multikeys import ed25519_key
from defiso.credentials.integrity import proof_holds
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.anchoring.test_chain_faults import later
from tests.auditing.kit import delete, every, put
from tests.credentials.published import canonical_by_pyld
from tests.credentials.signing import stored_keys
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at
from tests.transparency.follower import read_checkpoint
from tests.verification.stored import NUMBER

DAY = 86_400
File = dict[str, Any]


@pytest.fixture
def story(acme: Tenant, anvil: Anvil) -> Iterator[Tenant]:
    """Issued today, suspended in two days, restored in four; asked in six."""
    issue(acme)
    anchor_everything()
    with later(2 * DAY):
        in_a_week = today() + timedelta(days=7)
        suspend_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Late", review_on=in_a_week)
        anchor_everything()
    with later(4 * DAY):
        restore_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Closed")
        anchor_everything()
    with later(6 * DAY):
        yield acme


@pytest.fixture
def issued_on() -> date:
    return today()


def ask(tenant: Tenant, on: date | None = None):
    """As a process answers that remembers nothing."""
    forget_everything()
    asked = f"?on={on}" if on else ""
    return browser_at(tenant).get(f"/certificates/{NUMBER}/statement.json{asked}")


def statement_of(tenant: Tenant, on: date | None = None) -> File:
    response = ask(tenant, on)
    assert response.status_code == 200, response.content
    file: File = response.json()
    check(file, tenant)
    return file


def said_in(file: File) -> File:
    said: File = file["statement"]["credentialSubject"]
    return said


def check(file: File, tenant: Tenant) -> None:
    """By the file alone and the body's public key: RFC 6962 and the specifications of Data Integrity and C2SP."""
    document = dict(file["statement"])
    proof = document.pop("proof")
    assert proof_holds(canonical_by_pyld(document), proof, ed25519_key(stored_keys(tenant)[0].kid))
    told = read_checkpoint(file["checkpoint"]["note"].encode(), "\n".join(file["keys"]).encode())
    assert [kind for _name, kind in told.signed_as] == [1, 4]
    said, day = said_in(file), document["credentialSubject"]["onDay"]
    for state in filter(None, (file["state"], file["next_state"])):
        leaf = hashlib.sha256(b"\0" + state["entry"].encode()).digest()
        assert root_over(leaf, state["position"], told.size, state["path"]) == told.root
        assert value_set_by(state["entry"]) == value_of(state["statement"])
    if file["state"]:
        assert said["stateValue"] == value_of(file["state"]["statement"])
        assert said["logPosition"] == file["state"]["position"]
        assert file["state"]["statement"]["since"][:10] <= day
    if file["next_state"]:
        previous = file["next_state"]["statement"]["previous"]
        assert previous == (said["stateValue"] if file["state"] else "")
        assert file["next_state"]["statement"]["since"][:10] > day
    else:
        assert map_value(file, told_map_root(file)) == said["stateValue"]


def value_of(statement: File) -> str:
    text = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def value_set_by(entry: str) -> str:
    said = json.loads(entry)
    return said["map"][1] if "map" in said else value_of(said["state"])


def root_over(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:
    """RFC 9162, 2.1.3.2."""
    node, last, steps = leaf, size - 1, [bytes.fromhex(step) for step in path]
    for step in steps:
        assert last > 0
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        index, last = index >> 1, last >> 1
    assert last == 0
    return node


def told_map_root(file: File) -> bytes:
    line = next(line for line in file["checkpoint"]["note"].splitlines() if line.startswith("map "))
    return base64.b64decode(line.split(" ")[2])


def map_value(file: File, root: bytes) -> str:
    """By docs/log.md: a bucket, and fifteen siblings for each level above it."""
    key, proof = bytes.fromhex(file["map"]["key"]), file["map"]["proof"]
    entries = [(bytes.fromhex(one), bytes.fromhex(value)) for one, value in proof["entries"]]
    node = hashlib.sha256(b"\0" + b"".join(one + value for one, value in entries)).digest()
    for depth, level in reversed(list(enumerate(reversed(proof["siblings"])))):
        siblings = [bytes.fromhex(one) for one in level]
        nibble = int(key.hex()[depth], 16)
        node = hashlib.sha256(b"\1" + b"".join([*siblings[:nibble], node, *siblings[nibble:]])).digest()
    assert node == root
    return dict(entries)[key].hex()


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("days", "status"),
        [(0, "active"), (1, "active"), (2, "suspended"), (3, "suspended"), (4, "active"), (5, "active")],
    )
    def test_it_says_how_the_certificate_stood_at_the_end_of_the_day(
        self, issued_on: date, story: Tenant, days: int, status: str
    ) -> None:
        day = issued_on + timedelta(days=days)

        said = said_in(statement_of(story, day))

        assert (said["status"], said["onDay"], said["number"], said["revision"]) == (status, str(day), NUMBER, 1)
        assert said["statusSince"][:10] == str(issued_on + timedelta(days=days - days % 2))
        assert said["expiryDate"] > str(day)

    def test_without_a_day_it_says_how_it_stands_today(self, issued_on: date, story: Tenant) -> None:
        file = statement_of(story)

        assert said_in(file)["onDay"] == str(issued_on + timedelta(days=6))
        assert (file["next_state"], said_in(file)["status"]) == (None, "active")

    def test_what_ran_out_before_the_day_had_expired(self, story: Tenant) -> None:
        with later(4 * 365 * DAY):
            assert said_in(statement_of(story))["status"] == "expired"

    def test_before_the_first_event_it_says_that_there_is_no_record_and_never_valid(
        self, issued_on: date, story: Tenant
    ) -> None:
        file = statement_of(story, issued_on - timedelta(days=1))

        assert said_in(file)["status"] == "no_record"
        assert "stateValue" not in said_in(file)
        assert file["state"] is None
        assert file["next_state"]["statement"]["previous"] == ""

    def test_it_is_a_credential_of_the_body_about_the_certificates_page(self, issued_on: date, story: Tenant) -> None:
        document = statement_of(story, issued_on)["statement"]

        page = f"http://acme.localhost:8000/certificates/{NUMBER}"
        assert document["issuer"] == "did:web:acme.localhost%3A8000"
        assert document["type"] == ["VerifiableCredential", "CertificateStatement"]
        assert document["id"] == f"{page}/statement.json?on={issued_on}"
        assert document["credentialSubject"]["id"] == page

    def test_the_page_of_a_past_day_offers_it(self, issued_on: date, story: Tenant) -> None:
        page = browser_at(story).get(f"/certificates/{NUMBER}?on={issued_on}").content.decode()

        assert f"/certificates/{NUMBER}/statement.json?on={issued_on}" in page

    @pytest.mark.parametrize("edit", [{"status": "active"}, {"onDay": "2026-01-01"}, {"number": "FM 2"}])
    def test_whoever_alters_it_breaks_its_signature(self, issued_on: date, story: Tenant, edit: dict[str, str]) -> None:
        file = statement_of(story, issued_on + timedelta(days=2))
        file["statement"]["credentialSubject"] |= edit

        with pytest.raises(AssertionError):
            check(file, story)


class TestWhatIsNotStated:
    def test_a_certificate_that_is_not_shown_has_none(self, acme: Tenant, anvil: Anvil) -> None:
        issue(acme, confidential=True, confidentialityReason="A secret site.")
        anchor_everything()

        assert ask(acme).status_code == 404

    def test_a_change_on_its_way_into_the_record_is_waited_for(self, acme: Tenant, anvil: Anvil) -> None:
        issue(acme)
        unrecorded = ask(acme)
        anchor_everything()

        assert unrecorded.status_code == 503
        assert "not yet, its newest record" in unrecorded.content.decode()
        assert ask(acme).status_code == 200

    @pytest.mark.parametrize("days", [-1, 0, 2])
    def test_of_days_whose_states_were_taken_away_nothing_is_said(
        self, issued_on: date, story: Tenant, days: int
    ) -> None:
        first, second, _third = (one for one in every("EVENT#") if "state" in one.row)
        delete(second if days == 2 else first)

        refused = ask(story, issued_on + timedelta(days=days))

        assert refused.status_code == 503
        assert "nothing can be said of it" in refused.content.decode()

    def test_a_forged_state_is_not_stated(self, issued_on: date, story: Tenant) -> None:
        for event in every("EVENT#"):
            if "state" in event.row and '"suspended"' in event.row["state"]["S"]:
                state = event.row["state"]["S"].replace('"suspended"', '"active"')
                event.row["state"] = {"S": state}
                put(event)

        assert ask(story, issued_on + timedelta(days=2)).status_code == 503

    def test_an_old_head_put_back_is_not_stated(self, story: Tenant, issued_on: date) -> None:
        [old] = every(f"CERT#{NUMBER}")
        in_a_week = today() + timedelta(days=7)
        suspend_certificate(tenant=story, actor=OWNER, number=NUMBER, reason="Late", review_on=in_a_week)
        anchor_everything()
        put(old)

        assert ask(story).status_code == 503

    def test_a_future_day_is_refused(self, story: Tenant) -> None:
        assert ask(story, today() + timedelta(days=1)).status_code == 422
