"""Checking a certificate: one read for its current state, at most one more for the signed document and its proof.

What cannot change between two requests (signature, path) is checked once a minute; status is read every time.
"""

import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Any

from defiso.anchoring.models import Proof
from defiso.anchoring.services import AnchorCheck, check_anchor, proof_key
from defiso.audit.services import events_of
from defiso.certificates.models import Certificate, Revision
from defiso.certificates.services import status_on, status_statement
from defiso.core import clock
from defiso.core.errors import NotFoundError
from defiso.core.numbers import slug_of
from defiso.credentials.services import check_credential, check_statement
from defiso.store.items import find_all
from defiso.tenants.models import Tenant
from defiso.verification.headlines import headline_of, status_verdict
from defiso.verification.verdicts import AnchorFacts, Result, Verdict, Verification, overall_of

CACHE_SECONDS = 60
CACHE_SIZE = 2000
NEVER_PUBLIC = {"draft", "under_review", "refused"}


class UnknownCertificateError(NotFoundError):
    """No such certificate, or none that may be shown: the answer is the same."""

    code = "unknown_certificate"


@dataclass(frozen=True)
class _Evidence:
    """What was found out about one revision's stored document; ``proof`` is None until it is anchored."""

    content: Verdict
    issuer: Verdict
    subject: dict[str, Any]
    text: str
    key_id: str
    proof: Proof | None


def find_public_certificate(*, tenant: Tenant, number: str) -> Certificate:
    """The issued, non-confidential certificate of this number: one read. Raises UnknownCertificateError."""
    slug = slug_of(number[:200])
    certificate = Certificate.find(f"TENANT#{tenant.slug}", f"CERT#{slug}") if slug else None
    if certificate is None or certificate.status in NEVER_PUBLIC or certificate.confidential:
        raise UnknownCertificateError(f"{tenant.name} shows no certificate with the number {number[:60]}.")
    return certificate


def verify_certificate(*, tenant: Tenant, number: str, on: date | None = None) -> Verification:
    """The five verdicts and the overall answer, now or, for status and expiry, on a past date."""
    certificate = find_public_certificate(tenant=tenant, number=number)
    evidence = _evidence_of(tenant, certificate)
    check = _anchor_check(evidence, certificate)
    intact = check_statement(
        tenant=tenant, statement=status_statement(certificate), signature=certificate.status_seal or ""
    )
    status = _status_then(tenant, certificate, on) if on else status_on(certificate, clock.today())
    verdicts = {
        "content": evidence.content,
        "issuer": evidence.issuer,
        "anchor": Verdict("anchor", Result(check.result if check.result != "pending" else "unknown"), check.reason),
        "status": status_verdict(certificate, status, intact=intact, on=on),
        "accreditation": _accreditation(evidence.subject),
    }
    pending = check.result == "pending"
    overall = overall_of(verdicts, status=status, record_intact=intact, pending=pending)
    return Verification(
        tenant_slug=tenant.slug,
        number=certificate.number,
        slug=certificate.slug,
        revision=int(certificate.revision),
        overall=overall,
        checked_at=clock.now(),
        verdicts=verdicts,
        anchor=_anchor_facts(evidence.proof, check),
        pending=pending,
        headline=headline_of(overall, certificate, on=on),
        subject=evidence.subject,
        digest=certificate.credential_digest or "",
        key_id=evidence.key_id,
    )


def read_evidence_files(*, tenant: Tenant, number: str) -> tuple[str, Proof | None]:
    """The stored credential text, with its EdDSA proof, and the anchor's proof if there is one: two calls."""
    evidence = _evidence_of(tenant, find_public_certificate(tenant=tenant, number=number))
    if not evidence.text:
        raise UnknownCertificateError("The signed document of this certificate is missing from the registry.")
    return evidence.text, evidence.proof


def _status_then(tenant: Tenant, certificate: Certificate, on: date) -> str:
    """The status at the end of a past day (UTC), replayed from the audit events; ``unknown`` before the first."""
    status = "unknown"
    for event in events_of(tenant=tenant, target_kind="CERT", target_id=certificate.slug):
        if event.occurred_at[:10] <= on.isoformat() and event.after and "status" in event.after:
            status = str(event.after["status"])
    expired = certificate.expires_on and certificate.expires_on < on.isoformat()
    return "expired" if expired and status in ("active", "suspended") else status


