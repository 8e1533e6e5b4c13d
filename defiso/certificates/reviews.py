"""Suspended certificates by the day of their review: a projection that finds those due without looking at the rest.

A row follows from the head as it is, so bringing it in line again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from defiso.audit.models import Event
from defiso.certificates.counts import FIGURES
from defiso.certificates.errors import CountersChangedError
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.standing import read_recorded, standing_of
from defiso.core import clock
from defiso.outbox.hold import Hold
from defiso.outbox.projection import Projection
from defiso.store.items import CertificatesItem, find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction

REVIEWS = f"{FIGURES}REVIEW#"  # after every row of counters
AT_ONCE = 45  # each is two reads of a BatchGetItem's hundred
SWEPT = 25


class Review(CertificatesItem):
    """``PK TENANT#<slug>, SK FIGURES#REVIEW#<date>#<slug of number>``: a suspended certificate, as lists show it."""

    slug = UnicodeAttribute()
    number = UnicodeAttribute()
    organisation_name = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    standard_title = UnicodeAttribute()
    review_on = UnicodeAttribute()
    expires_on = UnicodeAttribute(null=True)


class ReviewDay(NamedTuple):
    """A day on which a certificate was, or is now, to be reviewed."""

    pk: str
    slug: str
    day: str


class Reviews(Projection[list[ReviewDay]]):
    """Brings the row of each day in line with the head: there while it is suspended until then, gone after."""

    def read(self, event: Event) -> list[ReviewDay] | None:
        if not event.action.startswith("certificate.") or not event.counted:
            return None
        before, after = read_recorded(event.counted)
        days = {standing.review for standing in (before, after) if standing and standing.review}
        return [ReviewDay(tenant_key(event.tenant_slug), event.target_id, day) for day in sorted(days)] or None

    def publish(self, hold: Hold, additions: Sequence[list[ReviewDay]]) -> None:
        days = sorted({day for some in additions for day in some})
        for start in range(0, len(days), AT_ONCE):
            with transaction() as writes:
                correct_reviews(writes, days[start : start + AT_ONCE])
                if len(writes):
                    hold.guard(writes)
        for pk in sorted({day.pk for day in days}):
            _sweep(hold, pk)


def review_key(day: str | date, slug: str = "") -> str:
    """The sort key; without a slug, the start of that day."""
    return f"{REVIEWS}{day}#{slug}"


def correct_reviews(writes: Writes, days: Sequence[ReviewDay]) -> None:
    """Bring the rows of these days, AT_ONCE at most, in line with their heads: one BatchGetItem.

    One that has expired is given no row: it would only be swept away.
    """
    today = clock.today().isoformat()
    keys = [(Certificate, day.pk, certificate_key(day.slug)) for day in days]
    found = find_all([*keys, *((Review, day.pk, review_key(day.day, day.slug)) for day in days)], consistent=True)
    for day, head, row in zip(days, found, found[len(days) :], strict=False):
        due = head if isinstance(head, Certificate) and standing_of(head).review == day.day else None
        if due and row is None and _is_in_force(due, today):
            writes.create(review_of(due), otherwise=CountersChangedError(day.pk))
        elif not due and isinstance(row, Review):
            _drop(writes, row)


def review_of(head: Certificate) -> Review:
    return Review(
        head.PK,
        review_key(head.review_on, head.slug),
        slug=head.slug,
        number=head.number,
        organisation_name=head.organisation_name,
        country=head.country,
        standard_title=head.standard_title,
        review_on=head.review_on,
        expires_on=head.expires_on,
    )


def still_in_force(reviews: Iterable[Review], today: str) -> list[Review]:
    """Without those that have expired meanwhile: nobody reviews them any more."""
    return [review for review in reviews if _is_in_force(review, today)]


def _is_in_force(row: Review | Certificate, today: str) -> bool:
    return not row.expires_on or row.expires_on >= today


def _sweep(hold: Hold, pk: str) -> None:
    """Drop the oldest that have expired, so that they never stand before the ones that are due."""
    oldest = list(Review.query(pk, Review.SK.startswith(REVIEWS), limit=SWEPT, consistent_read=True))
    kept = still_in_force(oldest, clock.today().isoformat())
    with transaction() as writes:
        for review in oldest:
            if review not in kept:
                _drop(writes, review)
        if len(writes):
            hold.guard(writes)


def _drop(writes: Writes, row: Review) -> None:
    writes.delete(row, given=Review.PK.exists(), otherwise=CountersChangedError(row.PK))
