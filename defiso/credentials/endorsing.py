"""Endorsement: the platform's key says of a tenant's key, as its row stands, that it is one.

Whoever can write rows has no such key, so what such a person plants, moves or alters does not count.
"""

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from defiso.core.canonical import canonical_json, sha256
from defiso.core.multikeys import base58_bytes, base58_text, ed25519_key
from defiso.credentials.errors import PlatformKeyMissingError
from defiso.credentials.models import SigningKey
from defiso.store.keys import tenant_key

_PREFIX = b"defiso key statement v1\n"
_LONGEST = 100  # characters of a signature


def key_statement(key: SigningKey) -> dict[str, str]:
    """All that there is to know of a key: whose it is, its id (which is the public key), since when and until when.

    ``retired_at`` is empty while it is in use.
    """
    return {
        "tenant": str(key.PK).removeprefix(tenant_key("")),
        "kid": key.kid,
        "did": key.did,
        "created_at": key.created_at,
        "retired_at": key.retired_at or "",
    }


def value_of_key(key: SigningKey) -> bytes:
    """SHA-256 of the canonical statement: 32 bytes."""
    return sha256(canonical_json(key_statement(key)))


def value_in_use(key: SigningKey) -> bytes:
    """The value that a key now retired had before."""
    return sha256(canonical_json({**key_statement(key), "retired_at": ""}))


def endorse(statement: dict[str, str]) -> str:
    """The platform key's signature of a key's statement. Raises PlatformKeyMissingError."""
    return base58_text(platform_key().sign(_signed_bytes(statement)))


def is_endorsed(key: SigningKey, *, by: str = "") -> bool:
    """Whether the platform's key, or the one with the multikey ``by``, endorsed exactly this row as it stands."""
    endorsement = key.endorsement or ""
    if not key.is_intact or len(endorsement) > _LONGEST:
        return False
    try:
        public = ed25519_key(by or settings.PLATFORM_PUBLIC_KEY)
        public.verify(base58_bytes(endorsement), _signed_bytes(key_statement(key)))
    except (InvalidSignature, ValueError):
        return False
    return True


def platform_key() -> Ed25519PrivateKey:
    """Raises PlatformKeyMissingError in a process that only checks."""
    if not settings.PLATFORM_KEY:
        raise PlatformKeyMissingError
    return _opened(settings.PLATFORM_KEY)


@lru_cache(maxsize=4)
def _opened(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))


def _signed_bytes(statement: dict[str, str]) -> bytes:
    return _PREFIX + canonical_json(statement)
