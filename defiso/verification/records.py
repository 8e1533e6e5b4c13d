"""The stored rows of one certificate for whoever may see it: read in one call, as DynamoDB sent them.

What they say is judged in ``evidence`` and ``services``.
"""

from dataclasses import dataclass
from typing import Self

from defiso.anchoring.models import Place
from defiso.anchoring.services import proof_key
from defiso.certificates.models import Certificate, Revision, certificate_key, revision_key
from defiso.core.numbers import slug_asked
from defiso.store.items import Item, Row, find_all, find_row, find_rows
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.verification.errors import UnknownCertificateError

NEVER_PUBLIC = {"draft", "under_review", "refused"}
FIRST = 1


@dataclass(frozen=True)
class Documents:
    """The row with one revision's signed document, and the one that says where its proof is; None where missing."""

    revision: int
    document: Revision | None
    place: Place | None

    @classmethod
    def of(cls, revision: int, document: Item | None, place: Item | None) -> Self:
        return cls(
            revision, document if isinstance(document, Revision) else None, place if isinstance(place, Place) else None
        )


@dataclass(frozen=True)
class Records:
    """``row`` is the whole head as read: while it is equal, whatever followed from it may be kept."""

    head: Certificate
    row: Row
    documents: Documents | None = None


def read_records(*, tenant: Tenant, number: str, with_documents: bool = False) -> Records:
    """The issued, non-confidential certificate of this number: one read, also with the documents of its first revision,
    which is nearly always the one. Raises UnknownCertificateError.
    """
    slug = slug_asked(number)
    pk = tenant_key(tenant.slug)
    row: Row | None = None
    documents = None
    if slug and with_documents:
        row, document, place = find_rows([(Certificate, pk, certificate_key(slug)), *_keys(tenant, slug, FIRST)])
        documents = Documents.of(
            FIRST, Revision.from_raw_data(document) if document else None, Place.from_raw_data(place) if place else None
        )
    elif slug:
        row = find_row(Certificate, pk, certificate_key(slug))
    head = Certificate.from_raw_data(row) if row else None
    if row is None or head is None or head.status in NEVER_PUBLIC or head.confidential:
        raise UnknownCertificateError(f"{tenant.name} shows no certificate with the number {number[:60]}.")
    return Records(head, row, documents)


def read_documents(tenant: Tenant, head: Certificate, *, consistent: bool = False) -> Documents:
    """Those of the head's own revision: one BatchGetItem."""
    revision = int(head.revision)
    return Documents.of(revision, *find_all(_keys(tenant, head.slug, revision), consistent=consistent))


def _keys(tenant: Tenant, slug: str, revision: int) -> list[tuple[type[Item], str, str]]:
    return [
        (Revision, tenant_key(tenant.slug), revision_key(slug, revision)),
        (Place, *proof_key(tenant.slug, slug, revision)),
    ]
