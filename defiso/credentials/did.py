"""Who a tenant is to the outside: its did:web document and its Blockcerts issuer profile.

Source: did:web Method Specification; Controlled Identifiers 1.0; the Blockcerts verifier for the profile.
"""

from typing import Any

from defiso.chain.accounts import current_account
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
    """The tenant's keys, retired ones included, and the platform's anchoring key, all for assertions.

    A method shows its key in both forms: Blockcerts reads the JWK, Data Integrity verifiers the multikey.
    """
    did, anchor = did_of(tenant), current_account()
    methods = [_method(did, key.kid, key.kid, ed25519_jwk(key.kid)) for key in keys_of(tenant) if key.is_intact]
    if anchor.multikey and anchor.jwk:
        methods.append(_method(did, anchor.address, anchor.multikey, anchor.jwk))
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
    """The Blockcerts profile: the account that anchors for this tenant, in use since before its first anchor."""
    anchor = current_account()
    profile = {
        "@context": ["https://w3id.org/blockcerts/v3.2"],
        "type": "Profile",
        "id": _profile_address(tenant),
        "name": tenant.name,
        "url": tenant.website or origin_of(tenant),
        "publicKey": [{"id": f"ecdsa-koblitz-pubkey:{anchor.address}", "created": tenant.created_at}],
    }
    return {**profile, "email": tenant.contact_email} if tenant.contact_email else profile


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
