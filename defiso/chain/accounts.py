"""The accounts whose transactions are our anchors, public side only: the one that anchors now and those before it.

What they sign with is in ``signers``; an account is known by its address, and by its public key where that is given.
"""

import base64
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from eth_hash.auto import keccak

from defiso.core.multikeys import base58_bytes, base58_text

_PREFIX = b"\xe7\x01"  # multicodec secp256k1-pub (Controlled Identifiers 1.0, 2.2.2)
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")


@dataclass(frozen=True)
class Account:
    """``address`` is lower-case hex with 0x; ``multikey`` (``zQ3s…``) and ``jwk`` are None if only that is known."""

    address: str
    multikey: str | None = None
    jwk: dict[str, Any] | None = None


@dataclass(frozen=True)
class FormerAccount:
    """An account that anchored for us on a chain from the first to the last day given; its anchors stay ours."""

    chain_id: int
    account: Account
    since: date
    until: date


def current_account() -> Account:
    """The account that anchors now: CHAIN_ACCOUNT_KEY's where there is one, else CHAIN_ACCOUNT."""
    if settings.CHAIN_ACCOUNT_KEY:
        return account_of_private_key(settings.CHAIN_ACCOUNT_KEY)
    return read_account(settings.CHAIN_ACCOUNT)


def our_addresses(chain_id: int) -> set[str]:
    """Of the accounts whose transactions on this chain count as our anchors."""
    ours = {former.account.address for former in settings.FORMER_CHAIN_ACCOUNTS if former.chain_id == chain_id}
    return ours | {current_account().address} if chain_id == settings.CHAIN_ID else ours


@lru_cache(maxsize=4)
def account_of_private_key(private_hex: str) -> Account:
    return _account_of(ec.derive_private_key(int(private_hex, 16), ec.SECP256K1()).public_key())


@lru_cache(maxsize=64)
def read_account(text: str) -> Account:
    """An account from its address or its multikey. Raises ValueError."""
    if _ADDRESS.fullmatch(text.lower()):
        return Account(text.lower())
    data = base58_bytes(text[:100])
    if data[:2] != _PREFIX:
        raise ValueError("neither an address nor a secp256k1 multikey")
    return _account_of(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), data[2:]))


def read_former_accounts(text: str) -> list[FormerAccount]:
    """Accounts written ``chain id:address:multikey:first day:last day``, comma separated. Raises ValueError."""
    return [_read_former(entry.strip()) for entry in text.split(",") if entry.strip()]


def _read_former(entry: str) -> FormerAccount:
    chain_id, address, multikey, since, until = entry.split(":")
    former = FormerAccount(int(chain_id), read_account(multikey), date.fromisoformat(since), date.fromisoformat(until))
    if former.account.address != address.lower() or former.since > former.until or former.chain_id < 1:
        raise ValueError("the address is not the key's, or the days are the wrong way round")
    return former


def _account_of(public: ec.EllipticCurvePublicKey) -> Account:
    numbers = public.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    compressed = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return Account(
        address="0x" + keccak(x + y)[12:].hex(),
        multikey=base58_text(_PREFIX + compressed),
        jwk={"kty": "EC", "crv": "secp256k1", "x": _base64url(x), "y": _base64url(y)},
    )


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
