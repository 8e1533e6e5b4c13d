"""No two bodies look alike: each holds the look of its slug and every reading of its name, one row for each.

A row is made in the transaction that makes the tenant and is found by its key, so nothing is searched.
"""

from collections.abc import Iterator

from defiso.core.names import look_of, readings_of
from defiso.store.transactions import Writes
from defiso.tenants.errors import ReadsLikeAnotherError
from defiso.tenants.models import METADATA, Claim, Tenant

MOST_KEY_BYTES = 1500  # of DynamoDB's 2,048 for a partition key


def claim_looks(writes: Writes, tenant: Tenant) -> None:
    """Hold how this tenant's slug and name read; the transaction raises ReadsLikeAnotherError if a part is held."""
    for field, text, key in _looks(tenant):
        claim = Claim(key, METADATA, slug=tenant.slug, held=text)
        writes.create(claim, otherwise=ReadsLikeAnotherError(field, text, key=key))


def naming_the_other(refusal: ReadsLikeAnotherError) -> ReadsLikeAnotherError:
    """The refusal with what is held already, as written: one read, of a refused creation only."""
    other = Claim.find(refusal.key, METADATA, consistent=True)
    return ReadsLikeAnotherError(refusal.field, refusal.text, key=refusal.key, other=other.held if other else "")


def problem_with_reading(name: str) -> str:
    """One sentence if a name that may be shown is too long to be held; one character may stand for eighteen in NFKC."""
    if any(len(reading.encode()) > MOST_KEY_BYTES for reading in readings_of(name)):
        return "This name is too long to be kept; use simpler letters."
    return ""


def _looks(tenant: Tenant) -> Iterator[tuple[str, str, str]]:
    yield "slug", tenant.slug, f"SLUG#{look_of(tenant.slug)}"
    for reading in sorted(readings_of(tenant.name)):
        yield "name", tenant.name, f"NAME#{reading}"
