"""Shorthand of these tests: sign an ordinary certificate, and read rows as stored."""

from datetime import UTC, datetime
from typing import Any

from defiso.credentials.endorsing import endorse, key_statement
from defiso.credentials.models import KEY_PREFIX, SigningKey
from defiso.credentials.services import (
    CredentialCheck,
    SignedCredential,
    StatusEntry,
    check_credential,
    sign_credential,
)
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.credentials.contents import CREDENTIAL_ID, ORDINARY


def signed(tenant: Tenant, subject: dict[str, Any] | None = None, **changes: Any) -> SignedCredential:
    details: dict[str, Any] = {
        "credential_id": CREDENTIAL_ID,
        "name": "Certificate ISO9001-2026-ABC123",
        "valid_from": datetime(2026, 3, 2, tzinfo=UTC),
        "valid_until": datetime(2029, 3, 1, 23, 59, 59, tzinfo=UTC),
        "status": StatusEntry(1, 94567),
        **changes,
    }
    return sign_credential(tenant=tenant, subject=ORDINARY if subject is None else subject, **details)


def checked(tenant: Tenant, text: str, credential: SignedCredential) -> CredentialCheck:
    return check_credential(tenant=tenant, text=text, expected_digest=credential.digest)


def results(check: CredentialCheck) -> tuple[str, str]:
    return check.content.result, check.issuer.result


def stored_keys(tenant: Tenant) -> list[SigningKey]:
    condition = SigningKey.SK.startswith(KEY_PREFIX)
    return sorted(SigningKey.query(tenant_key(tenant.slug), condition), key=lambda key: key.created_at)


def change_and_endorse(key: SigningKey, **changes: Any) -> None:
    """Change a stored key as only who has the platform's key can."""
    for name, value in changes.items():
        setattr(key, name, value)
    change_key(key, endorsement=endorse(key_statement(key)))


def change_key(key: SigningKey, **changes: Any) -> None:
    """Change a stored key behind the product's back."""
    for name, value in changes.items():
        setattr(key, name, value)
    with transaction() as writes:
        writes.put(key, given=SigningKey.PK.exists(), otherwise=AssertionError("no such key"))  # type: ignore[arg-type]
