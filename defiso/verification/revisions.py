"""An older revision of a certificate: what its document said, whether that is genuine, and which one replaced it.

The states lead back from the newest, which is proven; each names the digest of the document that was in force. So an
older document is the one that was signed, or is told as damaged. Source: ISO/IEC 17021-1:2015, 8.2.2 (revisions).
"""

from dataclasses import dataclass

from defiso.certificates.comparison import Difference, compare
from defiso.core.checks import Check
from defiso.core.sealed_state import SealedState
from defiso.tenants.models import Tenant
from defiso.verification.errors import RecordUnprovenError, UnknownCertificateError
from defiso.verification.evidence import Evidence, evidence_of_state
from defiso.verification.history import DAMAGED, History, read_history
from defiso.verification.services import check_anchor_of, find_records, verify_records
from defiso.verification.verdicts import Verification

NOT_NEWEST = "Which revision is the newest cannot be told just now. Please try again in a moment."


@dataclass(frozen=True)
class PastRevision:
    """``since`` is the state that its issue brought, ``replaced`` the one that the next revision's brought.

    ``certificate`` is how the certificate stands today; ``verdicts`` are those of this document by name.
    """

    number: int
    since: SealedState
    replaced: SealedState
    certificate: Verification
    evidence: Evidence
    verdicts: dict[str, Check]
    differences: list[Difference]


def find_revision(*, tenant: Tenant, number: str, revision: int) -> PastRevision | Verification:
    """An older revision, or for the newest one the certificate as it stands.

    Raises UnknownCertificateError; RecordUnprovenError where what is kept of it cannot be trusted.
    """
    newest = verify_records(tenant=tenant, records=find_records(tenant=tenant, number=number))
    if newest.state is None:
        raise RecordUnprovenError(NOT_NEWEST)
    if revision == newest.state.revision:
        return newest
    history = read_history(tenant=tenant, newest=newest.state, reason=newest.reason)
    since, replaced = _first_of(history, revision), _first_of(history, revision + 1)
    if since is None or replaced is None:
        if not history.is_whole and revision < newest.state.revision:
            raise RecordUnprovenError(DAMAGED)
        raise UnknownCertificateError(f"{newest.number} has no revision {revision}.")
    if since.confidential:
        raise UnknownCertificateError(f"Revision {revision} of {newest.number} is not public.")
    evidence, following = evidence_of_state(tenant, since), evidence_of_state(tenant, replaced)
    verdicts = {
        "content": evidence.content,
        "issuer": evidence.issuer,
        "anchor": check_anchor_of(evidence, since.digest),
    }
    is_comparable = evidence.subject and following.subject and not replaced.confidential
    differences = compare(evidence.subject, following.subject) if is_comparable else []
    return PastRevision(revision, since, replaced, newest, evidence, verdicts, differences)


def _first_of(history: History, revision: int) -> SealedState | None:
    """The state that brought this revision, where what is kept reaches back to it."""
    states = [step.state for step in history.steps if step.state.revision == revision]
    if not states or (states[-1] == history.steps[-1].state and not history.is_whole):
        return None
    return states[-1]
