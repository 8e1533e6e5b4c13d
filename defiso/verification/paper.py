"""A certificate as a document to print: drawn from what was verified as signed, never from an unverified row."""

from functools import partial

from defiso.certificates.printing import SUPERSEDED, WORDS, make_sheet
from defiso.certificates.states import Status
from defiso.core.checks import Result
from defiso.core.errors import InvalidError
from defiso.core.numbers import slug_of
from defiso.documents.sheet import PAPERS, Sheet
from defiso.tenants.models import Tenant
from defiso.verification.answers import answer_of
from defiso.verification.errors import NotPrintedError, NotPrintedNowError
from defiso.verification.evidence import evidence_of
from defiso.verification.presentation import page_address
from defiso.verification.records import Records
from defiso.verification.revisions import PastRevision, find_revision
from defiso.verification.services import credential_text, sealed_records, verify_records
from defiso.verification.verdicts import FORCED_BY_STATUS, Overall, Verification
from defiso.web.filters import day

# The overall answer of a certificate that is not in force -> the word across its pages.
WORD_OF = {overall: WORDS[Status(status)] for status, overall in reversed(FORCED_BY_STATUS.items())}


def public_sheet(*, tenant: Tenant, number: str, revision: int | None = None, paper: str = "") -> Sheet:
    """What is printed of a public certificate; made again only when its page would be.

    Raises UnknownCertificateError, RecordUnprovenError, NotPrintedError, NotPrintedNowError; InvalidError for a paper
    that there is not.
    """
    if paper and paper not in PAPERS:
        raise InvalidError(f"The paper is {' or '.join(PAPERS)}.")
    if revision is not None:
        found = find_revision(tenant=tenant, number=number, revision=revision)
        if isinstance(found, PastRevision):
            return _superseded_sheet(tenant, found, paper=paper)
    records = sealed_records(tenant, number)
    made = answer_of(
        f"paper-{paper}", tenant=tenant, records=records, make=partial(_written, tenant, records, paper=paper)
    )
    return Sheet.from_json(b"".join(made.pieces))


def staff_sheet(*, tenant: Tenant, records: Records, paper: str = "") -> Sheet:
    """The same for the body's own staff, who also see what is confidential."""
    return _sheet(tenant, records, verify_records(tenant=tenant, records=records), paper=paper)


def file_name(sheet: Sheet) -> str:
    return f"{slug_of(sheet.number) or 'certificate'}.pdf"


def _written(tenant: Tenant, records: Records, verification: Verification, *, paper: str) -> bytes:
    return _sheet(tenant, records, verification, paper=paper).to_json()


def _sheet(tenant: Tenant, records: Records, verification: Verification, *, paper: str) -> Sheet:
    _refuse_unless_signed(verification)
    evidence = evidence_of(tenant, records)
    if evidence.content.result is not Result.PASS:  # changed since it was verified, a moment ago
        raise NotPrintedNowError
    is_stopped = verification.overall in WORD_OF
    return make_sheet(
        tenant=tenant,
        content=verification.subject,
        address=page_address(tenant, verification.slug),
        paper=paper,
        word=_word(verification),
        standing=verification.headline if is_stopped else "",
        credential=credential_text(evidence),
    )


def _superseded_sheet(tenant: Tenant, past: PastRevision, *, paper: str) -> Sheet:
    """What an older revision said, across which it says that another one took its place."""
    results = [verdict.result for verdict in past.verdicts.values()]
    if Result.FAIL in results:
        raise NotPrintedError(f"The record of revision {past.number} has been altered. Do not rely on it.")
    if past.verdicts["content"].result is not Result.PASS or past.verdicts["issuer"].result is not Result.PASS:
        raise NotPrintedNowError
    replaced = f"Replaced by revision {past.replaced.revision} on {day(past.replaced.at)}. Do not rely on it."
    return make_sheet(
        tenant=tenant,
        content=past.evidence.subject,
        address=page_address(tenant, past.certificate.slug),
        paper=paper,
        word=SUPERSEDED,
        standing=replaced,
        credential=credential_text(past.evidence),
    )


def _refuse_unless_signed(verification: Verification) -> None:
    """Printed is what is known to be signed, with a status that is known: the chain alone may be out of reach."""
    if verification.overall is Overall.NOT_GENUINE:
        raise NotPrintedError(verification.headline)
    known = [verification.verdicts[name].result for name in ("content", "issuer", "status")]
    if Result.UNKNOWN in known or not verification.subject:
        raise NotPrintedNowError


def _word(verification: Verification) -> str:
    if verification.state and verification.state.status == Status.TRANSFERRED_OUT:
        return WORDS[Status.TRANSFERRED_OUT]
    return WORD_OF.get(verification.overall, "")
