"""Leaves into the open batch: the part of the draining transaction by which a credential comes to be anchored.

Each part states the value it replaces, so that a repetition is refused instead of collected twice.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.machine import add_move, batch_key, batches_in
from defiso.anchoring.models import METADATA, Batch, Collected, Leaf, Share, State
from defiso.anchoring.verifying import verify_credentials
from defiso.audit.models import CredentialReference, Event
from defiso.core.clock import iso, now
from defiso.core.deflated import deflate_json
from defiso.core.ids import new_id
from defiso.outbox.projection import Projection
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import MOST_PARTS, Writes

MOST_LEAVES = 10_000
DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch


class Collecting(Projection[Leaf]):
    """Collects the leaf of every issuing event, a row for each draining transaction."""

    def __init__(self) -> None:
        self._batch = find_open_batch()
        self._as_written: Batch | None = None
        self._verified: set[Leaf] = set()  # of the group at hand: its halves are not read again

    def read(self, event: Event) -> Leaf | None:
        if not event.action.startswith("certificate.") or not event.credential:
            return None
        credential = CredentialReference(**event.credential)
        if not DIGEST(credential.digest) or not credential.number_slug or int(credential.revision) < 1:
            raise ValueError("the event's credential is malformed")
        return Leaf(
            digest=credential.digest,
            tenant_slug=event.tenant_slug,
            number_slug=credential.number_slug,
            revision=int(credential.revision),
            number=credential.number or credential.number_slug,
        )

    def verify(self, additions: Sequence[Leaf]) -> None:
        unseen = [leaf for leaf in additions if leaf not in self._verified]
        if unseen:
            verify_credentials(unseen)
            self._verified.update(unseen)

    def parts(self, additions: Sequence[Leaf]) -> int:
        return 2 + len({leaf.tenant_slug for leaf in additions}) if additions else 0

    def add(self, writes: Writes, additions: Sequence[Leaf]) -> None:
        self._as_written = add_leaves(writes, self._batch, additions)

    def committed(self) -> None:
        self._batch = self._as_written
        self._verified.clear()


def find_open_batch() -> Batch | None:
    """The batch that is collecting and has room for one more row of leaves."""
    return next((batch for batch in batches_in(State.COLLECTING) if not is_full(batch)), None)


def is_full(batch: Batch) -> bool:
    return batch.leaf_count > MOST_LEAVES - MOST_PARTS


def add_leaves(writes: Writes, batch: Batch | None, leaves: Sequence[Leaf]) -> Batch | None:
    """Add one row of leaves to the open batch, opening one if need be; returns the batch as it will be."""
    if not leaves:
        return batch
    if batch is None or is_full(batch):
        batch = _open_batch(writes, len(leaves))
    else:
        batch = _grow_batch(writes, batch, len(leaves))
    collected = Collected(batch_key(batch.id), f"COLLECTED#{batch.row_count - 1:04d}")
    collected.digests = b"".join(bytes.fromhex(leaf.digest) for leaf in leaves)
    collected.names = deflate_json([astuple(leaf)[1:] for leaf in leaves])
    writes.create(collected, otherwise=BatchChangedError(batch.id))
    _add_to_shares(writes, batch, Counter(leaf.tenant_slug for leaf in leaves))
    return batch


def _open_batch(writes: Writes, leaf_count: int) -> Batch:
    batch_id = new_id()
    batch = Batch(
        batch_key(batch_id),
        METADATA,
        GSI1PK=f"STATE#{State.COLLECTING}",
        GSI1SK=batch_id,
        id=batch_id,
        state=State.COLLECTING.value,
        version=1,
        opened_at=iso(now()),
        leaf_count=leaf_count,
        row_count=1,
    )
    writes.create(batch, otherwise=BatchChangedError(batch_id))
    return batch


def _grow_batch(writes: Writes, batch: Batch, leaf_count: int) -> Batch:
    total, rows = batch.leaf_count + leaf_count, batch.row_count + 1
    add_move(writes, batch, State.COLLECTING, [Batch.leaf_count.set(total), Batch.row_count.set(rows)])
    return Batch(
        batch.PK,
        batch.SK,
        GSI1PK=batch.GSI1PK,
        GSI1SK=batch.GSI1SK,
        id=batch.id,
        state=batch.state,
        version=batch.version + 1,
        opened_at=batch.opened_at,
        leaf_count=total,
        row_count=rows,
    )


def _add_to_shares(writes: Writes, batch: Batch, certificates: Mapping[str, int]) -> None:
    keys = [(Share, tenant_key(slug), batch_key(batch.id)) for slug in certificates]
    for slug, row in zip(certificates, find_all(keys, consistent=True), strict=True):
        changed = BatchChangedError(batch.id)
        if isinstance(row, Share):
            total = row.certificates + certificates[slug]
            same = Share.certificates == row.certificates
            writes.update(row, [Share.certificates.set(total)], given=same, otherwise=changed)
            continue
        share = Share(tenant_key(slug), batch_key(batch.id), batch_id=batch.id, certificates=certificates[slug])
        share.state, share.opened_at = batch.state, batch.opened_at
        writes.create(share, otherwise=changed)


DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
