"""From which checkpoint a worker that has just started may go on: it remembers none, and rows may have been put back.

What it signs on top of an older one would be a second history, and anchored it would be the newest.
"""

from defiso.anchoring.witness import Witness
from defiso.audit.services import PLATFORM
from defiso.credentials.committed import committed_checkpoint
from defiso.credentials.notes import checked_checkpoint
from defiso.tenants.services import get_tenant
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.models import KeptCheckpoint


def require_newest(witness: Witness, slug: str, row: KeptCheckpoint | None) -> None:
    """Raises BrokenLogError unless this is a checkpoint that counts, and not older than any that is anchored."""
    if witness.problem:
        raise BrokenLogError(slug, f"nothing is signed on top of it. {witness.problem.removesuffix('.')}")
    tenant = None if slug == PLATFORM else get_tenant(slug)
    least = committed_checkpoint(tenant) if tenant else witness.platform
    if row is None:
        if least:
            raise BrokenLogError(slug, "its newest checkpoint is gone")
        return
    try:
        checkpoint = checked_checkpoint(row.note, tenant=tenant)[0]
    except ValueError as error:
        raise BrokenLogError(slug, f"its checkpoint is not ours: {error}") from error
    if least and not checkpoint.is_as_new_as(least):
        raise BrokenLogError(slug, "an older checkpoint was put in the place of the newest")
