"""The signed document of a revision and its anchor's proof: read in one call, checked, and kept for a minute.

What cannot change between two requests is kept here; the status never is.
"""

from dataclasses import dataclass
from typing import Any

from defiso.anchoring.models import Proof
from defiso.anchoring.services import proof_key
from defiso.certificates.models import Certificate, Revision, revision_key
from defiso.core.cache import TimedCache
from defiso.credentials.services import check_credential
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.verification.verdicts import Result, Verdict


@dataclass(frozen=True)
class Evidence:
    """``subject`` is what was signed, empty if the document is damaged or gone; ``proof`` None until anchored."""

    content: Verdict
    issuer: Verdict
    subject: dict[str, Any]
    text: str
    key_id: str
    proof: Proof | None


LONGEST_KEPT = 20_000  # characters; a longer document is checked each time rather than filling the memory
_checked: TimedCache[Evidence] = TimedCache(size=2000, seconds=60)


def evidence_of(tenant: Tenant, certificate: Certificate, *, fresh: bool = False) -> Evidence:
    """The checked document of the current revision: from memory for a minute once it passed, else one BatchGetItem."""
    key = f"{tenant.slug} {certificate.slug} {certificate.revision} {certificate.credential_digest}"
    if (kept := _checked.get(key)) and not fresh:
        return kept
    evidence = _read(tenant, certificate)
    passed = evidence.content.result is evidence.issuer.result is Result.PASS
    if passed and evidence.proof is not None and len(evidence.text) <= LONGEST_KEPT:
        _checked.put(key, evidence)
    return evidence


def forget_checked_evidence() -> None:
    """Check every stored document afresh: for tests that change what is stored."""
    _checked.clear()


def _read(tenant: Tenant, certificate: Certificate) -> Evidence:
    revision = int(certificate.revision)
    document, proof = find_all(
        [
            (Revision, tenant_key(tenant.slug), revision_key(certificate.slug, revision)),
            (Proof, *proof_key(tenant.slug, certificate.slug, revision)),
        ]
    )
    found_proof = proof if isinstance(proof, Proof) else None
    if not isinstance(document, Revision) or not document.credential:
        missing = "The signed document is missing from the registry, so it could not be checked."
        content, issuer = (Verdict(name, Result.UNKNOWN, missing) for name in ("content", "issuer"))
        return Evidence(content, issuer, {}, "", "", found_proof)
    digest = certificate.credential_digest or ""
    check = check_credential(tenant=tenant, text=document.credential, expected_digest=digest)
    return Evidence(
        Verdict("content", Result(check.content.result), check.content.reason),
        Verdict("issuer", Result(check.issuer.result), check.issuer.reason),
        check.subject,
        document.credential,
        document.key_id or "",
        found_proof,
    )
