"""A small register with a past, made once, and put back row by row between the tries of whoever writes to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import time_machine
from botocore.exceptions import ClientError

from defiso.anchoring.checking import forget_checked_anchors
from defiso.anchoring.models import Place, proof_key
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.states import Status
from defiso.core.clock import now, today
from defiso.imports.loading import load_rows
from defiso.imports.reading import RegisterRow
from defiso.store.connection import connection
from defiso.store.items import TABLES
from defiso.tenants.models import Tenant
from tests.certificates.making import content
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import make_tenant

Row = dict[str, Any]
Key = tuple[str, str, str]  # table, PK, SK
Rows = dict[Key, Row]
SECRET = "Verschlusssache"  # in every text of what is not for the public
HIDDEN = "hidden"  # the truth of what has no public page
LONG_AGO, MIDDLE = 15, 5  # days back: all issued and nothing else yet; between the suspensions and the restoration


@dataclass(frozen=True, eq=False)
class Certified:
    """What is true of one certificate: now, and ``on`` days of the past. ``unrecorded`` is what it was before a change
    that still waits in the outbox.
    """

    tenant: str
    number: str
    overall: str
    on: dict[int, str] = field(default_factory=dict)
    unrecorded: str = ""

    def __str__(self) -> str:
        return f"{self.tenant} {self.number}"

    @property
    def head(self) -> Key:
        return ("defiso-certificates", f"TENANT#{self.tenant}", f"CERT#{self.number}")


@dataclass
class World:
    """``past`` are whole databases, oldest first; ``rows`` that of now."""

    tenants: dict[str, Tenant]
    certificates: list[Certified]
    past: list[Rows]
    rows: Rows
    shown: dict[Certified, set[Key]]
    days: dict[int, date]


ACTIVE, SUSPENDED = {LONG_AGO: "valid", MIDDLE: "valid"}, {LONG_AGO: "valid", MIDDLE: "suspended"}
CERTIFICATES = [
    Certified("acme", "ACTIVE", "valid", ACTIVE),
    Certified("acme", "RESTORED", "valid", SUSPENDED),
    Certified("acme", "SUSPENDED", "suspended", SUSPENDED),
    Certified("acme", "WITHDRAWN", "withdrawn", ACTIVE),
    Certified("acme", "EXPIRED", "expired", ACTIVE),
    Certified("acme", "YOUNG", "valid", {}),
    Certified("acme", "LOADED", "valid", ACTIVE),
    Certified("acme", "LOADED-WITHDRAWN", "withdrawn", {LONG_AGO: "withdrawn", MIDDLE: "withdrawn"}),
    Certified("acme", "CONFIDENTIAL", HIDDEN),
    Certified("acme", "DRAFT", HIDDEN),
    Certified("acme", "WAITING", "pending_anchor"),
    Certified("acme", "CHANGING", "suspended", ACTIVE, unrecorded="valid"),
    Certified("globex", "ACTIVE", "valid", ACTIVE),
    Certified("globex", "WITHDRAWN", "withdrawn", ACTIVE),
    Certified("globex", "WAITING", "pending_anchor"),
    Certified("globex", "NEVER-ISSUED", HIDDEN),
]
SECRETIVE = {"organisation__legalName": SECRET, "organisation__englishName": None, "scope": f"{SECRET} of grey iron"}


def make_world() -> World:
    acme, globex = make_tenant("acme"), make_tenant("globex")
    past = []
    with ago(days=20):
        for number in ("ACTIVE", "RESTORED", "SUSPENDED", "WITHDRAWN", "CHANGING"):
            issue(acme, number=number)
        issue(acme, number="EXPIRED", expiryDate=(today() + timedelta(days=18)).isoformat())
        issue(acme, number="CONFIDENTIAL", confidential=True, confidentialityReason=SECRET, **SECRETIVE)
        draft_certificate(tenant=acme, actor=OWNER, content=content(number="DRAFT", **SECRETIVE))
        loaded = [("LOADED", Status.ACTIVE), ("LOADED-WITHDRAWN", Status.WITHDRAWN)]
        rows = [RegisterRow(1, content(number=number, revision=1), status, "") for number, status in loaded]
        load_rows(tenant=acme, actor=OWNER, rows=rows)
        for number in ("ACTIVE", "WITHDRAWN"):
            issue(globex, number=number, organisation__legalName="Other Works", organisation__englishName=None)
        anchor_everything()
        past.append(read_rows())
    with ago(days=10):
        suspend(acme, "RESTORED")
        suspend(acme, "SUSPENDED")
        anchor_everything()
        past.append(read_rows())
    with ago(days=1):
        restore_certificate(tenant=acme, actor=OWNER, number="RESTORED", reason="Closed")
        for tenant in (acme, globex):
            withdraw_certificate(tenant=tenant, actor=OWNER, number="WITHDRAWN", reason="Fraud")
        issue(acme, number="YOUNG")
        anchor_everything()
    for tenant in (acme, globex):
        issue(tenant, number="WAITING")
    suspend(acme, "CHANGING")
    rows_now = read_rows()
    days = {back: today() - timedelta(days=back) for back in (LONG_AGO, MIDDLE)}
    shown = {certified: rows_shown(certified, rows_now) for certified in CERTIFICATES}
    return World({"acme": acme, "globex": globex}, CERTIFICATES, past, rows_now, shown, days)


def suspend(tenant: Tenant, number: str) -> None:
    in_a_month = today() + timedelta(days=30)
    suspend_certificate(tenant=tenant, actor=OWNER, number=number, reason="Late", review_on=in_a_month)


@contextmanager
def ago(*, days: int) -> Iterator[None]:
    with time_machine.travel(now() - timedelta(days=days), tick=True):
        forget_everything()
        yield
    forget_everything()


def rows_shown(certified: Certified, rows: Rows) -> set[Key]:
    """Those of which the page is made: head, documents, and the batch that it is anchored in."""
    certificates, chain, pk = "defiso-certificates", "defiso-blockchain-transactions", f"TENANT#{certified.tenant}"
    place: Key = (chain, *proof_key(certified.tenant, certified.number, 1))
    keys = {certified.head, (certificates, pk, f"REV#{certified.number}#0001"), place}
    if place in rows:
        batch = f"BATCH#{Place.from_raw_data(rows[place]).batch_id}"
        keys |= {(chain, batch, sk) for sk in ("METADATA", "TOP", "LEAVES#0000")}
    return keys


def read_rows() -> Rows:
    client, rows = connection().client, {}
    for table in TABLES:
        name = table.Meta.table_name
        asked: Row = {"TableName": name}
        while True:
            answer = client.scan(**asked)
            rows.update({(name, row["PK"]["S"], row["SK"]["S"]): row for row in answer["Items"]})
            if "LastEvaluatedKey" not in answer:
                break
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    return rows


def put(key: Key, row: Row | None) -> bool:
    """Whether the store took it: it refuses keys of an index that are none."""
    table, pk, sk = key
    at = {"PK": {"S": pk}, "SK": {"S": sk}}
    try:
        if row is None:
            connection().client.delete_item(TableName=table, Key=at)
        else:
            connection().client.put_item(TableName=table, Item={**row, **at})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        return False
    return True


def put_back(rows: Rows) -> None:
    """The whole database as it was."""
    present = read_rows()
    for key in present.keys() - rows.keys():
        put(key, None)
    for key, row in rows.items():
        if present.get(key) != row:
            put(key, row)


def forget() -> None:
    """As another process sees it."""
    forget_everything()
    forget_checked_anchors()
