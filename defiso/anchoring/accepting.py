"""Accepting that a backup was put back: the operator says so, in the platform's log, and anchoring goes on."""

from defiso.anchoring.errors import NothingLostError
from defiso.anchoring.ledger import account_key
from defiso.anchoring.models import Restore
from defiso.anchoring.restores import Statement, read_restores, restores_key, target_of
from defiso.anchoring.witness import lost_nonces
from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import PLATFORM, record_event
from defiso.chain.client import Chain
from defiso.chain.errors import ChainUnavailableError
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.transactions import transaction

MOST_HASHES = 100


def accept_restore(chain: Chain, *, actor: Actor, reason: str) -> Statement:
    """Record that the transactions which the chain has of our account, and the database has not, are lost.

    Raises NothingLostError, DamagedWitnessError, ChainUnavailableError, ChainMismatchError, ChangedMeanwhileError.
    """
    restores = read_restores(chain, with_unrecorded=True)
    lost = lost_nonces(chain, restores)
    if not lost:
        raise NothingLostError
    before = restores.statements[-1] if restores.statements else None
    statement = Statement(
        number=before.number + 1 if before else 1,
        chain_id=chain.chain_id,
        address=chain.address,
        first=lost[0],
        last=lost[-1],
        transactions=_hashes(chain, lost),
        at=iso(now()),
        reason=reason,
        previous=before.value.hex() if before else "",
    )
    with transaction() as writes:
        event = record_event(
            writes,
            tenant_slug=PLATFORM,
            actor=actor,
            action=Action.PLATFORM_RESTORE_ACCEPTED,
            target_kind="RESTORE",
            target_id=target_of(chain),
            after=statement.told,
            reason=reason,
        )
        row = Restore(account_key(chain), restores_key(statement.number), statement=statement.text, event=event.id)
        writes.create(row, otherwise=ChangedMeanwhileError("A restore was accepted at the same moment."))
    return statement


def _hashes(chain: Chain, lost: range) -> dict[str, str]:
    """By nonce, of the newest; not every node can be asked for a transaction by its nonce."""
    hashes = {}
    for nonce in lost[-MOST_HASHES:]:
        try:
            tx_hash = chain.transaction_at(nonce)
        except ChainUnavailableError:
            break
        if tx_hash:
            hashes[str(nonce)] = tx_hash
    return hashes
