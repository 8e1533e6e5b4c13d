"""Who a tenant is to the outside: its did:web document and its Blockcerts issuer profile.

Source: did:web Method Specification; Controlled Identifiers 1.0; the Blockcerts verifier for the profile.
"""

from typing import Any

from django.conf import settings

from defiso.chain.accounts import Account, FormerAccount, current_account
from defiso.credentials.keyring import keys_of
from defiso.credentials.keys import ed25519_jwk
from defiso.tenants.models import Tenant
from defiso.tenants.services import origin_of

_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]
PROFILE_PATH = "/issuer.json"


def did_of(tenant: Tenant) -> str:
    """``did:web:acme.localhost%3A8000``: the host, and the port where the origin has one."""
    authority = origin_of(tenant).partition("://")[2]
    return "did:web:" + authority.replace(":", "%3A")


def did_document(tenant: Tenant) -> dict[str, Any]:
    """The tenant's keys, retired ones included, and those of the accounts that anchor or did, all for assertions.

    None says here until when it was used, as a verifier would refuse what was made before, too; of accounts the issuer
    profile says so. A method shows its key twice: Blockcerts reads the JWK, Data Integrity verifiers the multikey.
    """
    did = did_of(tenant)
    methods = [_method(did, key.kid, key.kid, ed25519_jwk(key.kid)) for key in keys_of(tenant)]
    accounts = [*(former.account for former in _former_accounts()), current_account()]
    methods += [
        _method(did, account.address, account.multikey, account.jwk)
        for account in accounts
        if account.multikey and account.jwk
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        "service": [
            {"id": f"{did}#issuer-profile", "type": "IssuerProfile", "serviceEndpoint": _profile_address(tenant)},
        ],
    }


def issuer_profile(tenant: Tenant) -> dict[str, Any]:
    """The Blockcerts profile: the account that anchors for this tenant, in use since before its first anchor, and those
    that did before, from their first day to their last.
    """
    former_keys = [
        {
            "id": _profile_key(former.account),
            "created": f"{former.since.isoformat()}T00:00:00Z",
            "expires": f"{former.until.isoformat()}T23:59:59Z",
        }
        for former in _former_accounts()
    ]
    profile = {
        "@context": ["https://w3id.org/blockcerts/v3.2"],
        "type": "Profile",
        "id": _profile_address(tenant),
        "name": tenant.name,
        "url": tenant.website or origin_of(tenant),
        "publicKey": [{"id": _profile_key(current_account()), "created": tenant.created_at}, *former_keys],
    }
    return {**profile, "email": tenant.contact_email} if tenant.contact_email else profile


def _former_accounts() -> list[FormerAccount]:
    """Each once, whatever chain it anchored on, and not the one that anchors now."""
    known = {former.account.address: former for former in settings.FORMER_CHAIN_ACCOUNTS}
    known.pop(current_account().address, None)
    return list(known.values())


def _profile_key(account: Account) -> str:
    return f"ecdsa-koblitz-pubkey:{account.address}"


def _profile_address(tenant: Tenant) -> str:
    return origin_of(tenant) + PROFILE_PATH


def _method(did: str, fragment: str, multikey: str, jwk: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{did}#{fragment}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
        "publicKeyJwk": jwk,
    }
