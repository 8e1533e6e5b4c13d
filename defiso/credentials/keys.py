"""Key material: how public keys are written, how private keys are sealed at rest.

Nothing here reads or writes the store; see ``keyring`` for whose key is which.
"""

import base64
import binascii
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from defiso.core.multikeys import ed25519_key
from defiso.credentials.errors import KeyUnavailableError

_NONCE_BYTES = 12


def ed25519_jwk(multikey: str) -> dict[str, Any]:
    """RFC 8037, 2."""
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url(ed25519_key(multikey).public_bytes_raw())}


def seal(key: Ed25519PrivateKey, *, tenant_slug: str, kid: str) -> bytes:
    """The private key under the master key: 12 bytes of nonce, then AES-256-GCM bound to the tenant and the key id."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _master_cipher().encrypt(nonce, key.private_bytes_raw(), _bound_to(tenant_slug, kid))


def unseal(sealed: bytes, *, tenant_slug: str, kid: str) -> Ed25519PrivateKey:
    """Raises KeyUnavailableError if the master key, the tenant or the key id is another one, or the bytes changed."""
    try:
        opened = _master_cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(tenant_slug, kid))
        return Ed25519PrivateKey.from_private_bytes(opened)
    except (InvalidTag, ValueError) as error:
        raise KeyUnavailableError from error


def _master_cipher() -> AESGCM:
    try:
        return AESGCM(base64.b64decode(settings.MASTER_KEY, validate=True))
    except binascii.Error as error:
        raise KeyUnavailableError from error


def _bound_to(tenant_slug: str, kid: str) -> bytes:
    return f"defiso signing key v1\n{tenant_slug}\n{kid}".encode()


def base64url(data: bytes) -> str:
    """RFC 4648, 5, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
