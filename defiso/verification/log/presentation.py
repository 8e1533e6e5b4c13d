"""What the pages of a log show: plain values for templates."""

from typing import Any

import orjson
from django.conf import settings

from defiso.anchoring.models import Batch
from defiso.anchoring.restores import read_restores
from defiso.audit.actions import Action
from defiso.certificates.acts.table import ACTS
from defiso.chain.client import configured_chain
from defiso.chain.networks import network_of
from defiso.core.clock import parse_iso
from defiso.core.dates import write_exactly
from defiso.verification.log.kept import Kept, first_kept, kept_page, newest_anchored
from defiso.verification.log.signed import EmptyLogError, Log, Signed, newest_checkpoint
from defiso.web.filters import worded

TITLES: dict[str, str] = {
    **{act.action: act.title for act in ACTS},
    Action.CERTIFICATE_IMPORTED: "Recorded in this registry",
    Action.KEY_CREATED: "A body’s signing key was made",
    Action.KEY_ENDORSED: "A body’s signing key was endorsed anew",
    Action.KEY_RETIRED: "A body’s signing key was retired",
    Action.PLATFORM_RESTORE_ACCEPTED: "A restored backup was accepted",
}
SAYS_NOTHING = {
    "confidential": "It concerns a confidential certificate: it says nothing but what the map of newest states needs.",
    "other": "It concerns no public certificate: it says only a digest, by which whoever knows the event tells it.",
}


def present_checkpoint(signed: Signed) -> dict[str, Any]:
    checkpoint = signed.checkpoint
    return {
        "number": checkpoint.generation,
        "size": checkpoint.size,
        "at": signed.at,
        "root": checkpoint.root.hex(),
        "map_root": checkpoint.map_root.hex(),
        "digest": checkpoint.digest.hex(),
    }


def present_kept(kept: Kept) -> dict[str, Any]:
    """``checkpoint`` is None for a row that holds none of this log; ``batch`` for one that is not to be found."""
    return {
        "checkpoint": present_checkpoint(kept.signed) if kept.signed else None,
        "batch": present_public_batch(kept.batch) if kept.batch else None,
    }


def present_public_batch(batch: Batch) -> dict[str, Any]:
    """Not what it cost, or how it got there."""
    network = network_of(batch.chain_id or settings.CHAIN_ID)
    return {
        "id": batch.id,
        "state": batch.state,
        "is_anchored": batch.is_anchored,
        "confirmed_at": batch.confirmed_at,
        "tx_hash": batch.tx_hash,
        "explorer_url": network.address_of_transaction(batch.tx_hash) if batch.tx_hash else "",
        "chain_name": network.name if batch.chain_id else None,
        "block": batch.block_number,
    }


def present_entry(data: bytes) -> dict[str, Any]:
    """What an entry says to the public, in words and as it is written."""
    said = orjson.loads(data)
    state = said.get("state")
    if state is None and "action" in said:
        title, when = TITLES.get(said["action"], worded(said["action"])), write_exactly(parse_iso(said["at"]))
        return {"sentence": f"{title}, {when}. It sets one value in the platform’s map.", "text": data.decode()}
    if state is None:
        return {"sentence": SAYS_NOTHING["confidential" if "map" in said else "other"], "text": data.decode()}
    title = TITLES.get(said["action"], worded(said["action"]))
    facts = {"number": state["number"], "status": state["status"], "at": said["at"], "reason": said["reason"]}
    return {"title": title, "text": data.decode(), **facts}


def present_restores(log: Log) -> list[dict[str, Any]]:
    """Of the platform's log: the restores of backups that the operator accepted, newest first."""
    if log.tenant:
        return []
    return [
        {
            "at": statement.at,
            "reason": statement.reason,
            "chain_name": network_of(statement.chain_id).name,
            "first": statement.first,
            "last": statement.last,
            "transactions": [
                {"nonce": nonce, "hash": tx_hash, "url": network_of(statement.chain_id).address_of_transaction(tx_hash)}
                for nonce, tx_hash in statement.transactions.items()
            ],
        }
        for statement in reversed(read_restores(configured_chain()).statements)
    ]


def present_log(log: Log, *, cursor: str | None = None) -> dict[str, Any]:
    """The newest checkpoint and a page of those that were kept; ``newest`` is None while nothing was recorded."""
    page = kept_page(log, cursor)
    first_page = kept_page(log) if cursor else page
    anchored, first = newest_anchored(first_page), first_kept(log)
    try:
        newest = present_checkpoint(newest_checkpoint(log))
    except EmptyLogError:
        newest = None
    return {
        "log": log,
        "newest": newest,
        "first": present_checkpoint(first) if first else None,
        "anchored": present_kept(anchored) if anchored else None,
        "kept": [present_kept(kept) for kept in page.items],
        "page": page,
        "restores": present_restores(log),
    }
