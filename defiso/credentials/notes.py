"""Whose keys sign the checkpoint of a log: the tenant's own and, with the time, the platform's; only these count.

A signing key signs notes too. Nothing else that it signs can be a note: a credential's proof signs 64 bytes of hashes,
a statement begins with words of its own.
"""

import time
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.audit.services import PLATFORM
from defiso.core.cache import TimedCache
from defiso.core.canonical import sha256
from defiso.core.checkpoints import Checkpoint
from defiso.core.multikeys import ed25519_key
from defiso.core.notes import Kind, Note, NoteKey
from defiso.credentials.endorsing import platform_key
from defiso.credentials.errors import KeyUnavailableError, NoSigningKeyError
from defiso.credentials.keyring import keys_of, keys_read_again, signing_key_of
from defiso.credentials.models import SigningKey
from defiso.credentials.platform_notes import checked_note, platform_note_keys, platform_origin
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from defiso.transparency.errors import UnsignedLogError

_checked: TimedCache[tuple[Checkpoint, int]] = TimedCache(size=4096, seconds=60)


def origin_of(slug: str) -> str:
    """The name of a log and of the key that signs it."""
    return platform_origin() if slug == PLATFORM else f"{get_tenant(slug).host}/log"


def sign_checkpoint(slug: str, checkpoint: Checkpoint) -> Note:
    """Raises UnsignedLogError if the body has no key to sign with; PlatformKeyMissingError."""
    platform, at = platform_key(), int(time.time())
    public = platform.public_key().public_bytes_raw()
    cosigner = NoteKey(platform_origin(), public, Kind.COSIGNATURE)
    private = platform if slug == PLATFORM else _private_key_of(slug)
    key = NoteKey(checkpoint.origin, private.public_key().public_bytes_raw())
    own = key.signature_of(checkpoint.text, private.sign)
    return Note(checkpoint.text, (own, cosigner.signature_of(checkpoint.text, platform.sign, at=at)))


def note_keys_of(tenant: Tenant) -> list[NoteKey]:
    """As which the tenant's keys that count, retired ones among them, sign its checkpoints."""
    return _as_note_keys(tenant, keys_of(tenant))


def _as_note_keys(tenant: Tenant, keys: Iterable[SigningKey]) -> list[NoteKey]:
    return [NoteKey(f"{tenant.host}/log", ed25519_key(key.kid).public_bytes_raw()) for key in keys]


def checked_checkpoint(text: str, *, tenant: Tenant | None) -> tuple[Checkpoint, int]:
    """The checkpoint of this signed note, of a tenant or of the platform (None), and when the platform cosigned it.

    What passed is kept for a minute. Raises ValueError unless it is that log's, signed by a key of it that counts and
    by the platform's.
    """
    key = f"{tenant.slug if tenant else PLATFORM} {sha256(text.encode(errors='surrogatepass')).hex()}"
    if kept := _checked.get(key):
        return kept
    checked = _check(text, tenant)
    _checked.put(key, checked)
    return checked


def forget_checked_notes() -> None:
    """Check every note afresh: for tests."""
    _checked.clear()


def _check(text: str, tenant: Tenant | None) -> tuple[Checkpoint, int]:
    if tenant is None:
        return checked_note(text, platform_note_keys()[:1])
    try:
        return checked_note(text, note_keys_of(tenant))
    except ValueError:  # another process may have made the key a moment ago
        return checked_note(text, _as_note_keys(tenant, keys_read_again(tenant)))


def _private_key_of(slug: str) -> Ed25519PrivateKey:
    try:
        return signing_key_of(get_tenant(slug))[1]
    except (KeyUnavailableError, NoSigningKeyError) as error:
        raise UnsignedLogError(slug) from error
