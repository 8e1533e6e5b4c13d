"""As which the platform's key signs notes, and the check of a checkpoint by it and by the keys of the log's owner."""

from collections.abc import Sequence

from django.conf import settings

from defiso.core.checkpoints import Checkpoint
from defiso.core.multikeys import ed25519_key
from defiso.core.notes import Kind, Note, NoteKey


def platform_origin() -> str:
    """The name of the platform's log and of the key that signs it."""
    return f"{settings.BASE_DOMAIN}/log"


def platform_note_keys() -> tuple[NoteKey, NoteKey]:
    """As which the platform signs its own checkpoints, and cosigns all."""
    public = ed25519_key(settings.PLATFORM_PUBLIC_KEY).public_bytes_raw()
    return NoteKey(platform_origin(), public), NoteKey(platform_origin(), public, Kind.COSIGNATURE)


def checked_note(text: str, keys: Sequence[NoteKey]) -> tuple[Checkpoint, int]:
    """The checkpoint of this signed note and when the platform cosigned it, seconds since 1970.

    Raises ValueError unless one of ``keys`` signed it, under its own name, and the platform's as well.
    """
    note = Note.from_octets(text.encode())
    checkpoint = Checkpoint.from_text(note.text)
    at = note.cosigned_at(platform_note_keys()[1])
    if at is None or not any(checkpoint.origin == key.name and note.is_signed_by(key) for key in keys):
        raise ValueError("its checkpoint is not signed as it has to be")
    return checkpoint, at
