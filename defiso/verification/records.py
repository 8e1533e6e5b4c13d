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
from defiso.store.items import Item, Row, find_rows
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.transparency.models import CHECKPOINT, KeptCheckpoint

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
    """``row`` is the whole head as read, ``checkpoint_row`` the body's newest checkpoint: while both are equal,
    whatever followed from them may be kept.
    """

    slug: str
    row: Row
    checkpoint_row: Row | None = None
    documents: Documents | None = None

    @cached_property
    def head(self) -> Certificate:
        return Certificate.whole(self.row)


def read_records(*, tenant: Tenant, number: str, with_documents: bool = False) -> Records | None:
    """What is stored of the certificate with this number, with the body's newest checkpoint, None where nothing is.

    One read, also with the documents of its first revision, which is nearly always the one.
    """
    slug = slug_asked(number)
    if not slug:
        return None
    pk = tenant_key(tenant.slug)
    documents = _keys(tenant, slug, FIRST) if with_documents else []
    head, checkpoint = (Certificate, pk, certificate_key(slug)), (KeptCheckpoint, pk, CHECKPOINT)
    row, checkpoint_row, *others = find_rows([head, checkpoint, *documents])
    if row is None:
        return None
    return Records(slug, row, checkpoint_row, Documents(FIRST, *others) if with_documents else None)


def read_documents(tenant: Tenant, slug: str, revision: int, *, consistent: bool = False) -> Documents:
    """Those of one revision: one BatchGetItem."""
    return Documents(revision, *find_rows(_keys(tenant, slug, revision), consistent=consistent))


def says_hidden(row: Row) -> bool:
    """As the row itself says. One too damaged to say so has nothing that could be shown."""
    return row.get("status", {}).get("S") in NEVER_PUBLIC or row.get("confidential") == {"BOOL": True}


def _keys(tenant: Tenant, slug: str, revision: int) -> list[tuple[type[Item], str, str]]:
    return [
        (Revision, tenant_key(tenant.slug), revision_key(slug, revision)),
        (Place, *proof_key(tenant.slug, slug, revision)),
    ]
