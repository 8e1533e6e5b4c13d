"""Look-ups that anyone may read: which bodies have issued a number. Confidential certificates never appear.

Repeating it changes nothing: a row gives way only to its own or a later revision.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from defiso.audit.models import CredentialReference, Event
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.registry.errors import LookupChangedError
from defiso.registry.models import CodeLookup
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.services import get_tenant


@dataclass(frozen=True)
class LookUp:
    """What must be found at ``key`` as of ``revision``: ``row``, or none where it is None."""

    event_id: str
    key: tuple[str, str]
    revision: int
    row: CodeLookup | None


class LookUps(Projection[LookUp]):
    """Brings the look-ups of issued numbers up to date, the last event of each number deciding."""

    def read(self, event: Event) -> LookUp | None:
        if not event.action.startswith("certificate.") or not event.credential:
            return None
        credential = CredentialReference(**event.credential)
        key = (code_key(credential.number_slug), tenant_key(event.tenant_slug))
        row = None if credential.confidential else _row_of(key, event.tenant_slug, credential)
        return LookUp(event.id, key, int(credential.revision), row)

    def publish(self, hold: Hold, additions: Sequence[LookUp]) -> None:
        wanted = {look_up.key: look_up for look_up in additions}
        if not wanted:
            return
        rows = find_all([(CodeLookup, pk, sk) for pk, sk in wanted], consistent=True)
        with transaction() as writes:
            hold.guard(writes)
            for look_up, row in zip(wanted.values(), rows, strict=True):
                _bring_up_to_date(writes, look_up, row if isinstance(row, CodeLookup) else None)


def code_key(number_slug: str) -> str:
    return f"CODE#{number_slug}"


def _bring_up_to_date(writes: Writes, look_up: LookUp, row: CodeLookup | None) -> None:
    changed = LookupChangedError(look_up.event_id)
    fresh = look_up.row
    if row and row.revision > look_up.revision:
        return
    if fresh and row:
        writes.put(fresh, given=CodeLookup.revision == row.revision, otherwise=changed)
    elif fresh:
        writes.create(fresh, otherwise=changed)
    elif row:
        writes.delete(row, given=CodeLookup.revision == row.revision, otherwise=changed)


def _row_of(key: tuple[str, str], tenant_slug: str, credential: CredentialReference) -> CodeLookup:
    tenant = get_tenant(tenant_slug)
    return CodeLookup(
        *key,
        number=credential.number or credential.number_slug,
        revision=int(credential.revision),
        tenant_name=tenant.name,
        tenant_host=tenant.host,
    )
