"""The process killed between any two calls of the store, from an act to its anchor: a check then says what is so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.models import Certificate, certificate_key
from defiso.store.connection import SharedConnection
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.services import verify_certificate
from tests.anchoring.anvil import Anvil
from tests.certificates.making import content
from tests.crashes.breaking import READS, Death
from tests.issuing import OWNER, anchor_everything, issue
from tests.verification.world import forget, put_back, read_rows, suspend


@contextmanager
def killed_at(point: int, *, takes_effect: bool) -> Iterator[list[str]]:
    """The calls that write, of which the one at ``point`` is the last, done or not."""
    calls: list[str] = []
    dispatch = SharedConnection.dispatch

    def count(connection: SharedConnection, operation: str, request: dict[str, Any]) -> Any:
        if operation in READS:
            return dispatch(connection, operation, request)
        calls.append(operation)
        if len(calls) != point:
            return dispatch(connection, operation, request)
        if takes_effect:
            dispatch(connection, operation, request)
        raise Death

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedConnection, "dispatch", count)
        yield calls


def act_and_anchor(tenant: Tenant) -> None:
    submit_certificate(tenant=tenant, actor=OWNER, number="NEW")
    issue_certificate(tenant=tenant, actor=OWNER, number="NEW")
    suspend(tenant, "OLD")
    anchor_everything()


def said_of(tenant: Tenant, number: str) -> str:
    try:
        return str(verify_certificate(tenant=tenant, number=number).overall)
    except UnknownCertificateError:
        return "unknown"


def happened(tenant: Tenant, number: str) -> str:
    """What is so, by the transaction that did or did not happen."""
    head = Certificate.find(tenant_key(tenant.slug), certificate_key(number), consistent=True)
    assert head is not None
    return {"draft": "unknown", "under_review": "unknown", "active": "valid", "suspended": "suspended"}[head.status]


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_every_certificate_is_what_it_is_said_to_be(anvil: Anvil, tenants: list[str], step: int) -> None:
    tenant = get_tenant("acme")
    issue(tenant, number="OLD")
    draft_certificate(tenant=tenant, actor=OWNER, content=content(number="NEW"))
    anchor_everything()
    before, block = read_rows(), anvil.rpc("evm_snapshot")
    with killed_at(0, takes_effect=False) as calls:
        act_and_anchor(tenant)
    assert len(calls) > 20

    for point in range(1, len(calls) + 1, step):
        for takes_effect in (False, True):
            put_back(before)
            anvil.rpc("evm_revert", block)
            block = anvil.rpc("evm_snapshot")
            forget()
            with pytest.raises(Death), killed_at(point, takes_effect=takes_effect):
                act_and_anchor(tenant)
            forget()
            meanwhile = {number: said_of(tenant, number) for number in ("NEW", "OLD")}
            true = {number: happened(tenant, number) for number in ("NEW", "OLD")}
            for number, said in meanwhile.items():
                assert said in (true[number], "pending_anchor" if true[number] == "valid" else ""), (point, meanwhile)

            forget()
            anchor_everything()
            forget()

            assert {number: said_of(tenant, number) for number in ("NEW", "OLD")} == true, (point, takes_effect)
