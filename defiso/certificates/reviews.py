"""Certificates by a day on which somebody must look at them, the review of a suspension or the surveillance of one in
force: a projection that finds those due without looking at the rest.

A row follows from the head as it is, so bringing it in line again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from defiso.audit.models import Event
from defiso.certificates.counts import FIGURES
from defiso.certificates.errors import CountersChangedError
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.standing import Standing, read_recorded, standing_of
from defiso.core import clock
from defiso.core.dates import months_after
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.store.items import CertificatesItem, find_all, readable
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

REVIEWS = f"{FIGURES}REVIEW#"  # after every row of counters
SURVEILLANCES = "SURVEILLANCE#"
DAYS = {REVIEWS: "review", SURVEILLANCES: "surveillance"}  # which day of a standing
AT_ONCE = 45  # each is two reads of a BatchGetItem's hundred
SWEPT = 25


class Review(CertificatesItem):
    """``PK TENANT#<slug>, SK FIGURES#REVIEW#<date>#<slug of number>``: a suspended certificate, as lists show it.

    Or ``SURVEILLANCE#<date>#…``, one in force; ``review_on`` is the day of either.
    """

    slug = UnicodeAttribute()
    number = UnicodeAttribute()
    organisation_name = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    standard_title = UnicodeAttribute()
    review_on = UnicodeAttribute()
    expires_on = UnicodeAttribute(null=True)


class ReviewDay(NamedTuple):
    """A day on which a certificate was, or is now, to be looked at, and as which of ``DAYS``."""

    pk: str
    slug: str
    day: str
    kind: str = REVIEWS


class Reviews(Projection[list[ReviewDay]]):
    """Brings the row of each day in line with the head: there while that day is the head's, gone after."""

    def read(self, event: Event) -> list[ReviewDay] | None:
        if not event.action.startswith("certificate.") or not event.counted:
            return None
        before, after = read_recorded(event.counted)
        days = {day for standing in (before, after) if standing for day in _days_of(standing)}
        pk = tenant_key(event.tenant_slug)
        return [ReviewDay(pk, event.target_id, day, kind) for kind, day in sorted(days)] or None

    def publish(self, hold: Hold, additions: Sequence[list[ReviewDay]]) -> None:
        days = sorted({day for some in additions for day in some})
        for start in range(0, len(days), AT_ONCE):
            with transaction() as writes:
                correct_reviews(writes, days[start : start + AT_ONCE])
                if len(writes):
                    hold.guard(writes)
        for pk, kind in sorted({(day.pk, day.kind) for day in days}):
            _sweep(hold, pk, kind)


def review_key(day: str | date, slug: str = "", *, kind: str = REVIEWS) -> str:
    """The sort key; without a slug, the start of that day."""
    return f"{kind}{day}#{slug}"


def days_of(pk: str, slug: str, standing: Standing) -> list[ReviewDay]:
    return [ReviewDay(pk, slug, day, kind) for kind, day in _days_of(standing)]


def read_surveillances(*, tenant: Tenant, today: date, most: int) -> list[Review]:
    """Certificates in force whose surveillance is due within a month or overdue, the oldest first: one query."""
    until = review_key(months_after(today, 1) + timedelta(days=1), kind=SURVEILLANCES)
    due = Review.query(tenant_key(tenant.slug), Review.SK.between(SURVEILLANCES, until), limit=most)
    return still_in_force(readable(due), today.isoformat())


def correct_reviews(writes: Writes, days: Sequence[ReviewDay]) -> None:
    """Bring the rows of these days, AT_ONCE at most, in line with their heads: one BatchGetItem.

    One that has expired is given no row: it would only be swept away.
    """
    today = clock.today().isoformat()
    keys = [(Certificate, day.pk, certificate_key(day.slug)) for day in days]
    rows = [(Review, day.pk, review_key(day.day, day.slug, kind=day.kind)) for day in days]
    found = find_all([*keys, *rows], consistent=True)
    for day, head, row in zip(days, found, found[len(days) :], strict=False):
        due = head if isinstance(head, Certificate) and (day.kind, day.day) in _days_of(standing_of(head)) else None
        if due and row is None and _is_in_force(due, today):
            writes.create(review_of(due, day), otherwise=CountersChangedError(day.pk))
        elif not due and isinstance(row, Review):
            _drop(writes, row)


def review_of(head: Certificate, day: ReviewDay) -> Review:
    return Review(
        head.PK,
        review_key(day.day, head.slug, kind=day.kind),
        slug=head.slug,
        number=head.number,
        organisation_name=head.organisation_name,
        country=head.country,
        standard_title=head.standard_title,
        review_on=day.day,
        expires_on=head.expires_on,
    )


def still_in_force(reviews: Iterable[Review], today: str) -> list[Review]:
    """Without those that have expired meanwhile: nobody reviews them any more."""
    return [review for review in reviews if _is_in_force(review, today)]


def _is_in_force(row: Review | Certificate, today: str) -> bool:
    return not row.expires_on or row.expires_on >= today


def _days_of(standing: Standing) -> list[tuple[str, str]]:
    return [(kind, day) for kind, name in DAYS.items() if (day := getattr(standing, name))]


def _sweep(hold: Hold, pk: str, kind: str) -> None:
    """Drop the oldest that have expired, so that they never stand before the ones that are due."""
    oldest = list(Review.query(pk, Review.SK.startswith(kind), limit=SWEPT, consistent_read=True))
    kept = still_in_force(oldest, clock.today().isoformat())
    with transaction() as writes:
        for review in oldest:
            if review not in kept:
                _drop(writes, review)
        if len(writes):
            hold.guard(writes)


def _drop(writes: Writes, row: Review) -> None:
    writes.delete(row, given=Review.PK.exists(), otherwise=CountersChangedError(row.PK))
