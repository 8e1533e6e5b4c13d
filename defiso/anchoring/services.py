"""Anchoring for the rest of the product: checking an anchor, proofs in credentials, a tenant's batches and counts.

What moves batches along is the worker's, in ``pipeline``.
"""

import json
from dataclasses import dataclass

from defiso.anchoring.checking import AnchorCheck, check_anchor, forget_checked_anchors, unproven
from defiso.anchoring.errors import BatchNotFoundError
from defiso.anchoring.machine import batch_key, read_leaves
from defiso.anchoring.models import METADATA, Batch, Leaf, Proof, Share, State, proof_key
from defiso.anchoring.proofs import Unproven, find_proof
from defiso.chain.client import configured_chain
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.core.clock import parse_iso
from defiso.core.errors import InvalidError
from defiso.credentials.services import AnchorProof, with_anchor_proof
from defiso.outbox.services import count_pending_credentials
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.pages import Counted, Page, fetch_page
from defiso.tenants.models import Tenant

__all__ = [
    "AnchorCheck",
    "AnchoringSummary",
    "LeafPage",
    "Unproven",
    "anchoring_summary",
    "certificates_in",
    "chain_doubts",
    "chain_problem",
    "check_anchor",
    "find_proof",
    "forget_checked_anchors",
    "get_batch",
    "list_batches",
    "proof_key",
    "unproven",
    "with_proof",
]

SUMMARISED_BATCHES = 50
LEAVES_PAGE = 50


@dataclass(frozen=True)
class LeafPage:
    """Some of a tenant's certificates in a batch; ``total`` counts all of them."""

    items: list[Leaf]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class AnchoringSummary:
    """``last_anchored_at`` is an ISO time or None; ``pending`` counts certificates issued and not yet anchored."""

    last_anchored_at: str | None
    pending: Counted


def list_batches(*, tenant: Tenant, cursor: str | None = None) -> Page[Share]:
    """The tenant's shares in batches, newest first, 25 a page: one query."""
    return fetch_page(
        Share,
        tenant_key(tenant.slug),
        range_condition=Share.SK.startswith("BATCH#"),
        newest_first=True,
        cursor=cursor,
        scope=f"{tenant.slug}:batches",
    )


def get_batch(*, tenant: Tenant, batch_id: str) -> Batch:
    """A batch that holds certificates of this tenant. Raises BatchNotFoundError."""
    keys = [(Share, tenant_key(tenant.slug), batch_key(batch_id)), (Batch, batch_key(batch_id), METADATA)]
    share, batch = find_all(keys)
    if share is None or not isinstance(batch, Batch):
        raise BatchNotFoundError
    return batch


def certificates_in(*, batch: Batch, tenant: Tenant, cursor: str | None = None) -> LeafPage:
    """The tenant's own certificates in a batch, in the order of its tree, 50 a page. Raises InvalidError."""
    start = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 6 else 0
    if cursor and str(start) != cursor:
        raise InvalidError("This page link is not valid for this list. Go back to its first page.")
    theirs = [leaf for leaf in read_leaves(batch) if leaf.tenant_slug == tenant.slug]
    end = start + LEAVES_PAGE
    return LeafPage(theirs[start:end], next_cursor=str(end) if end < len(theirs) else None, total=len(theirs))


def anchoring_summary(*, tenant: Tenant, handled_to: str) -> AnchoringSummary:
    """How the tenant's latest batches stand, and what has not reached one: two queries, of the tenant's own rows.

    ``handled_to`` is the id of its newest event that has left the outbox.
    """
    waiting = count_pending_credentials(tenant=tenant, handled_to=handled_to)
    shares = list(
        Share.query(
            tenant_key(tenant.slug), Share.SK.startswith("BATCH#"), scan_index_forward=False, limit=SUMMARISED_BATCHES
        )
    )
    unfinished = sum(share.certificates for share in shares if share.state != State.ANCHORED)
    return AnchoringSummary(
        last_anchored_at=max((share.anchored_at for share in shares if share.anchored_at), default=None),
        pending=Counted(waiting.number + unfinished, waiting.and_more and waiting.number > 0),
    )


def with_proof(text: str, proof: Proof) -> str:
    """The JSON text of a stored credential with its MerkleProof2019 added."""
    anchored = AnchorProof(
        root=bytes.fromhex(proof.root),
        target=bytes.fromhex(proof.digest),
        path=[(side, bytes.fromhex(sibling)) for step in proof.path for side, sibling in step.items()],
        chain_id=proof.chain_id,
        transaction=bytes.fromhex(proof.tx_hash.removeprefix("0x")),
        sender=proof.sender,
        anchored_at=parse_iso(proof.confirmed_at),
    )
    return json.dumps(with_anchor_proof(json.loads(text), anchored), ensure_ascii=False, indent=2)


def chain_doubts() -> str:
    """Which nodes are outvoted, lag or give no answer, by their hosts, as this process saw it; empty when none does."""
    return "; ".join(f"{name} {text}" for name, text in sorted(configured_chain().doubts().items()))


def chain_problem() -> str | None:
    """Why the chain cannot be used, in a few words; None when a node answers for our chain within 2 s."""
    try:
        configured_chain().head()
    except ChainMismatchError as error:
        return error.sentence
    except ChainUnavailableError as error:
        return f"does not answer ({error.reason})"
    return None
