"""The stored rows of one certificate for whoever may see it: read in one call, as DynamoDB sent them.

What they say is judged in ``evidence`` and ``services``. A row becomes a model when it is asked for: a damaged one
raises DamagedRowError then, and an answer that is kept asks for none.
"""

from dataclasses import dataclass
from functools import cached_property

from defiso.anchoring.models import Place
from defiso.anchoring.services import proof_key
from defiso.certificates.models import Certificate, Revision, certificate_key, revision_key
from defiso.core.numbers import slug_asked
from defiso.store.items import Item, Row, find_row, find_rows
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.verification.errors import UnknownCertificateError

NEVER_PUBLIC = {"draft", "under_review", "refused"}
FIRST = 1


@dataclass(frozen=True)
class Documents:
    """The row with one revision's signed document, and the one that says where its proof is; None where missing."""

    revision: int
    document_row: Row | None
    place_row: Row | None

    @cached_property
    def document(self) -> Revision | None:
        return Revision.whole(self.document_row) if self.document_row else None

    @cached_property
    def place(self) -> Place | None:
        return Place.whole(self.place_row) if self.place_row else None


@dataclass(frozen=True)
class Records:
    """``row`` is the whole head as read: while it is equal, whatever followed from it may be kept."""

    slug: str
    row: Row
    documents: Documents | None = None

    @cached_property
    def head(self) -> Certificate:
        return Certificate.whole(self.row)


def read_records(*, tenant: Tenant, number: str, with_documents: bool = False) -> Records:
    """The issued, non-confidential certificate of this number: one read, also with the documents of its first revision,
    which is nearly always the one. Raises UnknownCertificateError.
    """
    slug = slug_asked(number)
    pk = tenant_key(tenant.slug)
    row: Row | None = None
    documents = None
    if slug and with_documents:
        row, *others = find_rows([(Certificate, pk, certificate_key(slug)), *_keys(tenant, slug, FIRST)])
        documents = Documents(FIRST, *others)
    elif slug:
        row = find_row(Certificate, pk, certificate_key(slug))
    if row is None or _is_hidden(row):
        raise UnknownCertificateError(f"{tenant.name} shows no certificate with the number {number[:60]}.")
    return Records(slug, row, documents)


def read_documents(tenant: Tenant, head: Certificate, *, consistent: bool = False) -> Documents:
    """Those of the head's own revision: one BatchGetItem."""
    revision = int(head.revision)
    return Documents(revision, *find_rows(_keys(tenant, head.slug, revision), consistent=consistent))


def _is_hidden(row: Row) -> bool:
    """As the row itself says. One too damaged to say so has nothing that could be shown."""
    return row.get("status", {}).get("S") in NEVER_PUBLIC or row.get("confidential") == {"BOOL": True}


def _keys(tenant: Tenant, slug: str, revision: int) -> list[tuple[type[Item], str, str]]:
    return [
        (Revision, tenant_key(tenant.slug), revision_key(slug, revision)),
        (Place, *proof_key(tenant.slug, slug, revision)),
    ]
