"""A backup that the operator put back: nothing is signed until it is accepted, and nothing of the lost time counts."""

import orjson
import pytest
from django.core.management import CommandError, call_command

from defiso.anchoring.accepting import accept_restore
from defiso.anchoring.errors import NothingLostError
from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import Restore, State
from defiso.anchoring.restores import GENERATIONS, Statement, read_restores
from defiso.anchoring.witness import OLDER, RESTORES_GONE
from defiso.audit.actions import Action
from defiso.audit.actors import OPERATOR
from defiso.audit.models import Event
from defiso.audit.services import PLATFORM, make_event
from defiso.auditing.findings import Finding
from defiso.auditing.services import audit_all
from defiso.chain.client import Chain
from defiso.chain.sightings import Fees
from defiso.core.canonical import canonical_json, sha256
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.connection import connection
from defiso.store.keys import tenant_key
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from defiso.transparency.entries import leaf_data
from defiso.transparency.recording import read_checkpoint
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.health import forget_health, read_health
from defiso.verification.newest import UNCOUNTED
from defiso.verification.services import find_records, verify_certificate
from defiso.worker.lanes import new_recorder
from defiso.worker.passes import run_pass
from defiso.worker.restraint import SENTENCE, Restraint
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import RULES, is_about_to_mine
from tests.issuing import anchor_everything, issue
from tests.memory import forget_everything
from tests.verification.stored import Row
from tests.verification.test_database_writer import check, everything, put, restore_database, suspend, withdraw

REASON = "The disk of the database was lost."
LATE = "FM 9"
Rows = dict[str, list[Row]]


@pytest.fixture
def yesterday(acme: Tenant, anvil: Anvil) -> Rows:
    """The database as it was; then a certificate was withdrawn and another issued, both anchored."""
    issue(acme)
    anchor_everything()
    rows = everything()
    withdraw(acme)
    anchor_everything()
    issue(acme, number=LATE)
    anchor_everything()
    return rows


@pytest.fixture
def lost(yesterday: Rows) -> Rows:
    """The database of the time that was lost; yesterday's is in its place."""
    rows = everything()
    restore_database(yesterday)
    forget_everything()
    return rows


@pytest.fixture
def accepted(lost: Rows, chain: Chain) -> Statement:
    statement = accept_restore(chain, actor=OPERATOR, reason=REASON)
    anchor_everything()
    forget_everything()
    return statement


def a_pass(chain: Chain, restraint: Restraint | None = None) -> Restraint:
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    restraint = restraint or Restraint()
    run_pass(Hold(lease), chain, RULES, new_recorder(), restraint)
    return restraint


def newest_notes() -> dict[str, str | None]:
    rows = {slug: read_checkpoint(slug, consistent=True) for slug in ("acme", PLATFORM)}
    return {slug: row.note if row else None for slug, row in rows.items()}


def findings(chain: Chain) -> list[str]:
    return [step.sentence for step in audit_all(chain) if isinstance(step, Finding)]


