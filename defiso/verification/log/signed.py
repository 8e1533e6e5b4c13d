"""The log of a host and its signed checkpoints: none is used that is not signed by its body and by the platform."""

from dataclasses import dataclass
from datetime import UTC, datetime

from defiso.audit.services import PLATFORM
from defiso.core.checkpoints import Checkpoint
from defiso.core.errors import NotFoundError
from defiso.core.notes import NoteKey
from defiso.credentials.notes import checked_checkpoint, note_keys_of
from defiso.credentials.platform_notes import platform_note_keys
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint, kept_key
from defiso.transparency.recording import read_checkpoint


class EmptyLogError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("Nothing is in this log yet: its first entry is recorded a few moments after it happens.")


class NoSuchCheckpointError(NotFoundError):
    def __init__(self, generation: int) -> None:
        super().__init__(f"There is no checkpoint {generation}: those that went into a batch are kept, and the newest.")


@dataclass(frozen=True)
class Log:
    """A body's, or the platform's: then there is no ``tenant``."""

    tenant: Tenant | None

    @property
    def slug(self) -> str:
        return self.tenant.slug if self.tenant else PLATFORM

    @property
    def owner(self) -> str:
        """Whose history it is, in words."""
        return self.tenant.name if self.tenant else "the platform"

    @property
    def keys(self) -> list[NoteKey]:
        """Whose signatures count: the body's keys, retired ones too, and last the one that cosigns."""
        own, cosigner = platform_note_keys()
        return [*(note_keys_of(self.tenant) if self.tenant else [own]), cosigner]


@dataclass(frozen=True)
class Signed:
    """A checkpoint with its note, and when the platform cosigned it. ``batch_id`` is only said to have it."""

    checkpoint: Checkpoint
    note: str
    at: datetime
    batch_id: str


def newest_checkpoint(log: Log) -> Signed:
    """One GetItem. Raises EmptyLogError, BrokenLogError."""
    row = read_checkpoint(log.slug, consistent=True)
    if row is None:
        raise EmptyLogError
    return checked(log, row)


def find_checkpoint(log: Log, generation: int) -> Signed:
    """One that was kept because it went into a batch, or the newest: at most two reads.

    Raises NoSuchCheckpointError, BrokenLogError.
    """
    for key in (kept_key(generation), CHECKPOINT):
        row = KeptCheckpoint.find(tenant_key(log.slug), key)
        if row and (signed := checked(log, row)).checkpoint.generation == generation:
            return signed
    raise NoSuchCheckpointError(generation)


def checked(log: Log, row: KeptCheckpoint) -> Signed:
    """What the row holds, if it is signed as it has to be. Raises BrokenLogError."""
    try:
        checkpoint, at = checked_checkpoint(row.note, tenant=log.tenant)
    except ValueError as error:
        raise BrokenLogError(log.slug, "a checkpoint is not signed as it has to be") from error
    return Signed(checkpoint, row.note, datetime.fromtimestamp(at, UTC), row.batch_id or "")
