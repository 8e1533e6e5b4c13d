"""Whatever somebody writes into the rows of a certificate: every address answers, and none with a 500."""

from typing import Any

import pytest

from defiso.accounts.models import User
from defiso.anchoring.checking import forget_checked_anchors
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at, log_in_as
from tests.verification.stored import HEAD, NUMBER, PLACE, REVISION

CHAIN = "defiso-blockchain-transactions"
PUBLIC = [f"/certificates/{NUMBER}{end}" for end in ("", "/verdict.json", "/credential.json", "/proof.json", "/qr.svg")]
STAFF = [f"/staff/certificates/{NUMBER}/?tab={tab}" for tab in ("details", "decision", "history", "evidence")]
MISSING: dict[str, Any] = {}
VALUES: list[dict[str, Any]] = [
    MISSING,
    {"NULL": True},
    {"S": "~junk~"},
    {"S": "[1]"},
    {"S": "0001-01-01T00:00:00+23:59"},
    {"N": "-1"},
    {"N": "1.5"},
    {"N": "9E99"},
    {"BOOL": True},
    {"B": b"\x00\xff"},
    {"L": [{"N": "1"}]},
    {"M": {}},
]


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme)
    issue(acme, number="ISO9001-2026-OTHER2")  # so that the path has a step
    anchor_everything()
    return acme


def batch_row(sk: str) -> tuple[str, dict[str, Any]]:
    key = {"PK": {"S": "TENANT#acme"}, "SK": {"S": PLACE[1]}}
    place = connection().client.get_item(TableName=CHAIN, Key=key)["Item"]
    return CHAIN, {"PK": {"S": f"BATCH#{place['batch_id']['S']}"}, "SK": {"S": sk}}


def certificate_row(place: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    return place[0], {"PK": {"S": "TENANT#acme"}, "SK": {"S": place[1]}}


ROWS = {
    "head": lambda: certificate_row(HEAD),
    "revision": lambda: certificate_row(REVISION),
    "place of the proof": lambda: certificate_row(PLACE),
    "batch": lambda: batch_row("METADATA"),
    "leaves": lambda: batch_row("LEAVES#0000"),
    "top of the tree": lambda: batch_row("TOP"),
}


@pytest.mark.parametrize("name", ROWS)
def test_no_address_fails_whatever_an_attribute_is(anchored: Tenant, owner: User, name: str) -> None:
    public = browser_at(anchored, raise_request_exception=False)
    staff = log_in_as(owner, anchored, raise_request_exception=False)
    table, key = ROWS[name]()
    client = connection().client
    whole = client.get_item(TableName=table, Key=key)["Item"]
    failures = []
    answers = set()

    for attribute in sorted(whole.keys() - {"PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "GSI3PK", "GSI3SK"}):
        for value in VALUES:
            damaged = {**whole, attribute: value} if value else {k: v for k, v in whole.items() if k != attribute}
            client.put_item(TableName=table, Item=damaged)
            forget_everything()
            forget_checked_anchors()
            for browser, addresses in ((public, PUBLIC), (staff, STAFF)):
                for address in addresses:
                    answer = browser.get(address)
                    if answer.status_code >= 500:
                        failures.append((attribute, value, address, answer.status_code))
                    if address.endswith("verdict.json"):
                        answers.add(answer.json().get("overall"))
    client.put_item(TableName=table, Item=whole)

    assert failures == []
    assert answers <= {"valid", "could_not_check", "not_genuine", "pending_anchor", None}
