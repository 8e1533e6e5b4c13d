"""The audit log's rows. Append-only: nothing in the product updates what happened or deletes a row.

The only change an event ever sees is that the worker takes away its ``PENDING#`` key when it has handled it.
"""

from dataclasses import dataclass

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from defiso.store.items import AuditItem


@dataclass(frozen=True)
class CredentialReference:
    """What an issuing event gives the worker to anchor: ``digest`` is the hex SHA-256 Merkle leaf.

    ``number`` is as the body wrote it, for look-ups.
    """

    number_slug: str
    revision: int
    digest: str
    confidential: bool
    number: str = ""


class Event(AuditItem):
    """One event: ``PK TENANT#<slug>, SK EVENT#<ulid>``; ``before`` and ``after`` hold the changed fields only."""

    id = UnicodeAttribute()
    tenant_slug = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    action = UnicodeAttribute()
    actor = JSONAttribute()
    target_kind = UnicodeAttribute()
    target_id = UnicodeAttribute()
    context = JSONAttribute()
    before = JSONAttribute(null=True)
    after = JSONAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    credential = JSONAttribute(null=True)
    status_entry = UnicodeAttribute(null=True)  # the place of the credential in its status lists
    counted = JSONAttribute(null=True)  # how a certificate stood before and stands after, for counts
    attempts = NumberAttribute(null=True)  # of the worker, before it sets a failing event aside
