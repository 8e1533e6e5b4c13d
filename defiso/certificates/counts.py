"""How many certificates of a tenant stand in each stored status: a projection, exact as of the outbox."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute

from defiso.audit.models import Event
from defiso.certificates.errors import CountersChangedError
from defiso.outbox.projection import Projection
from defiso.store.items import CertificatesItem, WholeNumber, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant

COUNTERS = "COUNTERS"


class Counters(CertificatesItem):
    """``PK TENANT#<slug>, SK COUNTERS``: how many certificates stand in each stored status, exact as of the outbox."""

    by_status = JSONAttribute()
    version = WholeNumber()


def count_certificates(*, tenant: Tenant) -> dict[str, int]:
    """Certificates by stored status, as of the events handled so far: one read."""
    found = Counters.find(tenant_key(tenant.slug), COUNTERS)
    return {status: count for status, count in found.by_status.items() if count} if found else {}


class Change(NamedTuple):
    """One certificate out of the old status, if it had one, and into the new."""

    tenant_slug: str
    old: str | None
    new: str


class Counts(Projection[Change]):
    """Each change states the row it replaces, so that a repetition is refused instead of counted twice."""

    def read(self, event: Event) -> Change | None:
        if not event.action.startswith("certificate."):
            return None
        old, new = _status_in(event.before), _status_in(event.after)
        return None if new is None or old == new else Change(event.tenant_slug, old, new)

    def parts(self, additions: Sequence[Change]) -> int:
        return len({change.tenant_slug for change in additions})

    def add(self, writes: Writes, additions: Sequence[Change]) -> None:
        changes = _by_tenant(additions)
        rows = find_all([(Counters, tenant_key(slug), COUNTERS) for slug in changes], consistent=True)
        for slug, row in zip(changes, rows, strict=True):
            old = row if isinstance(row, Counters) else Counters(tenant_key(slug), COUNTERS, by_status={}, version=0)
            by_status = {
                status: old.by_status.get(status, 0) + changes[slug][status]
                for status in sorted({*old.by_status, *changes[slug]})
            }
            fresh = Counters(old.PK, COUNTERS, by_status=by_status, version=old.version + 1)
            as_read = Counters.version == old.version if old.version else Counters.PK.does_not_exist()
            writes.put(fresh, given=as_read, otherwise=CountersChangedError(slug))


def _by_tenant(changes: Sequence[Change]) -> dict[str, Counter[str]]:
    """The change of counts of each tenant that has any."""
    totals: dict[str, Counter[str]] = {}
    for change in changes:
        total = totals.setdefault(change.tenant_slug, Counter())
        total[change.new] += 1
        if change.old:
            total[change.old] -= 1
    return totals


def _status_in(members: dict[str, Any] | None) -> str | None:
    return (members or {}).get("status")
