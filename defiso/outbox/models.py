"""The rows the outbox keeps of its own. What waits in it are the events themselves."""

from pynamodb.attributes import BooleanAttribute

from defiso.audit.models import Event
from defiso.store.items import AuditItem

PREFIX = "EVENT-SET-ASIDE#"  # right after the tenant's events, so that one query counts what waits of both


class SetAside(AuditItem):
    """``PK TENANT#<slug>, SK EVENT-SET-ASIDE#<ulid>``: one of the tenant's events is set aside.

    ``credential`` is there, and true, where that event brings one.
    """

    credential = BooleanAttribute(null=True)

    @classmethod
    def of(cls, event: Event) -> "SetAside":
        return cls(event.PK, f"{PREFIX}{event.id}", credential=True if event.credential else None)
