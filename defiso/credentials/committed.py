"""Which checkpoint of a body the platform's map has: no older one is its newest.

That checkpoint was kept when it went into a batch; whether the platform's map is the newest, the chain tells.
"""

from collections.abc import Iterator

from defiso.core.checkpoints import Checkpoint
from defiso.credentials.notes import checked_checkpoint
from defiso.credentials.platform_map import platform_values
from defiso.store.items import readable
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.transparency.entries import checkpoint_key
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint

SEARCHED = 50  # kept checkpoints back


class LostCheckpointError(BrokenLogError):
    """The platform's map has a checkpoint of this body that is not among those kept."""

    def __init__(self, tenant_slug: str) -> None:
        super().__init__(tenant_slug, "a checkpoint that is in a batch is gone")


def committed_checkpoint(tenant: Tenant) -> Checkpoint | None:
    """The one that is in the platform's map, None before the first. Raises BrokenLogError."""
    key = checkpoint_key(tenant.slug)
    digest = platform_values([key]).get(key)
    if digest is None:
        return None
    for checkpoint in _kept_checkpoints(tenant):
        if checkpoint.digest == digest:
            return checkpoint
    raise LostCheckpointError(tenant.slug)


def _kept_checkpoints(tenant: Tenant) -> Iterator[Checkpoint]:
    """Those that count, newest first."""
    rows = KeptCheckpoint.query(
        tenant_key(tenant.slug),
        KeptCheckpoint.SK.startswith(f"{CHECKPOINT}#"),
        scan_index_forward=False,
        limit=SEARCHED,
        consistent_read=True,
    )
    for row in readable(rows):
        try:
            yield checked_checkpoint(row.note, tenant=tenant)[0]
        except ValueError:  # not one of ours: planted or changed
            continue
