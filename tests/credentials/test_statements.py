"""A signed statement holds for its tenant and its exact members only, and never doubles as another signature."""

from typing import Any

import pytest

from defiso.credentials.services import check_statement, create_signing_key, sign_statement
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.credentials.signing import signed, stored_keys

STATUS: dict[str, Any] = {
    "type": "status",
    "tenant": "acme",
    "number": "ISO9001-2026-ABC123",
    "revision": 1,
    "status": "active",
    "since": "2026-03-02",
    "digest": "00" * 32,
}


def test_a_statement_holds_whatever_the_order_of_its_members(tenant: Tenant):
    signature = sign_statement(tenant=tenant, statement=STATUS)

    assert check_statement(tenant=tenant, statement=dict(reversed(STATUS.items())), signature=signature)


@pytest.mark.parametrize("member", list(STATUS))
def test_a_statement_does_not_hold_once_a_member_changed(tenant: Tenant, member: str):
    signature = sign_statement(tenant=tenant, statement=STATUS)

    assert not check_statement(tenant=tenant, statement={**STATUS, member: "changed"}, signature=signature)


def test_a_statement_of_one_body_does_not_hold_for_another(tenant: Tenant, other: Tenant):
    signature = sign_statement(tenant=other, statement=STATUS)

    assert not check_statement(tenant=tenant, statement=STATUS, signature=signature)


def test_a_statement_still_holds_after_a_new_key_was_made(tenant: Tenant):
    signature = sign_statement(tenant=tenant, statement=STATUS)
    with transaction() as writes:
        create_signing_key(tenant=tenant, writes=writes)

    assert check_statement(tenant=tenant, statement=STATUS, signature=signature)


def test_a_malformed_signature_does_not_hold_and_is_no_error(tenant: Tenant):
    kid = stored_keys(tenant)[0].kid
    proof_value = signed(tenant).document["proof"]["proofValue"]

    for signature in [
        "",
        ":",
        kid,
        f"{kid}:",
        f"{kid}:z",
        f"{kid}:z0",
        f"{kid}:{'z' + '2' * 5000}",
        f"{kid}:{proof_value}",
    ]:
        assert not check_statement(tenant=tenant, statement=STATUS, signature=signature)
