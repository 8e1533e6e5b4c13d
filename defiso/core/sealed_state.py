"""What the registry says of one certificate at one version: all that the public page or a decision rests on.

The body's seal covers it, the event that brought it carries it, and the body's map has its ``value`` under its ``key``.
Each names the value of the state before it, so that the states of a certificate are a chain without gaps.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

from defiso.core.canonical import canonical_json, sha256


@dataclass(frozen=True)
class SealedState:
    """``number`` is the slug; ``event`` the id of the event that brought this state; ``generation`` tells it from other
    certificates that had the number; ``since`` is the ISO time of the last change of
    status, ``at`` that of this state; ``expires`` and ``review`` are ISO dates or empty;
    ``digest`` is the hex leaf of the credential; ``reason`` the hex SHA-256 of the reason given, empty for none;
    ``previous`` the hex value of the state before, empty for the first.
    """

    tenant: str
    number: str
    event: str
    generation: str
    version: int
    revision: int
    status: str
    since: str
    at: str
    from_register: bool
    expires: str
    review: str
    digest: str
    confidential: bool
    reason: str
    previous: str

    @property
    def statement(self) -> dict[str, Any]:
        """What is signed."""
        members = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"type": "state", **members}

    @cached_property
    def value(self) -> bytes:
        """SHA-256 of the canonical statement: what the map holds."""
        return sha256(canonical_json(self.statement))

    @property
    def stored(self) -> list[Any]:
        """As an event keeps it: what its row says already is left out."""
        return [getattr(self, name) for name in _KINDS]

    @classmethod
    def of_stored(cls, stored: list[Any], *, tenant: str, number: str, event: str, generation: str) -> Self:
        """Raises ValueError for anything but what ``stored`` gave."""
        names = [field.name for field in fields(cls)][len(_OF_ITS_ROW) :]
        if not isinstance(stored, list) or len(stored) != len(names):
            raise ValueError("not the state of a certificate")
        members = dict(zip(names, stored, strict=True))
        if any(type(members[name]) is not kind for name, kind in _KINDS.items()):
            raise ValueError("not the state of a certificate")
        return cls(tenant=tenant, number=number, event=event, generation=generation, **members)


_OF_ITS_ROW = ("tenant", "number", "event", "generation")
_KINDS = {
    "version": int,
    "revision": int,
    "status": str,
    "since": str,
    "at": str,
    "from_register": bool,
    "expires": str,
    "review": str,
    "digest": str,
    "confidential": bool,
    "reason": str,
    "previous": str,
}


def digest_of_reason(reason: str | None) -> str:
    """Hex SHA-256 of a reason as given; empty for none."""
    return sha256(reason.encode(errors="surrogatepass")).hex() if reason else ""
