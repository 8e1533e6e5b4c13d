"""The checkpoints that were kept because they went into batches, and how far each of these has come on the chain."""

from dataclasses import dataclass

from defiso.anchoring.checkpoints import find_batches
from defiso.anchoring.models import Batch
from defiso.store.keys import tenant_key
from defiso.store.pages import Page, fetch_page
from defiso.transparency.errors import BrokenLogError
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint
from defiso.verification.log.signed import Log, Signed, checked

KEPT = f"{CHECKPOINT}#"


@dataclass(frozen=True)
class Kept:
    """``signed`` is None for a row that holds no checkpoint of this log, ``batch`` if the batch is not to be found."""

    signed: Signed | None
    batch: Batch | None

    @property
    def is_anchored(self) -> bool:
        return self.signed is not None and self.batch is not None and self.batch.is_anchored


@dataclass(frozen=True)
class KeptPage:
    items: list[Kept]
    next_cursor: str | None


def kept_page(log: Log, cursor: str | None = None) -> KeptPage:
    """Newest first, 25 a page: one query and one BatchGetItem."""
    page: Page[KeptCheckpoint] = fetch_page(
        KeptCheckpoint,
        tenant_key(log.slug),
        range_condition=KeptCheckpoint.SK.startswith(KEPT),
        newest_first=True,
        cursor=cursor,
        scope=f"{log.slug}:checkpoints",
    )
    signed = [_signed(log, row) for row in page.items]
    ids = [found.batch_id for found in signed if found and found.batch_id]
    batches = dict(zip(ids, find_batches(ids), strict=True)) if ids else {}
    return KeptPage([Kept(found, batches.get(found.batch_id) if found else None) for found in signed], page.next_cursor)


def newest_anchored(page: KeptPage) -> Kept | None:
    """Of a first page: the newest of its checkpoints whose batch is on the chain."""
    return next((kept for kept in page.items if kept.is_anchored), None)


def first_kept(log: Log) -> Signed | None:
    """The oldest: one query."""
    rows = KeptCheckpoint.query(tenant_key(log.slug), KeptCheckpoint.SK.startswith(KEPT), limit=1)
    return next((_signed(log, row) for row in rows), None)


def _signed(log: Log, row: KeptCheckpoint) -> Signed | None:
    try:
        return checked(log, row)
    except BrokenLogError:
        return None