def _anchor_check(evidence: _Evidence, certificate: Certificate) -> AnchorCheck:
    if evidence.proof is None:
        return AnchorCheck("pending", "Being written to the blockchain; this takes a few moments.", clock.now(), 0, None)
    return check_anchor(evidence.proof, bytes.fromhex(certificate.credential_digest or ""))


def _anchor_facts(proof: Proof | None, check: AnchorCheck) -> AnchorFacts | None:
    if proof is None:
        return None
    return AnchorFacts(
        chain_id=int(proof.chain_id),
        chain_name=CHAIN_NAMES.get(int(proof.chain_id), f"EVM chain {proof.chain_id}"),
        tx_hash=_with_prefix(proof.tx_hash),
        block=int(check.block if check.block is not None else proof.block_number),
        confirmations=int(check.confirmations),
        root=_with_prefix(proof.root),
    )


CHAIN_NAMES = {1: "Ethereum", 11155111: "Sepolia test network", 31337: "the embedded test chain"}


def _with_prefix(text: str) -> str:
    return text if text.startswith("0x") else f"0x{text}"


def _accreditation(subject: dict[str, Any]) -> Verdict:
    accreditation = subject.get("accreditation") or {}
    body = accreditation.get("body")
    if accreditation.get("accredited") is False:
        return Verdict("accreditation", Result.PASS, "Issued without accreditation, and recorded so.")
    if accreditation.get("accredited") is True and body:
        return Verdict("accreditation", Result.PASS, f"Recorded as issued under accreditation by {body}.")
    return Verdict("accreditation", Result.UNKNOWN, "The record does not say whether an accreditation covers it.")


# Checked documents, newest last: (tenant, slug, revision, digest) -> (when to check again, what was found).
_checked: OrderedDict[tuple[str, str, int, str], tuple[float, _Evidence]] = OrderedDict()
_lock = threading.Lock()


def forget_checked_evidence() -> None:
    """Check every stored document afresh: for tests that change what is stored."""
    with _lock:
        _checked.clear()


def _evidence_of(tenant: Tenant, certificate: Certificate) -> _Evidence:
    """The checked document of the current revision: from memory for a minute once anchored, else one BatchGetItem."""
    key = (tenant.slug, certificate.slug, int(certificate.revision), certificate.credential_digest or "")
    with _lock:
        kept = _checked.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
    evidence = _read_evidence(tenant, certificate)
    if evidence.proof is not None and evidence.content.result is evidence.issuer.result is Result.PASS:
        with _lock:
            _checked[key] = (time.monotonic() + CACHE_SECONDS, evidence)
            while len(_checked) > CACHE_SIZE:
                _checked.popitem(last=False)
    return evidence


def _read_evidence(tenant: Tenant, certificate: Certificate) -> _Evidence:
    pk, revision = f"TENANT#{tenant.slug}", int(certificate.revision)
    document, proof = find_all(
        [
            (Revision, pk, f"REV#{certificate.slug}#{revision:04d}"),
            (Proof, *proof_key(tenant.slug, certificate.slug, revision)),
        ]
    )
    if not isinstance(document, Revision):
        missing = "The signed document is missing from the registry, so it could not be checked."
        unknown = Verdict("content", Result.UNKNOWN, missing), Verdict("issuer", Result.UNKNOWN, missing)
        return _Evidence(*unknown, {}, "", "", proof if isinstance(proof, Proof) else None)
    check = check_credential(tenant=tenant, text=document.credential, expected_digest=certificate.credential_digest or "")
    return _Evidence(
        Verdict("content", Result(check.content.result), check.content.reason),
        Verdict("issuer", Result(check.issuer.result), check.issuer.reason),
        _subject_of(document.credential),
        document.credential,
        document.key_id or "",
        proof if isinstance(proof, Proof) else None,
    )


def _subject_of(text: str) -> dict[str, Any]:
    """What the document says; empty if the stored text is damaged, which the content verdict then says."""
    try:
        subject = json.loads(text)["credentialSubject"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return subject if isinstance(subject, dict) else {}
