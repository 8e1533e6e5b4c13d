"""From checkpoints to the chain: the batches they are leaves of, how these follow on each other, the transactions."""

import json
from typing import Any

from defiso.anchoring.checkpoints import find_batches, find_checkpoint_proof, find_previous_root_proof
from defiso.anchoring.models import Batch, Proof
from defiso.chain.client import chain_of
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.chain.headers import header_of
from defiso.chain.networks import network_of
from defiso.verification.log.signed import Signed
from defiso.verification.pack.history import History, Side

LONGEST_CHAIN = 64
NOT_ASKED = "The blockchain could not be asked when this pack was made, so the header of its block is not here."
TOO_LONG = f"More than {LONGEST_CHAIN} batches lie between the credential's and the checkpoint's; they are not here."


def anchor_files(history: History | None, proof: Proof | None) -> dict[str, bytes]:
    """``batch.json`` and ``transaction.json``, and how a checkpoint goes on from an anchored one."""
    sides = {"": history.body, "platform-": history.platform} if history else {}
    places = {f"{prefix}checkpoint": _place(sides.get(prefix)) for prefix in ("", "platform-")}
    ids = sorted({place["batch"] for place in places.values() if place} | ({proof.batch_id} if proof else set()))
    chain = _chain(ids) if ids else []
    reaches = not ids or (bool(chain) and chain[-1]["batch"] == ids[0])
    batches = [batch for batch in find_batches(ids) if batch] if ids else []
    files = {
        "batch.json": {**places, "chain": chain, "chain_note": "" if reaches else TOO_LONG},
        "transaction.json": {"transactions": [_transaction(batch) for batch in batches]},
    }
    for prefix, side in sides.items():
        if consistency := side.consistency:
            files[f"{prefix}consistency.json"] = {"path": [step.hex() for step in consistency.path]}
    return {name: json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n" for name, body in files.items()}


def _place(side: Side | None) -> dict[str, Any] | None:
    """Where the anchored checkpoint is; None if there is none."""
    found = _find(side, side.anchored) if side and side.anchored else None
    if found is None:
        return None
    return {"batch": found.batch_id, "index": int(found.index), "path": found.path, "root": found.root}


def _find(side: Side, signed: Signed) -> Proof | None:
    found = find_checkpoint_proof(slug=side.log.slug, checkpoint=signed.checkpoint, batch_id=signed.batch_id)
    return found if isinstance(found, Proof) else None


def _chain(ids: list[str]) -> list[dict[str, Any]]:
    """From the newest of these batches back to the oldest: of each, that it has the root of the one before."""
    [batch] = find_batches(ids[-1:])
    chain: list[dict[str, Any]] = []
    while batch and batch.is_anchored:
        link: dict[str, Any] = {"batch": batch.id, "root": batch.root}
        chain.append(link)
        if batch.id == ids[0] or len(chain) > LONGEST_CHAIN or not batch.previous_id:
            break
        proof = find_previous_root_proof(batch)
        if proof is None:
            break
        link["previous_root"], link["path"] = proof.digest, proof.path
        [batch] = find_batches([batch.previous_id])
    return chain


def _transaction(batch: Batch) -> dict[str, Any]:
    raw = next((attempt.raw for attempt in batch.attempts if attempt.tx_hash == batch.tx_hash), "")
    network = network_of(int(batch.chain_id or 0))
    told: dict[str, Any] = {
        "batch": batch.id,
        "root": batch.root,
        "chain_id": batch.chain_id,
        "sender": batch.sender,
        "tx_hash": batch.tx_hash,
        "raw": raw,
        "confirmations": network.confirmations,
        "finality": network.finality,
        "block": {"number": batch.block_number, "hash": batch.block_hash, "gas_used": batch.gas_used},
        "header": _header(batch),
    }
    return told if told["header"] else told | {"header_note": NOT_ASKED}


def _header(batch: Batch) -> dict[str, str] | None:
    """None where the chain cannot be asked, or has headers of another make than Ethereum's."""
    chain = chain_of(int(batch.chain_id or 0))
    try:
        block = chain.block(batch.block_hash or "") if chain else None
    except (ChainUnavailableError, ChainMismatchError):
        return None
    return header_of(block, batch.block_hash or "") if block else None
