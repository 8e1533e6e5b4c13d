"""Look-ups that anyone may read: which bodies have issued a number. Confidential certificates never appear.

Repeating it changes nothing: a row gives way only to its own or a later revision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from defiso.audit.models import CredentialReference, Event
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.registry.errors import LookupChangedError
from defiso.registry.models import CodeLookup
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
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
        wanted: dict[tuple[str, str], LookUp] = {}
        for look_up in additions:  # not always in order: the revisions count, not when a clock said they were made
            if look_up.key not in wanted or wanted[look_up.key].revision <= look_up.revision:
                wanted[look_up.key] = look_up
        if not wanted:
            return
        try:
            _write_look_ups(hold, wanted.values())
        except LookupChangedError:
            _write_look_ups(hold, _not_overtaken(wanted))


def code_key(number_slug: str) -> str:
    return f"CODE#{number_slug}"


def _write_look_ups(hold: Hold, look_ups: Iterable[LookUp]) -> None:
    """Raises LookupChangedError if a later revision is there already."""
    with transaction() as writes:
        hold.guard(writes)
        for look_up in look_ups:
            not_later = CodeLookup.PK.does_not_exist() | (CodeLookup.revision <= look_up.revision)
            changed = LookupChangedError(look_up.event_id)
            if look_up.row:
                writes.put(look_up.row, given=not_later, otherwise=changed)
            else:
                writes.delete(CodeLookup(*look_up.key), given=not_later, otherwise=changed)


def _not_overtaken(wanted: Mapping[tuple[str, str], LookUp]) -> list[LookUp]:
    rows = find_all([(CodeLookup, pk, sk) for pk, sk in wanted], consistent=True)
    pairs = zip(wanted.values(), rows, strict=True)
    return [look_up for look_up, row in pairs if not isinstance(row, CodeLookup) or row.revision <= look_up.revision]


def _row_of(key: tuple[str, str], tenant_slug: str, credential: CredentialReference) -> CodeLookup:
    tenant = get_tenant(tenant_slug)
    return CodeLookup(
        *key,
        number=credential.number or credential.number_slug,
        revision=int(credential.revision),
        tenant_name=tenant.name,
        tenant_host=tenant.host,
    )
