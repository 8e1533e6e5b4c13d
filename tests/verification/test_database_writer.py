"""Somebody who can write any row of the database, but has no key, tries what the first line could not withstand."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.anchoring.checking import forget_checked_anchors
from defiso.anchoring.ledger import FILLER, account_key
from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import NonceUse, State
from defiso.anchoring.witness import OLDER
from defiso.audit.actors import SYSTEM
from defiso.audit.services import events_of, make_event
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.chain.client import Chain
from defiso.core.clock import iso, now, today
from defiso.core.multikeys import ed25519_multikey
from defiso.credentials.keys import seal
from defiso.credentials.models import SigningKey, signing_key_sk
from defiso.store.connection import connection
from defiso.store.items import TABLES
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.newest import ANOTHER, BEHIND, GONE, NO_RECORD
from defiso.verification.services import find_records, verify_certificate
from defiso.verification.verdicts import Verification
from tests.anchoring.anvil import Anvil
from tests.certificates.making import content
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at
from tests.verification.stored import BATCH, HEAD, NUMBER, Row, change, key_of, remove, set_text

CHECKPOINT = ("defiso-audit-logs", "LOG#CHECKPOINT")
PAGE = f"/certificates/{NUMBER}"


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme)
    anchor_everything()
    assert check(acme).overall == "valid"
    return acme


def check(tenant: Tenant, **asked: Any) -> Verification:
    """As another process sees it."""
    forget_everything()
    forget_checked_anchors()
    return verify_certificate(tenant=tenant, number=NUMBER, **asked)


def row_of(place: tuple[str, str]) -> Row:
    row: Row = connection().client.get_item(TableName=place[0], Key=key_of(place))["Item"]
    return row


def put(place: tuple[str, str], row: Row) -> None:
    connection().client.put_item(TableName=place[0], Item=row)


def withdraw(tenant: Tenant, reason: str = "Fraud") -> None:
    withdraw_certificate(tenant=tenant, actor=OWNER, number=NUMBER, reason=reason)


def suspend(tenant: Tenant) -> None:
    in_a_week = today() + timedelta(days=7)
    suspend_certificate(tenant=tenant, actor=OWNER, number=NUMBER, reason="Late", review_on=in_a_week)


def restore(tenant: Tenant) -> None:
    restore_certificate(tenant=tenant, actor=OWNER, number=NUMBER, reason="Closed")


def everything() -> dict[str, list[Row]]:
    client = connection().client
    return {table.Meta.table_name: client.scan(TableName=table.Meta.table_name)["Items"] for table in TABLES}


def restore_database(rows: dict[str, list[Row]], keep: Callable[[Row], bool] = lambda row: False) -> None:
    """As it was, but for the rows of now that are kept."""
    client = connection().client
    for table, now_rows in everything().items():
        for row in now_rows:
            if not keep(row):
                client.delete_item(TableName=table, Key={"PK": row["PK"], "SK": row["SK"]})
        for row in rows[table]:
            if not keep(row):
                client.put_item(TableName=table, Item=row)


class TestTheSevenThatGotThrough:
    def test_a_planted_signing_key_issues_nothing_that_is_valid_and_nothing_that_is_anchored(
        self, anchored: Tenant, anvil: Anvil
    ) -> None:
        private = Ed25519PrivateKey.generate()
        kid = ed25519_multikey(private.public_key())
        planted = SigningKey(
            tenant_key("acme"),
            signing_key_sk(kid),
            kid=kid,
            did="did:web:acme.localhost%3A8000",
            public_multikey=kid,
            sealed_private=seal(private, tenant_slug="acme", kid=kid),
            created_at=iso(now()),
        )
        connection().client.put_item(TableName="defiso-tenants", Item=planted.serialize())
        forget_everything()
        issue(anchored, number="FM 2")
        anchor_everything()

        assert verify_certificate(tenant=anchored, number="FM 2").key_id != kid
        assert verify_certificate(tenant=anchored, number="FM 2").overall == "valid"

    def test_an_old_head_over_a_withdrawn_certificate_is_not_genuine(self, anchored: Tenant, anvil: Anvil) -> None:
        old = row_of(HEAD)
        withdraw(anchored)
        anchor_everything()
        assert check(anchored).overall == "withdrawn"

        put(HEAD, old)

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("not_genuine", ANOTHER)

    def test_an_old_head_is_noticed_though_the_event_that_brought_the_new_one_is_gone(
        self, anchored: Tenant, anvil: Anvil
    ) -> None:
        old = row_of(HEAD)
        withdraw(anchored)
        anchor_everything()
        newest = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-1]

        put(HEAD, old)
        connection().client.delete_item(
            TableName="defiso-audit-logs", Key={"PK": {"S": newest.PK}, "SK": {"S": newest.SK}}
        )

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", NO_RECORD)

    def test_a_deleted_event_leaves_a_gap_that_is_shown(self, anchored: Tenant, anvil: Anvil) -> None:
        suspend_certificate(
            tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=today() + timedelta(days=7)
        )
        restore(anchored)
        anchor_everything()
        suspension = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-2]

        connection().client.delete_item(
            TableName="defiso-audit-logs", Key={"PK": {"S": suspension.PK}, "SK": {"S": suspension.SK}}
        )

        assert check(anchored).overall == "valid"
        page = browser_at(anchored).get(PAGE).content.decode()
        assert "missing or was changed" in page
        assert "Suspended" not in page

    def test_a_forged_reason_is_not_shown(self, anchored: Tenant, anvil: Anvil) -> None:
        withdraw(anchored, reason="Client ceased trading")
        anchor_everything()
        event = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-1]
        change(("defiso-audit-logs", event.SK), set_text("reason", "They bribed us"))
        change(HEAD, set_text("reason", "They bribed us"))

        assert check(anchored).overall == "not_genuine"
        assert "bribed" not in browser_at(anchored).get(PAGE).content.decode()

    def test_a_forged_reason_of_the_past_is_not_shown(self, anchored: Tenant, anvil: Anvil) -> None:
        suspend_certificate(
            tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=today() + timedelta(days=7)
        )
        restore(anchored)
        anchor_everything()
        suspension = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-2]
        change(("defiso-audit-logs", suspension.SK), set_text("reason", "They bribed us"))

        assert check(anchored).overall == "valid"
        page = browser_at(anchored).get(PAGE).content.decode()
        assert "bribed" not in page
        assert "damaged in the registry" in page

    def test_a_back_dated_event_moves_no_past_day(self, anchored: Tenant, anvil: Anvil) -> None:
        withdraw(anchored)
        anchor_everything()
        event = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-1]
        change(("defiso-audit-logs", event.SK), set_text("occurred_at", "2020-01-01T00:00:00.000Z"))

        on = check(anchored, on=today().replace(year=today().year - 1))
        assert on.verdicts["status"].result == "unknown"
        assert on.overall == "could_not_check"

    def test_a_forged_event_moves_no_past_day(self, anchored: Tenant, anvil: Anvil) -> None:
        forged = make_event(
            tenant_slug="acme",
            actor=SYSTEM,
            action="certificate.issued",
            target_kind="CERT",
            target_id=NUMBER,
            after={"status": "active"},
        )
        forged.occurred_at = "2020-01-01T00:00:00.000Z"
        connection().client.put_item(TableName="defiso-audit-logs", Item=forged.serialize())

        assert check(anchored, on=today().replace(year=today().year - 1)).overall == "could_not_check"

    def test_a_flipped_flag_publishes_nothing_confidential(self, acme: Tenant, anvil: Anvil) -> None:
        issue(acme, confidential=True, confidentialityReason="A secret site.")
        anchor_everything()
        with pytest.raises(UnknownCertificateError):
            find_records(tenant=acme, number=NUMBER)

        change(HEAD, lambda row: row.update(confidential={"BOOL": False}))

        found = check(acme)
        assert (found.overall, found.subject) == ("not_genuine", {})
        browser = browser_at(acme)
        for address in (PAGE, f"{PAGE}/verdict.json", f"{PAGE}/credential.json", f"{PAGE}/proof.json"):
            said = browser.get(address).content.decode()
            assert "grey iron" not in said
            assert "Foundry" not in said

    def test_a_public_certificate_cannot_be_hidden_by_its_flag(self, anchored: Tenant) -> None:
        change(HEAD, lambda row: row.update(confidential={"BOOL": True}))

        assert check(anchored).overall == "not_genuine"


class TestTheWholeDatabaseOfYesterday:
    def test_is_older_than_its_chain(self, anchored: Tenant, anvil: Anvil) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()

        restore_database(yesterday)

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", OLDER)

    @pytest.mark.parametrize("named", ["nothing", "no transaction of ours", "the newest anchor itself"])
    def test_with_the_newest_nonce_made_out_as_a_filler_is_noticed_too(
        self, anchored: Tenant, anvil: Anvil, chain: Chain, named: str
    ) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()
        newest = batches_in(State.ANCHORED)[-1]
        restore_database(yesterday)
        fillers = {"nothing": None, "no transaction of ours": ["0x" + "ab" * 32]}.get(named, [newest.tx_hash])
        nonce = newest.attempt.nonce
        planted = NonceUse(account_key(chain), f"NONCE#{nonce:020d}", nonce=nonce, batch_id=FILLER, fillers=fillers)
        connection().client.put_item(TableName="defiso-blockchain-transactions", Item=planted.serialize())

        assert check(anchored).overall == "could_not_check"

    def test_with_the_newest_nonce_made_out_as_that_of_an_older_batch_is_noticed_too(
        self, anchored: Tenant, anvil: Anvil, chain: Chain
    ) -> None:
        yesterday = everything()
        older = batches_in(State.ANCHORED)[-1]
        withdraw(anchored)
        anchor_everything()
        nonce = batches_in(State.ANCHORED)[-1].attempt.nonce
        restore_database(yesterday)
        planted = NonceUse(account_key(chain), f"NONCE#{nonce:020d}", nonce=nonce, batch_id=older.id)
        connection().client.put_item(TableName="defiso-blockchain-transactions", Item=planted.serialize())

        assert check(anchored).overall == "could_not_check"

    def test_with_the_newest_anchor_kept_is_noticed_too(self, anchored: Tenant, anvil: Anvil) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()
        newest = batches_in(State.ANCHORED)[-1]

        restore_database(yesterday, keep=lambda row: row["PK"]["S"] == newest.PK or "NONCE#" in row["SK"]["S"])

        assert check(anchored).overall == "could_not_check"

    def test_with_all_of_the_platform_kept_is_noticed_too(self, anchored: Tenant, anvil: Anvil) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()

        restore_database(yesterday, keep=lambda row: row["PK"]["S"] != "TENANT#acme")

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", BEHIND)


class TestRowsTakenAway:
    def test_a_head_that_is_gone_is_damage_and_no_unknown_number(self, anchored: Tenant) -> None:
        remove(HEAD)

        assert check(anchored).overall == "could_not_check"

    def test_the_newest_checkpoint(self, anchored: Tenant) -> None:
        remove(("defiso-audit-logs", "LOG#CHECKPOINT"))

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", BEHIND)

    def test_the_map(self, anchored: Tenant) -> None:
        for slot in (0, 1):
            remove(("defiso-audit-logs", f"MAP##{slot}"))

        found = check(anchored)
        assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", GONE)


def test_an_event_taken_out_of_the_outbox_leaves_its_change_unrecorded_and_never_valid(
    anchored: Tenant, anvil: Anvil
) -> None:
    suspend_certificate(
        tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=today() + timedelta(days=7)
    )
    anchor_everything()
    restore(anchored)
    event = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-1]
    connection().client.delete_item(TableName="defiso-audit-logs", Key={"PK": {"S": event.PK}, "SK": {"S": event.SK}})
    anchor_everything()

    found = check(anchored)
    assert (found.overall, found.verdicts["status"].reason) == ("could_not_check", NO_RECORD)


def test_a_change_that_waits_in_the_outbox_is_being_recorded(anchored: Tenant) -> None:
    suspend_certificate(
        tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=today() + timedelta(days=7)
    )
    assert check(anchored).overall == "suspended"
    restore(anchored)

    assert check(anchored).overall == "pending_anchor"


def test_a_draft_made_out_as_issued_shows_nothing(acme: Tenant, anvil: Anvil) -> None:
    draft_certificate(tenant=acme, actor=OWNER, content=content(number=NUMBER))
    change(HEAD, lambda row: row.update(status={"S": "active"}, revision={"N": "1"}))

    found = check(acme)
    assert found.overall == "not_genuine"
    assert found.subject == {}


def test_a_draft_put_back_over_an_issued_certificate_is_damage_and_no_unknown_number(
    acme: Tenant, anvil: Anvil
) -> None:
    draft_certificate(tenant=acme, actor=OWNER, content=content(number=NUMBER))
    draft = row_of(HEAD)
    submit_certificate(tenant=acme, actor=OWNER, number=NUMBER)
    issue_certificate(tenant=acme, actor=OWNER, number=NUMBER)
    anchor_everything()

    put(HEAD, draft)

    found = check(acme)
    assert (found.overall, found.subject) == ("could_not_check", {})


def test_an_old_head_whose_event_is_made_out_to_be_waiting_is_not_being_recorded(anchored: Tenant) -> None:
    old = row_of(HEAD)
    withdraw(anchored)
    anchor_everything()
    issued = events_of(tenant_slug="acme", target_kind="CERT", target_id=NUMBER)[-2]

    put(HEAD, old)
    waiting = {"GSI2PK": {"S": "QUARANTINE"}, "GSI2SK": {"S": issued.id}, "position": {"N": "99999"}}
    change(("defiso-audit-logs", issued.SK), lambda row: row.update(waiting))

    found = check(anchored)
    assert (found.overall, found.verdicts["status"].reason) == ("not_genuine", ANOTHER)


def test_a_suspension_that_is_not_known_to_be_the_newest_state_could_not_be_checked(anchored: Tenant) -> None:
    suspend(anchored)
    anchor_everything()
    yesterday = everything()
    restore(anchored)
    anchor_everything()

    restore_database(yesterday)

    assert check(anchored).overall == "could_not_check"


def test_of_a_number_that_an_old_database_does_not_have_nobody_says_that_it_was_never_issued(anchored: Tenant) -> None:
    yesterday = everything()
    issue(anchored, number="YOUNG")
    anchor_everything()

    restore_database(yesterday)
    forget_everything()

    assert verify_certificate(tenant=anchored, number="YOUNG").overall == "could_not_check"


def test_a_batch_in_a_state_that_there_is_not_breaks_no_page_of_the_log(anchored: Tenant) -> None:
    change(BATCH, set_text("state", "nowhere"))
    forget_everything()

    assert browser_at(anchored, raise_request_exception=False).get("/log").status_code == 200


@pytest.mark.parametrize("planted", [{}, {"retired_at": {"N": "1"}}])
def test_a_planted_row_of_a_key_that_cannot_be_read_stops_no_check(anchored: Tenant, planted: Row) -> None:
    row = {"PK": {"S": "TENANT#acme"}, "SK": {"S": "KEY#zPlanted"}, **planted}
    connection().client.put_item(TableName="defiso-tenants", Item=row)

    assert check(anchored).overall == "valid"


def test_a_kept_checkpoint_that_cannot_be_read_is_passed_over(anchored: Tenant) -> None:
    row = {"PK": {"S": "TENANT#acme"}, "SK": {"S": f"LOG#CHECKPOINT#{99:016d}"}, "batch_id": {"B": b"x"}}
    connection().client.put_item(TableName="defiso-audit-logs", Item=row)

    assert check(anchored).overall == "valid"


@pytest.mark.parametrize("row", [{}, {"note": {"N": "1"}}])
def test_a_newest_checkpoint_that_cannot_be_read_could_not_be_checked(anchored: Tenant, row: Row) -> None:
    place = ("defiso-audit-logs", "LOG#CHECKPOINT")
    put(place, key_of(place) | row)

    assert check(anchored).overall == "could_not_check"


class TestAWorkerThatHasJustStarted:
    """It remembers no checkpoint, and signs nothing on top of rows that were put back."""

    def test_does_not_go_on_from_an_old_log_of_a_body(self, anchored: Tenant) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()
        restore_database(yesterday, keep=lambda row: row["PK"]["S"] != "TENANT#acme")
        before = row_of(CHECKPOINT)
        forget_everything()

        issue(anchored, number="FM 2")
        anchor_everything()

        assert row_of(CHECKPOINT) == before
        assert check(anchored).overall == "could_not_check"

    def test_does_not_anchor_an_old_log_of_the_platform_and_so_make_it_the_newest(self, anchored: Tenant) -> None:
        yesterday = everything()
        withdraw(anchored)
        anchor_everything()
        restore_database(yesterday, keep=lambda row: not row["PK"]["S"].startswith("TENANT#"))
        forget_everything()

        issue(anchored, number="FM 2")
        anchor_everything()

        assert check(anchored).overall == "could_not_check"

    def test_does_not_take_over_a_map_that_nobody_signed(self, anchored: Tenant) -> None:
        forged = row_of(CHECKPOINT)
        lines = forged["note"]["S"].split("\n")
        lines[3] = f"map 2 {base64.b64encode(bytes(32)).decode()}"
        put(CHECKPOINT, {**forged, "note": {"S": "\n".join(lines)}})

        issue(anchored, number="FM 2")
        anchor_everything()

        assert row_of(CHECKPOINT)["note"] == {"S": "\n".join(lines)}
        assert check(anchored).overall == "could_not_check"
