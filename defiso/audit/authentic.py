"""The code that shows an event to be ours: an HMAC that whoever can write rows, but has no key, cannot make.

The worker logs no event without it. Once an event is in the log, the log shows what it was.
"""

import base64
import hmac
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from defiso.audit.models import Event
from defiso.core.canonical import canonical_json


class ForgedEventError(ValueError):
    """An event that this registry did not write, or not so."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"the event {event.id} does not carry this registry’s code")


def immutable_part(event: Event) -> dict[str, Any]:
    """All that an event says and what it is about; not where it waits or which others it was written with."""
    told = {name: getattr(event, name) for name in TOLD}
    return {
        "tenant": event.tenant_slug,
        "id": event.id,
        "target": f"{event.target_kind}#{event.target_id}",
        **{name: value for name, value in told.items() if value is not None},
    }


TOLD = (
    "occurred_at",
    "action",
    "actor",
    "context",
    "before",
    "after",
    "reason",
    "credential",
    "status_entry",
    "counted",
    "generation",
    "state",
)


def code_of(event: Event) -> bytes:
    """Over the event's immutable part."""
    return code_over(canonical_json(immutable_part(event)), "event")


def require_authentic(event: Event) -> None:
    """Raises ForgedEventError; TypeError for an event that holds what cannot be written down."""
    if not hmac.compare_digest(bytes(event.code or b""), code_of(event)):
        raise ForgedEventError(event)


def code_over(data: bytes, purpose: str) -> bytes:
    """HMAC-SHA256 (RFC 2104), 32 bytes, under a key of this purpose alone."""
    return hmac.digest(_key(settings.MASTER_KEY, purpose), data, "sha256")


@lru_cache(maxsize=8)
def _key(master_key: str, purpose: str) -> bytes:
    """RFC 5869."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"defiso {purpose} v1".encode())
    return derived.derive(base64.b64decode(master_key))
