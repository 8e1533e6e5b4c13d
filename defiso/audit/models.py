"""The audit log's rows. Append-only: nothing in the product updates what happened or deletes a row.

The only change an event ever sees is that the worker takes away its ``PENDING#`` key when it has handled it, and notes
its position in the body's log.
"""

from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from defiso.core.sealed_state import SealedState
from defiso.store.items import AuditItem, Octets, WholeNumber
from defiso.store.keys import tenant_key


@dataclass(frozen=True)
class CredentialReference:
    """What an issuing event gives the worker to anchor: ``digest`` is the hex SHA-256 Merkle leaf.

    ``number`` is as the body wrote it, for look-ups; stored only where it is not its own slug.
    """

    number_slug: str
    revision: int
    digest: str
    confidential: bool = False
    number: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """The members that say something."""
        members: dict[str, Any] = {"number_slug": self.number_slug, "revision": self.revision, "digest": self.digest}
        if self.confidential:
            members["confidential"] = True
        if self.number != self.number_slug:
            members["number"] = self.number
        return members


class Event(AuditItem):
    """One event: ``PK TENANT#<slug>, SK EVENT#<ulid>``; ``before`` and ``after`` hold the changed fields only.

    Events of one transaction are drained together: the first has the ``PENDING#`` key, its ``companions`` are the ids
    of the others, whose ``leader`` it is. What a key says is not stored again. ``state`` is the state that a
    certificate came to by it, ``code`` shows that this registry wrote the event (``authentic``).
    """

    occurred_at = UnicodeAttribute()
    action = UnicodeAttribute()
    actor = JSONAttribute()
    context = JSONAttribute(null=True)
    before = JSONAttribute(null=True)
    after = JSONAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    credential = JSONAttribute(null=True)
    status_entry = UnicodeAttribute(
        null=True
    )  # where its credential is in the status lists, and where the one replaced
    counted = JSONAttribute(null=True)  # how a certificate stood before and stands after, for counts
    generation = UnicodeAttribute(null=True, attr_name="gen")  # of the certificates that had this number, which one
    state = JSONAttribute(null=True)
    code = Octets(null=True)
    companions = JSONAttribute(null=True)
    leader = UnicodeAttribute(null=True)
    position = WholeNumber(null=True)  # in the log, of a leader: companions follow in their order
    attempts = NumberAttribute(null=True)  # of the worker, before it sets a failing event aside

    @property
    def id(self) -> str:
        return str(self.SK).removeprefix("EVENT#")

    @property
    def tenant_slug(self) -> str:
        return str(self.PK).removeprefix(tenant_key(""))

    @property
    def target_kind(self) -> str:
        return self._target[0]

    @property
    def target_id(self) -> str:
        return self._target[1]

    @property
    def sealed_state(self) -> SealedState | None:
        """The state that the certificate came to. Raises ValueError if what is stored is none."""
        if self.state is None:
            return None
        return SealedState.of_stored(
            self.state,
            tenant=self.tenant_slug,
            number=self.target_id,
            event=self.id,
            generation=self.generation or "",
        )

    @property
    def _target(self) -> tuple[str, str]:
        kind, _mark, target_id = str(self.GSI1PK).removeprefix(target_key(self.tenant_slug, "")).partition("#")
        return kind, target_id


def event_key(event_id: str) -> str:
    return f"EVENT#{event_id}"


def target_key(tenant_slug: str, target: str) -> str:
    """``target`` is its kind and id: ``CERT#FM-1``."""
    return f"TENANT#{tenant_slug}#TARGET#{target}"
