"""Leaves into the open batch: the part of the draining transaction by which an event comes to be anchored.

Each part states the value it replaces, so that a repetition is refused instead of collected twice.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import NamedTuple

from defiso.anchoring.errors import BatchChangedError
from defiso.anchoring.machine import TOUCHED, add_move, batch_key, batches_in
from defiso.anchoring.models import METADATA, Batch, Collected, Leaf, Share, State, Touched
from defiso.anchoring.verifying import verify_credentials
from defiso.audit.actions import Action
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


class Addition(NamedTuple):
    """What an event brings to the batch: a credential, or only that its tenant's log has grown.

    ``is_wanted``: a certificate has changed, so that people wait for the anchor, or a restore was accepted.
    """

    tenant_slug: str
    leaf: Leaf | None
    is_wanted: bool


class Collecting(Projection[Addition]):
    """Collects the leaf of every issuing event, a row for each draining transaction, and the tenants of all others."""

    def __init__(self) -> None:
        self._batch = find_open_batch()
        self._as_written: Batch | None = None
        self._verified: set[Leaf] = set()  # of the group at hand: its halves are not read again

    def read(self, event: Event) -> Addition:
        is_of_certificate = event.action.startswith("certificate.")
        leaf = _leaf_of(event) if is_of_certificate and event.credential else None
        is_wanted = bool(leaf) or (is_of_certificate and event.state is not None)
        return Addition(event.tenant_slug, leaf, is_wanted or event.action == Action.PLATFORM_RESTORE_ACCEPTED)

    def verify(self, additions: Sequence[Addition]) -> None:
        unseen = [addition.leaf for addition in additions if addition.leaf and addition.leaf not in self._verified]
        if unseen:
            verify_credentials(unseen)
            self._verified.update(unseen)

    def parts(self, additions: Sequence[Addition]) -> int:
        return 2 + len({addition.tenant_slug for addition in additions}) if additions else 0

    def add(self, writes: Writes, additions: Sequence[Addition]) -> None:
        self._as_written = add_to_batch(writes, self._batch, additions)

    def committed(self) -> None:
        self._batch = self._as_written
        self._verified.clear()


def _leaf_of(event: Event) -> Leaf:
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


def find_open_batch() -> Batch | None:
    """The batch that is collecting and has room for one more row of leaves."""
    return next((batch for batch in batches_in(State.COLLECTING) if not is_full(batch)), None)


def is_full(batch: Batch) -> bool:
    return batch.leaf_count > MOST_LEAVES - MOST_PARTS


def add_to_batch(writes: Writes, batch: Batch | None, additions: Sequence[Addition]) -> Batch | None:
    """Add what they bring to the open batch, opening one if need be; returns the batch as it will be.

    Nothing is written where there is no credential and each tenant is in the batch already.
    """
    batch = None if batch is None or is_full(batch) else batch
    leaves = [addition.leaf for addition in additions if addition.leaf]
    certificates = Counter(leaf.tenant_slug for leaf in leaves)
    shares, touched = _tenants_in(batch, {addition.tenant_slug for addition in additions})
    fresh = {addition.tenant_slug for addition in additions} - shares.keys() - touched - certificates.keys()
    is_wanted = any(addition.is_wanted for addition in additions)
    if batch and not leaves and not fresh and (batch.wanted_at or not is_wanted):
        return batch
    wanted_at = (batch and batch.wanted_at) or (iso(now()) if is_wanted else None)
    batch = _grow_batch(writes, batch, len(leaves), wanted_at) if batch else _open_batch(writes, len(leaves), wanted_at)
    changed = BatchChangedError(batch.id)
    for slug in sorted(fresh):
        writes.create(Touched(batch_key(batch.id), f"{TOUCHED}{slug}"), otherwise=changed)
    if leaves:
        collected = Collected(batch_key(batch.id), f"COLLECTED#{batch.row_count - 1:04d}")
        collected.digests = b"".join(bytes.fromhex(leaf.digest) for leaf in leaves)
        collected.names = deflate_json([astuple(leaf)[1:] for leaf in leaves])
        writes.create(collected, otherwise=changed)
        _add_to_shares(writes, batch, shares, certificates)
    return batch


def _open_batch(writes: Writes, leaf_count: int, wanted_at: str | None) -> Batch:
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
        wanted_at=wanted_at,
        leaf_count=leaf_count,
        row_count=1,
    )
    writes.create(batch, otherwise=BatchChangedError(batch_id))
    return batch


def _grow_batch(writes: Writes, batch: Batch, leaf_count: int, wanted_at: str | None) -> Batch:
    total, rows = batch.leaf_count + leaf_count, batch.row_count + 1
    grown = [Batch.leaf_count.set(total), Batch.row_count.set(rows)]
    if wanted_at and wanted_at != batch.wanted_at:
        grown.append(Batch.wanted_at.set(wanted_at))
    add_move(writes, batch, State.COLLECTING, grown)
    return Batch(
        batch.PK,
        batch.SK,
        GSI1PK=batch.GSI1PK,
        GSI1SK=batch.GSI1SK,
        id=batch.id,
        state=batch.state,
        version=batch.version + 1,
        opened_at=batch.opened_at,
        wanted_at=wanted_at,
        leaf_count=total,
        row_count=rows,
    )


def _tenants_in(batch: Batch | None, tenants: Iterable[str]) -> tuple[dict[str, Share], set[str]]:
    """Of these, the shares of those with credentials in the batch, and who else is in it: one BatchGetItem."""
    if batch is None:
        return {}, set()
    slugs, key = sorted(tenants), batch_key(batch.id)
    keys = [(Share, tenant_key(slug), key) for slug in slugs]
    rows = find_all([*keys, *((Touched, key, f"{TOUCHED}{slug}") for slug in slugs)], consistent=True)
    shares = {slug: row for slug, row in zip(slugs, rows, strict=False) if isinstance(row, Share)}
    return shares, {slug for slug, row in zip(slugs, rows[len(slugs) :], strict=True) if row}


def _add_to_shares(writes: Writes, batch: Batch, shares: Mapping[str, Share], certificates: Mapping[str, int]) -> None:
    for slug, number in certificates.items():
        changed = BatchChangedError(batch.id)
        if (row := shares.get(slug)) is None:
            share = Share(tenant_key(slug), batch_key(batch.id), batch_id=batch.id, certificates=number)
            share.state, share.opened_at = batch.state, batch.opened_at
            writes.create(share, otherwise=changed)
        else:
            same = Share.certificates == row.certificates
            writes.update(row, [Share.certificates.set(row.certificates + number)], given=same, otherwise=changed)
