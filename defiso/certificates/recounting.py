"""Counting anew: what the figures of a tenant should be by its heads, and putting right what is not.

For when rows were lost, restored or changed past the product. ``manage.py rebuild_counts`` is its command.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from defiso.audit.models import Event
from defiso.certificates.counts import FIGURES, TOTALS, Counters, numbers_of, put_counters, sum_of
from defiso.certificates.errors import CountersChangedError, StillCountingError
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.reviews import AT_ONCE, DAYS, Review, ReviewDay, correct_reviews, days_of
from defiso.certificates.standing import standing_of
from defiso.core.ids import id_at, time_of
from defiso.outbox.services import count_set_aside
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant

PAGE = 1000
COLUMNS = ["PK", "SK", "status", "standard_code", "standard_title", "expires_on", "review_on", "surveillance_due"]
LATE = timedelta(hours=1)  # events of another process may be this much older than those counted already


@dataclass(frozen=True)
class Recounted:
    """``certificates`` walked; ``corrected`` numbers as ``FIGURES#2027 active 03-14: 3, not 2``; ``reviews`` mended."""

    certificates: int
    corrected: list[str]
    reviews: int


def rebuild_counts(*, tenant: Tenant) -> Recounted:
    """Walk the tenant's heads page by page and put right every number and review that they do not bear out.

    Raises StillCountingError while a change is not counted yet or is set aside, CountersChangedError if one comes in
    meanwhile; numbers are then as they were.
    """
    pk = tenant_key(tenant.slug)
    stored = {row.SK: row for row in Counters.query(pk, Counters.SK.between(FIGURES, TOTALS), consistent_read=True)}
    _require_quiet(tenant, stored.get(TOTALS))
    numbers, days, certificates = _count_heads(pk)
    _require_quiet(tenant, stored.get(TOTALS))
    corrected = _correct_numbers(pk, stored, numbers)
    for kind in DAYS:
        listed = Review.query(pk, Review.SK.startswith(kind), consistent_read=True)
        days |= {ReviewDay(pk, row.slug, row.review_on, kind) for row in listed}
    return Recounted(certificates, corrected, _correct_reviews(sorted(days)))


def _require_quiet(tenant: Tenant, totals: Counters | None) -> None:
    """Every event of the tenant has been handled, so that heads and counts tell of the same changes."""
    as_of = totals.as_of if totals else None
    since = f"EVENT#{id_at(time_of(as_of) - LATE)}" if as_of else "EVENT#"
    waiting = Event.query(
        tenant_key(tenant.slug),
        Event.SK.between(since, "EVENT$"),
        filter_condition=Event.GSI2PK.exists() & Event.counted.exists(),
        consistent_read=True,
        page_size=PAGE,
    )
    if next(waiting, None) is not None or count_set_aside(tenant=tenant):
        raise StillCountingError(tenant.slug)


def _count_heads(pk: str) -> tuple[dict[str, Counter[str]], set[ReviewDay], int]:
    """The numbers of each row of counters, the days of review, and how many certificates there are."""
    numbers: dict[str, Counter[str]] = {TOTALS: Counter()}
    days: set[ReviewDay] = set()
    certificates = 0
    for head in _heads(pk):
        certificates += 1
        standing = standing_of(head)
        for sk, name in numbers_of(standing):
            numbers.setdefault(sk, Counter())[name] += 1
        days.update(days_of(pk, head.slug, standing))
    return numbers, days, certificates


def _heads(pk: str) -> Iterator[Certificate]:
    every = Certificate.SK.startswith(certificate_key(""))
    yield from Certificate.query(pk, every, attributes_to_get=COLUMNS, consistent_read=True, page_size=PAGE)


def _correct_numbers(pk: str, stored: dict[str, Counters], numbers: dict[str, Counter[str]]) -> list[str]:
    """One transaction, given that no change has been counted since ``stored`` was read."""
    corrected = []
    with transaction() as writes:
        for sk in sorted({*stored, *numbers}):
            row, right = stored.get(sk), sum_of({}, numbers.get(sk, Counter()))
            wrong = row.numbers if row else {}
            if right != wrong:
                put_counters(writes, (pk, sk), row, right, as_of=row.as_of if row else None)
            elif sk == TOTALS and row:  # rewritten with every change that is counted
                given = Counters.version == row.version
                writes.check(Counters, pk, sk, given=given, otherwise=CountersChangedError(pk))
            names = sorted({*right, *wrong})
            corrected += [
                f"{sk} {name}: {right.get(name, 0)}, not {wrong.get(name, 0)}"
                for name in names
                if right.get(name) != wrong.get(name)
            ]
    return corrected


def _correct_reviews(days: list[ReviewDay]) -> int:
    mended = 0
    for start in range(0, len(days), AT_ONCE):
        with transaction() as writes:
            correct_reviews(writes, days[start : start + AT_ONCE])
            mended += len(writes)
    return mended
