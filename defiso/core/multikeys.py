"""How keys and signatures are written as text: multibase base58btc, and for public keys the multikey.

Source: Controlled Identifiers 1.0, 2.2.2 and 2.4.
"""

from functools import lru_cache

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519_PREFIX = b"\xed\x01"


def base58_text(data: bytes) -> str:
    """Multibase base58btc: ``z`` and the digits."""
    return "z" + base58.b58encode(data).decode()


def base58_bytes(text: str) -> bytes:
    """Raises ValueError for anything but short multibase base58btc; decoding takes quadratic time."""
    if not text.startswith("z") or len(text) > 20_000:
        raise ValueError("not multibase base58btc")
    return base58.b58decode(text[1:])


def ed25519_multikey(key: Ed25519PublicKey) -> str:
    """``z6Mk…``: also the key's id, so that a reference to a key carries the key."""
    return base58_text(_ED25519_PREFIX + key.public_bytes_raw())


@lru_cache(maxsize=1024)
def ed25519_key(multikey: str) -> Ed25519PublicKey:
    """Raises ValueError if ``multikey`` is not an Ed25519 public key."""
    data = base58_bytes(multikey[:100])
    if data[:2] != _ED25519_PREFIX:
        raise ValueError("not an Ed25519 multikey")
    return Ed25519PublicKey.from_public_bytes(data[2:])
