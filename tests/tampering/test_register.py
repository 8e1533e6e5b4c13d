"""The register itself gives the answers of the table, wherever a row of its database has what is tampered with."""

from typing import Any

import pytest

from defiso.chain.client import configured_chain
from defiso.tenants.models import Tenant
from defiso.verification.services import verify_certificate
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.tampering.node import lying_node
from tests.tampering.rows import ANSWERED_OTHERWISE, IN_ROWS, IN_ROWS_OF_MOMENTS, NEIGHBOUR, NUMBER, InRows
from tests.tampering.table import ANSWERS, MOMENTS, TAMPERS
from tests.verification.world import Rows, forget, put_back, read_rows, suspend

CODES = {"not_genuine": 1, "could_not_check": 2, "pending_anchor": 2}
TOLD = {case.name: case.code for case in (*TAMPERS, *MOMENTS)}


@pytest.fixture
def register(tenant: Tenant, other: Tenant, anvil: Anvil) -> Tenant:
    for number in (NUMBER, NEIGHBOUR):
        issue(tenant, number)
    issue(other, NUMBER)
    anchor_everything()
    assert answer(tenant) == 0
    return tenant


def answer(tenant: Tenant) -> int:
    forget()
    return CODES.get(verify_certificate(tenant=tenant, number=NUMBER).overall, 0)


def surprises(tenant: Tenant, cases: list[InRows], before: Rows) -> dict[str, int]:
    truth, found = read_rows(), {}
    for case in cases:
        rows = dict(truth)
        case.change(rows, before)
        assert rows != truth, case.name
        put_back(rows)
        if (said := answer(tenant)) != (2 if case.why else TOLD[case.name]):
            found[case.name] = said
        put_back(truth)
    assert answer(tenant) == 0
    return found


def test_what_is_tampered_with_in_rows_gets_the_answer_of_the_table(register: Tenant) -> None:
    assert surprises(register, IN_ROWS, {}) == {}


def test_rows_of_other_moments_and_certificates_get_the_answer_of_the_table(register: Tenant) -> None:
    before = read_rows()
    suspend(register, NUMBER)
    anchor_everything()

    assert surprises(register, IN_ROWS_OF_MOMENTS, before) == {}


def test_what_a_node_says_gets_the_answer_of_the_table(register: Tenant, anvil: Anvil, settings: Any) -> None:
    found = {}
    for case in ANSWERS:
        with lying_node(anvil.url, case) as url:
            settings.CHAIN_RPC_URLS = [url]
            configured_chain.cache_clear()
            said = answer(register)
        if said != ANSWERED_OTHERWISE.get(case.name, (case.code,))[0]:
            found[case.name] = said
    assert found == {}
