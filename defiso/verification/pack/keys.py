"""The keys of a body that a pack rests on: what the platform's key endorsed of each, and that its map has it."""

from typing import Any

from django.conf import settings

from defiso.credentials.endorsing import key_statement
from defiso.credentials.services import read_keys
from defiso.tenants.models import Tenant
from defiso.verification.pack.history import History


def key_file(tenant: Tenant, history: History | None) -> dict[str, Any]:
    """``key.json``: also that the platform's map has the body's checkpoint. Without a history, without proofs."""
    keys = [key for key in read_keys(tenant) if history is None or key.kid in history.keys]
    return {
        "tenant": tenant.slug,
        "platform_key": settings.PLATFORM_PUBLIC_KEY,
        "keys": [
            {
                "statement": key_statement(key),
                "endorsement": key.endorsement,
                "map_proof": history.keys[key.kid].to_json() if history else None,
            }
            for key in keys
        ],
        "checkpoint_proof": history.checkpoint.to_json() if history else None,
    }
