"""Status lists: signed, as the newest states have them, and nothing that somebody writes into rows is in one."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from defiso.auditing.findings import Kind
from defiso.auditing.rebuilding import rebuild_map
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.models import Certificate
from defiso.certificates.states import Status
from defiso.chain.client import configured_chain
from defiso.core.clock import now
from defiso.core.multikeys import ed25519_key
from defiso.credentials.canonicalisation import canonical_under
from defiso.credentials.contexts import CREDENTIALS_V2, definitions_of
from defiso.credentials.integrity import proof_holds
from defiso.credentials.status_entries import LENGTH, StatusEntry
from defiso.credentials.status_lists import GOOD_FOR, WINDOW
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.items import Row
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from defiso.transparency.recording import Recorder
from defiso.verification.status_lists import KEPT_SECONDS
from defiso.worker.lanes import new_recorder
from defiso.worker.passes import Rules, run_pass
from defiso.worker.restraint import Restraint
from tests.anchoring.anvil import Anvil
from tests.anchoring.test_chain_faults import later
from tests.auditing.kit import Stored, delete, every, found, put
from tests.certificates.making import DECIDER, ISSUER, in_days, make_certificate
from tests.credentials.published import canonical_by_pyld
from tests.credentials.signing import stored_keys
from tests.issuing import anchor_everything
from tests.memory import forget_everything
from tests.staff import browser_at

BITS = "STATUSBITS#"
HOUR = 3600
Document = dict[str, object]


@pytest.fixture
def registry(acme: Tenant, anvil: Anvil) -> Tenant:
    """A body with a certificate in force, one suspended and one withdrawn, recorded and anchored."""
    make_certificate(acme, number="FM-IN-FORCE")
    make_certificate(acme, number="FM-SUSPENDED", status=Status.SUSPENDED)
    make_certificate(acme, number="FM-WITHDRAWN", status=Status.WITHDRAWN)
    anchor_everything()
    return acme


def answer(tenant: Tenant, purpose: str, number: int = 1, **headers: str):
    """As a process gives it that remembers nothing."""
    forget_everything()
    return Client(headers={"host": f"{tenant.host}:8000", **headers}).get(f"/status/{purpose}/{number}")


def list_of(tenant: Tenant, purpose: str, number: int = 1) -> Document:
    response = answer(tenant, purpose, number)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def set_in(document: Document) -> list[int]:
    """The indexes whose bit is 1, read as the specification says and not as we write."""
    encoded = document["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert len(bits) * 8 == LENGTH
    return [8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> (7 - bit) & 1]


def place_of(tenant: Tenant, number: str) -> int:
    return StatusEntry.read(Certificate.find(f"TENANT#{tenant.slug}", f"CERT#{number}").status_entry).index


def suspend(tenant: Tenant, number: str) -> None:
    suspend_certificate(tenant=tenant, actor=ISSUER, number=number, reason="Overdue.", review_on=in_days(60))


def restore(tenant: Tenant, number: str) -> None:
    restore_certificate(tenant=tenant, actor=DECIDER, number=number, reason="Audit held.")


def one_pass(recorder: Recorder | None = None) -> None:
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    rules = Rules(confirmations=1, batch_seconds=60)
    run_pass(Hold(lease), configured_chain(), rules, recorder or new_recorder(), Restraint())


class TestWhatAListSays:
    def test_it_shows_what_is_suspended_and_what_has_ended(self, registry: Tenant) -> None:
        assert set_in(list_of(registry, "revocation")) == [place_of(registry, "FM-WITHDRAWN")]
        assert set_in(list_of(registry, "suspension")) == [place_of(registry, "FM-SUSPENDED")]

    def test_one_pass_of_the_worker_after_an_act_it_is_in_the_list_and_that_is_kept_for_seconds(
        self, registry: Tenant
    ) -> None:
        suspend(registry, "FM-IN-FORCE")

        one_pass()

        assert place_of(registry, "FM-IN-FORCE") in set_in(list_of(registry, "suspension"))
        assert answer(registry, "suspension")["Cache-Control"] == f"public, max-age={KEPT_SECONDS}"
        assert KEPT_SECONDS * 2 < 5

    def test_what_is_restored_is_suspended_no_more(self, registry: Tenant) -> None:
        restore(registry, "FM-SUSPENDED")

        one_pass()

        assert set_in(list_of(registry, "suspension")) == []

    @pytest.mark.parametrize("acts", [(suspend, restore), (suspend, restore, suspend)])
    def test_the_newest_state_decides_however_wrong_the_clock_of_the_machine_was_that_brought_it(
        self, registry: Tenant, acts: tuple[Callable[[Tenant, str], None], ...]
    ) -> None:
        with later(HOUR):
            acts[0](registry, "FM-IN-FORCE")
        for act in acts[1:]:
            act(registry, "FM-IN-FORCE")

        anchor_everything()

        is_suspended = place_of(registry, "FM-IN-FORCE") in set_in(list_of(registry, "suspension"))
        assert is_suspended is (acts[-1] is suspend)

    def test_a_worker_that_comes_after_one_that_died_between_list_and_checkpoint_does_it_again(
        self, registry: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class DiedError(Exception): ...

        def die(*_: object, **__: object) -> None:
            raise DiedError

        suspend(registry, "FM-IN-FORCE")
        with monkeypatch.context() as patched:
            patched.setattr("defiso.transparency.recording.updated", die)
            one_pass()
        assert set_in(list_of(registry, "suspension")) == [place_of(registry, "FM-SUSPENDED")]

        suspend_and_record = place_of(registry, "FM-IN-FORCE")
        restore(registry, "FM-SUSPENDED")
        anchor_everything()

        assert set_in(list_of(registry, "suspension")) == [suspend_and_record]

    def test_every_credential_names_its_place_in_both_lists(self, registry: Tenant) -> None:
        document = json.loads(browser_at(registry).get("/certificates/FM-IN-FORCE/credential.json").content)

        index = place_of(registry, "FM-IN-FORCE")
        assert document["credentialStatus"] == [
            {
                "id": f"http://acme.localhost:8000/status/{purpose}/1#{index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(index),
                "statusListCredential": f"http://acme.localhost:8000/status/{purpose}/1",
            }
            for purpose in ("revocation", "suspension")
        ]

    def test_issuing_writes_no_bit_and_an_act_that_sets_one_writes_one_row(self, acme: Tenant, anvil: Anvil) -> None:
        make_certificate(acme, number="FM-1")
        anchor_everything()
        issued = every(BITS)

        suspend(acme, "FM-1")
        anchor_everything()

        assert (issued, len(every(BITS))) == ([], 1)


class TestTheDocument:
    def test_it_is_a_credential_signed_by_the_body_as_others_canonicalise_it(self, registry: Tenant) -> None:
        document = list_of(registry, "revocation")

        proof = document.pop("proof")
        canonical = canonical_under(definitions_of(CREDENTIALS_V2), document)
        assert canonical == canonical_by_pyld(document)
        assert proof_holds(canonical, proof, ed25519_key(stored_keys(registry)[0].kid))
        assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
        assert document["id"] == "http://acme.localhost:8000/status/revocation/1"
        assert document["issuer"] == "did:web:acme.localhost%3A8000"

    def test_it_is_good_for_a_quarter_of_an_hour_so_that_an_old_one_cannot_be_shown_for_long(
        self, registry: Tenant
    ) -> None:
        document = list_of(registry, "suspension")

        start, end = (datetime.fromisoformat(document[name]) for name in ("validFrom", "validUntil"))
        assert GOOD_FOR - WINDOW < end - start <= GOOD_FOR == timedelta(minutes=15)
        assert abs(now() - start) < timedelta(minutes=1)

    def test_an_unchanged_one_is_not_sent_twice(self, registry: Tenant) -> None:
        first = answer(registry, "revocation")

        again = answer(registry, "revocation", **{"if-none-match": first["ETag"]})

        assert (again.status_code, again.content) == (304, b"")
        assert first["Access-Control-Allow-Origin"] == "*"

    def test_one_that_is_soon_no_longer_good_is_sent_again_though_it_says_the_same(self, registry: Tenant) -> None:
        first = answer(registry, "revocation")

        with later(int((GOOD_FOR - WINDOW).total_seconds())):
            again = answer(registry, "revocation", **{"if-none-match": first["ETag"]})

        assert again.status_code == 200

    def test_a_changed_one_has_another_etag(self, registry: Tenant) -> None:
        first = answer(registry, "suspension")["ETag"]
        suspend(registry, "FM-IN-FORCE")
        anchor_everything()

        assert answer(registry, "suspension")["ETag"] != first

    @pytest.mark.parametrize("address", ["revocation/2", "deletion/1", "revocation/0", "suspension/99999"])
    def test_a_list_that_nobody_has_a_place_in_is_not_found(self, registry: Tenant, address: str) -> None:
        purpose, number = address.split("/")

        assert answer(registry, purpose, int(number)).status_code == 404


class TestOldLists:
    def test_a_full_list_is_answered_for_good_beside_those_that_follow(self, acme: Tenant, anvil: Anvil) -> None:
        make_certificate(acme, number="FM-OLD", status=Status.WITHDRAWN)
        [full] = every("STATUSLIST#")
        put(Stored(full.table, full.row | {"claimed": {"B": b"\xff" * len(full.row["claimed"]["B"])}}))
        forget_everything()
        make_certificate(acme, number="FM-NEW", status=Status.WITHDRAWN)
        anchor_everything()

        assert set_in(list_of(acme, "revocation", 1)) == [place_of(acme, "FM-OLD")]
        assert set_in(list_of(acme, "revocation", 2)) == [place_of(acme, "FM-NEW")]

    def test_a_list_whose_claims_were_taken_away_is_answered_still(self, registry: Tenant) -> None:
        for row in every("STATUSLIST#"):
            delete(row)

        assert set_in(list_of(registry, "revocation")) == [place_of(registry, "FM-WITHDRAWN")]

    def test_what_a_key_signed_before_it_was_retired_is_still_by_a_key_of_the_body(self, registry: Tenant) -> None:
        document = list_of(registry, "revocation")
        call_command("retire_key", tenant="acme")
        forget_everything()

        kept = browser_at(registry).get("/.well-known/did.json").json()
        method = document["proof"]["verificationMethod"]
        assert method in [one["id"] for one in kept["verificationMethod"]]
        assert list_of(registry, "revocation")["proof"]["verificationMethod"] != method


def clear_bits(row: Row) -> None:
    row["bits"] = {"B": bytes(len(row["bits"]["B"]))}


def flip_bit(row: Row) -> None:
    bits = bytearray(row["bits"]["B"])
    bits[3] ^= 1
    row["bits"] = {"B": bytes(bits)}


class TestSomebodyWhoWritesRows:
    @pytest.mark.parametrize("edit", [clear_bits, flip_bit, None])
    def test_a_stretch_that_was_changed_or_taken_away_is_noticed_named_and_mended(
        self, registry: Tenant, edit: Callable[[Row], None] | None
    ) -> None:
        for stored in every(BITS):
            delete(stored)
            if edit:
                edit(stored.row)
                put(stored)

        refused = answer(registry, "suspension")
        findings = found(configured_chain(), "acme")
        call_command("rebuild_status_lists", tenant="acme")

        assert refused.status_code == 503
        assert "of its status lists 1 is missing or another one" in refused.content.decode()
        assert {finding.kind for finding in findings} == {Kind.STATUS_LIST}
        assert found(configured_chain(), "acme") == []
        assert set_in(list_of(registry, "suspension")) == [place_of(registry, "FM-SUSPENDED")]
        assert set_in(list_of(registry, "revocation")) == [place_of(registry, "FM-WITHDRAWN")]

    def test_a_stretch_put_back_from_before_an_act_is_noticed(self, registry: Tenant) -> None:
        before = every(BITS)
        suspend(registry, "FM-IN-FORCE")
        anchor_everything()
        for stored in every(BITS):
            delete(stored)
        for stored in before:
            put(stored)

        assert answer(registry, "suspension").status_code == 503

    def test_a_log_and_its_lists_put_back_from_before_an_anchor_give_no_list(self, registry: Tenant) -> None:
        before = [*every("LOG#"), *every("MAP#"), *every(BITS)]
        suspend(registry, "FM-IN-FORCE")
        anchor_everything()
        for stored in [*every("LOG#"), *every("MAP#"), *every(BITS)]:
            delete(stored)
        for stored in before:
            put(stored)

        refused = answer(registry, "suspension")

        assert refused.status_code == 503
        assert "older than what was anchored" in refused.content.decode()

    def test_the_worker_sets_no_bit_on_top_of_a_changed_stretch(self, registry: Tenant) -> None:
        for stored in every(BITS):
            clear_bits(stored.row)
            put(stored)
        number = "FM-SUSPENDED"

        restore(registry, number)
        anchor_everything()
        still = answer(registry, "suspension").status_code
        call_command("rebuild_status_lists", tenant="acme")
        suspend(registry, "FM-IN-FORCE")
        anchor_everything()

        assert still == 503
        assert set_in(list_of(registry, "suspension")) == [place_of(registry, "FM-IN-FORCE")]
        assert set_in(list_of(registry, "revocation")) == [place_of(registry, "FM-WITHDRAWN")]


class TestRebuilding:
    def test_whole_lists_are_left_as_they_are(self, registry: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
        before = every(BITS)

        call_command("rebuild_status_lists")

        assert "acme: " in capsys.readouterr().out
        assert every(BITS) == before

    def test_it_goes_on_beside_a_worker_that_sets_bits_meanwhile(
        self, registry: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from defiso.auditing import rebuilding

        for stored in every(BITS):
            delete(stored)
        read, meanwhile = rebuilding.read_rows, [True]

        def read_and_be_overtaken(*asked: object):
            rows = read(*asked)
            if meanwhile.pop() if meanwhile else False:
                call_command("rebuild_status_lists", tenant="acme")
                suspend(registry, "FM-IN-FORCE")
                anchor_everything()
            return rows

        monkeypatch.setattr(rebuilding, "read_rows", read_and_be_overtaken)
        call_command("rebuild_status_lists", tenant="acme")

        suspended = sorted(place_of(registry, number) for number in ("FM-IN-FORCE", "FM-SUSPENDED"))
        assert set_in(list_of(registry, "suspension")) == suspended
        assert found(configured_chain(), "acme") == []

    def test_from_a_log_that_is_not_the_signed_one_nothing_is_made(self, registry: Tenant) -> None:
        event = next(one for one in every("EVENT#") if "state" in one.row)
        put(Stored(event.table, event.row | {"reason": {"S": "Never given."}}))
        for stored in every(BITS):
            delete(stored)
        forget_everything()

        with pytest.raises(CommandError, match="does not carry"):
            call_command("rebuild_status_lists", tenant="acme")

        assert every(BITS) == []

    def test_a_map_with_lists_in_it_is_made_again_too(self, registry: Tenant) -> None:
        restore(registry, "FM-SUSPENDED")
        anchor_everything()
        for stored in every("MAP#"):
            delete(stored)
        forget_everything()

        rebuild_map("acme")

        assert found(configured_chain(), "acme") == []
