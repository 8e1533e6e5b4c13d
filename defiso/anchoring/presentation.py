"""What the staff's pages say of a batch: its state in words, its transaction, what it cost."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from defiso.anchoring.models import Batch, Share, State
from defiso.chain.networks import network_of

WEI_PER_ETHER = 10**18
NEXT = {
    State.COLLECTING: "Collecting certificates; it is sealed a few seconds after the first.",
    State.SEALED: "Sealed: no certificate can be added or taken away. Its transaction comes next.",
    State.SIGNED: "Its transaction is signed and stored, and is being handed to the blockchain.",
    State.SENT: "Sent; waiting for a block to take it up.",
    State.MINED: "In a block; waiting for enough blocks on top of it.",
    State.FINAL: "Final; the proofs of its certificates are being written.",
    State.ANCHORED: "Every certificate in it has its proof.",
}


def present_batch(batch: Batch) -> dict[str, Any]:
    """Plain values for the page; what is not known yet is None and left out there."""
    network = network_of(batch.chain_id or settings.CHAIN_ID)
    tx_hash = batch.tx_hash or (batch.attempt.tx_hash if batch.attempts else None)
    return {
        "id": batch.id,
        "state": batch.state,
        "next": NEXT[State(batch.state)],
        "is_anchored": batch.is_anchored,
        "problem": None if batch.is_anchored else batch.problem,
        "opened_at": batch.opened_at,
        "sealed_at": batch.sealed_at,
        "confirmed_at": batch.confirmed_at,
        "certificates": batch.leaf_count,
        "root": f"0x{batch.root}" if batch.root else None,
        "tx_hash": tx_hash,
        "explorer_url": network.address_of_transaction(tx_hash) if tx_hash else "",
        "sender": batch.sender,
        "chain_id": batch.chain_id,
        "chain_name": network.name if batch.chain_id else None,
        "block": batch.block_number,
        "confirmations": _confirmations(batch),
        "gas": batch.gas_used,
        "fee": write_ether(batch.fee, network.currency) if batch.fee is not None else None,
        "attempts": len(batch.attempts),
    }


def _confirmations(batch: Batch) -> str | None:
    """What its rows tell of it. The chain is not asked: a page never waits for it."""
    if not batch.block_hash:
        return None
    enough = settings.CONFIRMATIONS
    return f"{enough} or more" if batch.confirmed_at else f"not yet {enough}"


def is_under_way(shares: list[Share]) -> bool:
    return any(share.state != State.ANCHORED for share in shares)


def write_ether(wei: int, currency: str = "ETH") -> str:
    """``0.00004456 ETH``, or in what else the chain counts: at most eight decimal places, never in exponents."""
    amount = (Decimal(wei) / WEI_PER_ETHER).quantize(Decimal("0.00000001"))
    text = f"{amount:f}".rstrip("0").rstrip(".")
    return f"{text if amount else 'under 0.00000001'} {currency}"
