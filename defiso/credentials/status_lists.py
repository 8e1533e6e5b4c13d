"""A body's status lists as credentials: signed when asked for, kept for a few seconds."""

from typing import Any, NamedTuple

from defiso.core.cache import TimedCache
from defiso.core.canonical import canonical_json, sha256
from defiso.core.clock import now
from defiso.core.errors import NotFoundError
from defiso.credentials.canonicalisation import canonical_under
from defiso.credentials.contexts import CREDENTIALS_V2, definitions_of
from defiso.credentials.did import did_of
from defiso.credentials.integrity import signed_proof, to_the_second, unsigned_proof
from defiso.credentials.keyring import signing_key_of
from defiso.credentials.status_bits import encoded_list
from defiso.credentials.status_entries import PURPOSES, list_address, list_exists
from defiso.tenants.models import Tenant

KEPT_SECONDS = 5


class StatusList(NamedTuple):
    """``etag`` is that of the bits: signed again they are the same list, though other bytes (RFC 9110, 8.8.1)."""

    body: bytes
    etag: str


_kept: TimedCache[StatusList] = TimedCache(size=256, seconds=KEPT_SECONDS)


class NoSuchListError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("This certification body has no such status list.")


def read_status_list(*, tenant: Tenant, purpose: str, number: int) -> StatusList:
    """The list as a signed BitstringStatusListCredential, as it was at most KEPT_SECONDS ago.

    Raises NoSuchListError, NoSigningKeyError, KeyUnavailableError. Source: Bitstring Status List 1.0, 2.2.
    """
    if purpose not in PURPOSES:
        raise NoSuchListError
    key = f"{tenant.slug} {purpose} {number}"
    if kept := _kept.get(key):
        return kept
    if not list_exists(tenant, number):
        raise NoSuchListError
    bits = encoded_list(tenant.slug, purpose, number)
    etag = f'W/"{sha256(bits.encode()).hex()[:32]}"'
    signed = StatusList(canonical_json(_signed(tenant, purpose, number, bits)), etag)
    _kept.put(key, signed)
    return signed


def forget_status_lists() -> None:
    """Sign every list afresh: for tests."""
    _kept.clear()


def _signed(tenant: Tenant, purpose: str, number: int, bits: str) -> dict[str, Any]:
    key, private = signing_key_of(tenant)
    did, address, moment = did_of(tenant), list_address(tenant, purpose, number), to_the_second(now())
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": address,
        "issuer": did,
        "validFrom": moment,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits,
        },
    }
    canonical = canonical_under(definitions_of(CREDENTIALS_V2), document)
    options = unsigned_proof(created=moment, verification_method=f"{did}#{key.kid}")
    return {**document, "proof": signed_proof(canonical, options, private)}
