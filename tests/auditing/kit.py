"""A register in which something of everything has happened, what a check finds in it, and rows changed past it."""

from typing import Any, NamedTuple

from defiso.auditing.findings import Finding
from defiso.auditing.services import audit_all
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.chain.client import Chain
from defiso.core.clock import today
from defiso.imports.loading import load_rows
from defiso.imports.reading import read_register
from defiso.outbox.hold import Hold
from defiso.store.connection import connection
from defiso.store.items import TABLES, Row
from defiso.tenants.services import get_tenant
from tests.anchoring.kit import work
from tests.certificates.making import ISSUER, in_days, make_certificate, make_draft
from tests.imports.test_load_register import FILE as REGISTER
from tests.memory import forget_everything


def tell_a_story(hold: Hold, chain: Chain, *, loaded: int = 40) -> None:
    """Two bodies with certificates made, loaded, suspended and withdrawn, over three batches; and a draft."""
    acme, globex = get_tenant("acme"), get_tenant("globex")
    for number in range(4):
        make_certificate(acme, number=f"FM-{number}")
    make_certificate(acme, number="FM-SECRET", confidential=True, confidentialityReason="Asked for.")
    make_certificate(globex, number="GX-1")
    work(hold, chain)
    load_rows(tenant=acme, actor=ISSUER, rows=read_register(REGISTER, language="en", today=today())[:loaded])
    suspend_certificate(tenant=acme, actor=ISSUER, number="FM-1", reason="Audit overdue.", review_on=in_days(60))
    work(hold, chain)
    withdraw_certificate(tenant=acme, actor=ISSUER, number="FM-2", reason="Not corrected.")
    make_draft(acme, number="FM-DRAFT")
    work(hold, chain)


def found(chain: Chain, slug: str = "") -> list[Finding]:
    """What a check finds that remembers nothing."""
    forget_everything()
    return [step for step in audit_all(chain, slug) if isinstance(step, Finding)]


class Stored(NamedTuple):
    """A row as it is stored, and in which table."""

    table: str
    row: Row

    @property
    def sk(self) -> str:
        return str(self.row["SK"]["S"])


def every(starts: str, *, of: str = "TENANT#acme") -> list[Stored]:
    """Every row whose sort key starts so, in the order of keys."""
    client = connection().client
    rows = [
        Stored(table.Meta.table_name, row)
        for table in TABLES
        for row in client.scan(TableName=table.Meta.table_name)["Items"]
        if row["SK"]["S"].startswith(starts) and row["PK"]["S"].startswith(of)
    ]
    return sorted(rows, key=lambda stored: (stored.row["PK"]["S"], stored.sk))


def put(stored: Stored) -> None:
    """As somebody writes it who asks for no condition."""
    connection().client.put_item(TableName=stored.table, Item=stored.row)


def delete(stored: Stored) -> None:
    key = {name: stored.row[name] for name in ("PK", "SK")}
    connection().client.delete_item(TableName=stored.table, Key=key)


def change(stored: Stored, **values: Any) -> None:
    """Put other values; None takes one away. Those are as the row has them, ``{"S": "a"}``."""
    row = {name: value for name, value in (stored.row | values).items() if value is not None}
    put(Stored(stored.table, row))
