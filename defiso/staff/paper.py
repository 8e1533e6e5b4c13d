"""Documents for the body's own staff: a draft as it will be printed, an issued one as it is, many as an archive."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.printing import WORDS, make_draft_sheet
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.core import clock
from defiso.core.errors import DomainError, InvalidError
from defiso.core.numbers import slug_asked
from defiso.documents.drawing import draw_page, draw_pdf
from defiso.documents.keeping import document_of, made_once
from defiso.documents.sheet import Sheet
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from defiso.verification.paper import file_name, staff_sheet
from defiso.verification.records import read_records

MOST_IN_ARCHIVE = 200
NEVER_ISSUED = (Status.DRAFT, Status.UNDER_REVIEW, Status.REFUSED)
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that the format knows: when it was packed is nobody's business


def sheet_for_staff(*, tenant: Tenant, number: str, paper: str = "") -> Sheet:
    """What is printed of this certificate: of an issued one what was signed, of any other its draft, which says so.

    Raises CertificateNotFoundError, and what ``staff_sheet`` refuses.
    """
    head = get_certificate(tenant=tenant, number=number)
    if not head.is_issued:
        return make_draft_sheet(tenant=tenant, content=dictionary_of(head), paper=paper)
    records = read_records(tenant=tenant, number=number, with_documents=True)
    assert records  # noqa: S101  rows of certificates are never deleted
    return staff_sheet(tenant=tenant, records=records, paper=paper)


def document_for_staff(sheet: Sheet) -> bytes:
    """The PDF; a draft's is drawn afresh and not kept, since it changes."""
    if _is_draft(sheet):
        return made_once(f"draft {sheet.digest}", lambda: draw_pdf(sheet))
    return document_of(sheet)


def page_for_staff(sheet: Sheet, number: int) -> bytes:
    """One page as SVG."""
    return made_once(f"page {number} {sheet.digest}", lambda: draw_page(sheet, number))


def numbers_of(*, tenant: Tenant, filters: Filters) -> list[str]:
    """The issued certificates that a list with these filters shows. Raises InvalidError if they are too many."""
    page = list_certificates(tenant=tenant, filters=filters, today=clock.today(), size=MOST_IN_ARCHIVE)
    if page.next_cursor and len(page.items) == MOST_IN_ARCHIVE:
        raise InvalidError(
            f"An archive has at most {MOST_IN_ARCHIVE} certificates: choose a status or a standard first."
        )
    return [head.slug for head in page.items if head.status not in NEVER_ISSUED]


def archive_of(*, tenant: Tenant, actor: Actor, numbers: Sequence[str]) -> Iterator[bytes]:
    """A zip of the documents in parts, one as each is made, and an event. Raises InvalidError for too many.

    What could not be printed is told in ``not-printed.txt``.
    """
    if len(numbers) > MOST_IN_ARCHIVE:
        raise InvalidError(f"An archive has at most {MOST_IN_ARCHIVE} certificates.")
    with transaction() as writes:
        record_event(
            writes,
            tenant_slug=tenant.slug,
            actor=actor,
            action=Action.DOCUMENTS_DOWNLOADED,
            target_kind="TENANT",
            target_id=tenant.slug,
            after={"certificates": len(numbers)},
        )
    return _archived(tenant, dict.fromkeys(map(slug_asked, numbers)))


def _archived(tenant: Tenant, slugs: Iterable[str]) -> Iterator[bytes]:
    written = _Written()
    refusals = []
    with zipfile.ZipFile(written, "w") as archive:
        for slug in slugs:
            try:
                sheet = sheet_for_staff(tenant=tenant, number=slug)
                document = draw_pdf(sheet) if _is_draft(sheet) else document_of(sheet, in_turn=True)
                _add(archive, file_name(sheet), document)
            except DomainError as refusal:
                refusals.append(f"{slug}: {refusal.sentence}\n")
            yield written.taken()
        if refusals:
            _add(archive, "not-printed.txt", "".join(refusals).encode())
    yield written.taken()


def _is_draft(sheet: Sheet) -> bool:
    return sheet.word == WORDS[Status.DRAFT]


def _add(archive: zipfile.ZipFile, name: str, octets: bytes) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, octets, zipfile.ZIP_STORED)  # what a PDF holds is deflated already


class _Written(io.RawIOBase):
    """What an archive is written into and taken out of as it grows; it cannot seek, and never has it whole."""

    def __init__(self) -> None:
        self._octets = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, octets: bytes) -> int:  # type: ignore[override]  # zipfile writes nothing else
        self._octets += octets
        return len(octets)

    def taken(self) -> bytes:
        octets = bytes(self._octets)
        self._octets.clear()
        return octets