class TestBeforeItIsAccepted:
    def test_the_worker_records_seals_and_signs_nothing(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        notes, nonce, batches = newest_notes(), chain.nonce(), [batch.version for batch in batches_in(*State)]
        suspend(acme)

        restraint = a_pass(chain)

        assert restraint.problem == SENTENCE
        assert newest_notes() == notes
        assert chain.nonce() == nonce
        assert [batch.version for batch in batches_in(*State) if batch.state != State.COLLECTING] == batches

    def test_healthz_says_that_the_worker_stands_still(self, lost: Rows, chain: Chain) -> None:
        a_pass(chain)
        forget_health()

        assert "stands still" in read_health()["worker"]

    def test_what_happened_meanwhile_is_recorded_after(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        suspend(acme)
        a_pass(chain)
        accept_restore(chain, actor=OPERATOR, reason=REASON)
        anchor_everything()

        assert check(acme).overall == "suspended"


class TestOnceAccepted:
    def test_yesterdays_certificate_is_as_it_was_and_anchoring_goes_on(
        self, acme: Tenant, accepted: Statement, chain: Chain
    ) -> None:
        assert check(acme).overall == "valid"
        withdraw(acme)
        anchor_everything()
        assert check(acme).overall == "withdrawn"
        assert findings(chain) == []

    def test_what_was_issued_in_the_lost_time_is_unknown(self, acme: Tenant, accepted: Statement) -> None:
        with pytest.raises(UnknownCertificateError):
            find_records(tenant=acme, number=LATE)

    def test_the_lost_transactions_are_listed_for_anybody(
        self, accepted: Statement, client, anvil: Anvil, capsys
    ) -> None:
        assert list(accepted.transactions) == [str(accepted.first), str(accepted.last)] == ["1", "2"]
        page = client.get("/log", headers={"host": "localhost:8000"}).content.decode()

        call_command("audit_register")
        told = capsys.readouterr().out

        for words in (REASON, *accepted.transactions.values()):
            assert words in told
        assert REASON in page
        assert f"transactions {accepted.first} to {accepted.last}" in page

    def test_the_entry_says_what_it_sets_in_the_map(self, accepted: Statement) -> None:
        rows = Event.query(tenant_key(PLATFORM), Event.SK.startswith("EVENT#"))
        [event] = [row for row in rows if row.action == Action.PLATFORM_RESTORE_ACCEPTED]

        entry = orjson.loads(leaf_data(event))

        key = sha256(f"restore\n{accepted.chain_id}\n{accepted.address}".encode()).hex()
        assert entry["map"] == [key, sha256(canonical_json(entry["restore"])).hex()]
        assert (entry["action"], entry["restore"]["reason"]) == ("platform.restore_accepted", REASON)

    def test_there_is_nothing_more_to_accept(self, accepted: Statement, chain: Chain) -> None:
        with pytest.raises(NothingLostError):
            accept_restore(chain, actor=OPERATOR, reason="Again")

    def test_a_second_restore_names_the_first(self, acme: Tenant, accepted: Statement, chain: Chain) -> None:
        rows = everything()
        withdraw(acme)
        anchor_everything()
        restore_database(rows)
        forget_everything()
        assert check(acme).verdicts["status"].reason == OLDER

        second = accept_restore(chain, actor=OPERATOR, reason="Once more")
        anchor_everything()

        assert (second.number, second.previous) == (2, accepted.value.hex())
        assert check(acme).overall == "valid"
        assert findings(chain) == []

    def test_another_restore_to_before_the_acceptance_is_older_than_its_chain(
        self, acme: Tenant, yesterday: Rows, accepted: Statement
    ) -> None:
        row, event = _rows_of(accepted)
        restore_database(yesterday)
        put(("defiso-blockchain-transactions", row["SK"]["S"]), row)
        put(("defiso-audit-logs", event["SK"]["S"]), event)
        anchor_everything()

        assert check(acme).verdicts["status"].reason == OLDER


class TestWhatTheLostTimeSigned:
    def test_put_back_for_one_body_it_does_not_count(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        accept_restore(chain, actor=OPERATOR, reason=REASON)
        anchor_everything()
        for table, rows in lost.items():
            for row in rows:
                if row["PK"]["S"] == "TENANT#acme":
                    connection().client.put_item(TableName=table, Item=row)

        assert check(acme).verdicts["status"].reason == UNCOUNTED
        assert check_number(acme, LATE) == ("could_not_check", UNCOUNTED)

    def test_put_back_with_no_trace_of_the_acceptance_but_in_the_map_it_does_not_count_either(
        self, acme: Tenant, lost: Rows, chain: Chain
    ) -> None:
        accept_restore(chain, actor=OPERATOR, reason=REASON)
        anchor_everything()
        for table, rows in lost.items():
            for row in rows:
                if row["PK"]["S"] == "TENANT#acme":
                    connection().client.put_item(TableName=table, Item=row)
        for row in everything()["defiso-blockchain-transactions"]:
            if row["SK"]["S"].startswith("RESTORE#"):
                key = {name: row[name] for name in ("PK", "SK")}
                connection().client.delete_item(TableName="defiso-blockchain-transactions", Key=key)

        assert check_number(acme, LATE) == ("could_not_check", RESTORES_GONE)
        assert a_pass(chain).problem == RESTORES_GONE

    def test_put_back_for_the_platform_too_it_is_older_than_the_chain(
        self, acme: Tenant, lost: Rows, chain: Chain
    ) -> None:
        accept_restore(chain, actor=OPERATOR, reason=REASON)
        anchor_everything()
        for table, rows in lost.items():
            for row in rows:
                connection().client.put_item(TableName=table, Item=row)

        assert check(acme).verdicts["status"].reason == OLDER
        assert check_number(acme, LATE) == ("could_not_check", OLDER)

    def test_checkpoints_after_it_are_numbered_beyond_it(self, acme: Tenant, accepted: Statement) -> None:
        withdraw(acme)
        anchor_everything()

        rows = [read_checkpoint(slug) for slug in ("acme", PLATFORM)]
        assert all(row and row.generation >= GENERATIONS for row in rows)


class TestAForgedAcceptance:
    def forged(self, chain: Chain) -> Statement:
        nonce = chain.nonce() - 1
        return Statement(1, chain.chain_id, chain.address, 0, nonce, {}, "2026-11-24T10:00:00.000Z", "Forged", "")

    def test_as_a_row_changes_nothing(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        statement = self.forged(chain)
        _plant(chain, statement, event="")

        assert a_pass(chain).problem == SENTENCE
        assert check(acme).verdicts["status"].reason == OLDER

    def test_with_an_event_that_nobody_here_wrote_changes_nothing(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        statement = self.forged(chain)
        event = make_event(
            tenant_slug=PLATFORM,
            actor=OPERATOR,
            action=Action.PLATFORM_RESTORE_ACCEPTED,
            target_kind="RESTORE",
            target_id=f"{chain.chain_id} {chain.address}",
            after=statement.told,
            reason=statement.reason,
        )
        event.code = b"\x00" * 32
        connection().client.put_item(TableName="defiso-audit-logs", Item=event.serialize())
        _plant(chain, statement, event=event.id)

        assert a_pass(chain).problem == SENTENCE
        assert check(acme).verdicts["status"].reason == OLDER

    def test_of_rows_that_make_no_sense_changes_nothing(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        key = {"PK": {"S": f"ACCOUNT#{chain.chain_id}#{chain.address}"}}
        for number, statement in enumerate(({"S": "[]"}, {"S": "{"}, {"NULL": True})):
            row = {**key, "SK": {"S": f"RESTORE#{number:08d}"}, "statement": statement, "event": {"S": "none"}}
            connection().client.put_item(TableName="defiso-blockchain-transactions", Item=row)

        assert a_pass(chain).problem == SENTENCE
        assert check(acme).verdicts["status"].reason == OLDER

    def test_of_a_row_that_cannot_be_read_is_damage(self, acme: Tenant, lost: Rows, chain: Chain) -> None:
        row = {"PK": {"S": f"ACCOUNT#{chain.chain_id}#{chain.address}"}, "SK": {"S": "RESTORE#1"}}
        put(("defiso-blockchain-transactions", ""), {**row, "statement": {"N": "1"}})

        assert a_pass(chain).problem == RESTORES_GONE
        assert check(acme).verdicts["status"].reason == RESTORES_GONE

    def test_wider_than_what_was_accepted_is_damage(self, acme: Tenant, accepted: Statement, chain: Chain) -> None:
        _plant(chain, accepted._replace(last=accepted.last + 5), event="")

        assert not read_restores(chain).are_whole
        found = check(acme)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", RESTORES_GONE)

    def test_an_old_one_put_back_changes_nothing(self, acme: Tenant, accepted: Statement, chain: Chain) -> None:
        rows, (row, event) = everything(), _rows_of(accepted)
        withdraw(acme)
        anchor_everything()
        restore_database(rows)
        row["SK"] = {"S": "RESTORE#00000002"}
        put(("defiso-blockchain-transactions", row["SK"]["S"]), row)
        put(("defiso-audit-logs", event["SK"]["S"]), event)

        assert a_pass(chain).problem == SENTENCE
        assert check(acme).verdicts["status"].reason == OLDER


def test_a_transaction_that_somebody_else_made_of_the_account_is_accepted_the_same_way(
    acme: Tenant, anvil: Anvil, chain: Chain
) -> None:
    issue(acme)
    anchor_everything()
    chain.send(chain.sign_filler(nonce=chain.nonce(), fees=Fees(most=10**11, tip=10**9)).raw)
    while is_about_to_mine(chain):
        pass
    assert check(acme).verdicts["status"].reason == OLDER

    call_command("accept_restore", reason="The account was used by hand.")
    anchor_everything()

    assert check(acme).overall == "valid"
    withdraw(acme)
    anchor_everything()
    assert check(acme).overall == "withdrawn"


def test_without_a_restore_there_is_nothing_to_accept(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    anchor_everything()

    with pytest.raises(CommandError, match="there is no restore to accept"):
        call_command("accept_restore", reason="By mistake")


def check_number(tenant: Tenant, number: str) -> tuple[str, str]:
    forget_everything()
    found = verify_certificate(tenant=tenant, number=number)
    return found.overall, found.verdicts["status"].reason


def _plant(chain: Chain, statement: Statement, *, event: str) -> None:
    key = f"ACCOUNT#{chain.chain_id}#{chain.address}"
    row = Restore(key, "RESTORE#00000001", statement=statement.text, event=event)
    connection().client.put_item(TableName="defiso-blockchain-transactions", Item=row.serialize())
    forget_everything()


def _rows_of(statement: Statement) -> tuple[Row, Row]:
    """The row of the statement, and that of its event."""
    rows = everything()
    [row] = [row for row in rows["defiso-blockchain-transactions"] if row["SK"]["S"].startswith("RESTORE#")]
    [event] = [
        event for event in rows["defiso-audit-logs"] if event.get("action", {}).get("S") == "platform.restore_accepted"
    ]
    return row, event
