"""Whose keys sign the checkpoint of a log: the tenant's own and, with the time, the platform's; only these count.

A signing key signs notes too. Nothing else that it signs can be a note: a credential's proof signs 64 bytes of hashes,
a statement begins with words of its own.
"""

import time
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from defiso.audit.services import PLATFORM
from defiso.core.checkpoints import Checkpoint
from defiso.core.multikeys import ed25519_key
from defiso.core.notes import Kind, Note, NoteKey
from defiso.credentials.endorsing import platform_key
from defiso.credentials.errors import KeyUnavailableError, NoSigningKeyError
from defiso.credentials.keyring import keys_of, keys_read_again, signing_key_of
from defiso.credentials.models import SigningKey
from defiso.tenants.models import Tenant
from defiso.tenants.services import get_tenant
from defiso.transparency.errors import UnsignedLogError


def origin_of(slug: str) -> str:
    """The name of a log and of the key that signs it."""
    return f"{settings.BASE_DOMAIN if slug == PLATFORM else get_tenant(slug).host}/log"


def sign_checkpoint(slug: str, checkpoint: Checkpoint) -> Note:
    """Raises UnsignedLogError if the body has no key to sign with; PlatformKeyMissingError."""
    platform, at = platform_key(), int(time.time())
    name = origin_of(PLATFORM)
    public = platform.public_key().public_bytes_raw()
    cosignature = NoteKey(name, public, Kind.COSIGNATURE).signature_of(checkpoint.text, platform.sign, at=at)
    if slug == PLATFORM:
        own = NoteKey(name, public).signature_of(checkpoint.text, platform.sign)
    else:
        private = _private_key_of(slug)
        key = NoteKey(checkpoint.origin, private.public_key().public_bytes_raw())
        own = key.signature_of(checkpoint.text, private.sign)
    return Note(checkpoint.text, (own, cosignature))


def _private_key_of(slug: str) -> Ed25519PrivateKey:
    try:
        return signing_key_of(get_tenant(slug))[1]
    except (KeyUnavailableError, NoSigningKeyError) as error:
        raise UnsignedLogError(slug) from error


def platform_note_keys() -> tuple[NoteKey, NoteKey]:
    """As which the platform signs its own checkpoints, and cosigns all."""
    public = ed25519_key(settings.PLATFORM_PUBLIC_KEY).public_bytes_raw()
    name = origin_of(PLATFORM)
    return NoteKey(name, public), NoteKey(name, public, Kind.COSIGNATURE)


def note_keys_of(tenant: Tenant) -> list[NoteKey]:
    """As which the tenant's keys that count sign its checkpoints, retired ones among them."""
    return _as_note_keys(tenant, keys_of(tenant))


def _as_note_keys(tenant: Tenant, keys: Iterable[SigningKey]) -> list[NoteKey]:
    name = origin_of(tenant.slug)
    return [NoteKey(name, ed25519_key(key.kid).public_bytes_raw()) for key in keys]


def checked_checkpoint(text: str, *, tenant: Tenant | None) -> tuple[Checkpoint, int]:
    """The checkpoint of this signed note, of a tenant or of the platform (None), and when the platform cosigned it.

    Raises ValueError unless it is that log's, signed by a key of it that counts and by the platform's.
    """
    note = Note.from_octets(text.encode())
    checkpoint = Checkpoint.from_text(note.text)
    own, cosigner = platform_note_keys()
    at = note.cosigned_at(cosigner)
    is_signed = (
        _is_signed_by_one(note, checkpoint, [own]) if tenant is None else _is_signed_by(note, checkpoint, tenant)
    )
    if at is None or not is_signed:
        raise ValueError("this checkpoint is not signed as it has to be")
    return checkpoint, at


def _is_signed_by(note: Note, checkpoint: Checkpoint, tenant: Tenant) -> bool:
    """Another process may have made the key a moment ago: then the keys are read again."""
    return any(
        _is_signed_by_one(note, checkpoint, _as_note_keys(tenant, keys(tenant))) for keys in (keys_of, keys_read_again)
    )


def _is_signed_by_one(note: Note, checkpoint: Checkpoint, keys: Iterable[NoteKey]) -> bool:
    return any(checkpoint.origin == key.name and note.is_signed_by(key) for key in keys)
