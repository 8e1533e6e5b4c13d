"""What the platform's own log is told of tenants' keys, in the transaction that changes them."""

from typing import Any

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import PLATFORM, record_event
from defiso.store.transactions import Writes


def record_key_event(
    writes: Writes, *, actor: Actor, action: Action, statement: dict[str, str], before: dict[str, Any] | None = None
) -> None:
    """An event of the platform whose target is ``<tenant> <kid>``; ``after`` is the key's whole statement."""
    record_event(
        writes,
        tenant_slug=PLATFORM,
        actor=actor,
        action=action,
        target_kind="KEY",
        target_id=f"{statement['tenant']} {statement['kid']}",
        before=before,
        after=statement,
    )
