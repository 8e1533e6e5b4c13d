"""Checking a certificate: one read for its current state, at most one more for the proof of its anchor.

Dates and names are the signed document's; only the status and its seal are the stored head's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from defiso.anchoring.models import Proof
from defiso.anchoring.services import AnchorCheck, check_anchor, unproven, with_proof
from defiso.audit.actions import Action
from defiso.audit.services import events_of
from defiso.certificates.models import Certificate
from defiso.certificates.states import Status, status_of
from defiso.chain.networks import network_of
from defiso.core import clock
from defiso.core.checks import Check, Result
from defiso.core.numbers import slug_asked
from defiso.credentials.services import check_statement
from defiso.store.errors import DamagedRowError
from defiso.tenants.models import Tenant
from defiso.verification.accreditation import known_accreditation
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.evidence import Evidence, evidence_of, is_known
from defiso.verification.headlines import Standing, check_status, headline_of
from defiso.verification.records import NEVER_PUBLIC, Records, read_records
from defiso.verification.verdicts import LABELS, AnchorFacts, Overall, Verification, overall_of

DAMAGED = "The registry’s record of this certificate is damaged, so it could not be checked."


def find_records(*, tenant: Tenant, number: str) -> Records:
    """What may be shown of this number: one read. Raises UnknownCertificateError."""
    return read_records(tenant=tenant, number=number, with_documents=not is_known(tenant, slug_asked(number)))


def verify_certificate(*, tenant: Tenant, number: str, on: date | None = None) -> Verification:
    """The verdicts and the overall answer, now or, for status and expiry, at the end of a past day (UTC)."""
    return verify_records(tenant=tenant, records=find_records(tenant=tenant, number=number), on=on)


def verify_records(*, tenant: Tenant, records: Records, on: date | None = None) -> Verification:
    """The same of records that were read already. A damaged head could not be checked, and shows nothing it says."""
    try:
        certificate = records.head
    except DamagedRowError:
        return _not_checked(tenant, records, on)
    evidence, anchor = _anchored_evidence(tenant, records)
    intact = _has_its_seal(tenant, certificate)
    standing = _standing(tenant, certificate, evidence.subject, on)
    verdicts = {
        "content": evidence.content,
        "issuer": evidence.issuer,
        "anchor": anchor,
        "status": check_status(standing, intact=intact),
    }
    is_genuine = evidence.content.result is evidence.issuer.result is Result.PASS
    overall = overall_of(verdicts, status=standing.status, record_intact=intact, pending=anchor.is_pending)
    return Verification(
        tenant_slug=tenant.slug,
        number=str(evidence.subject.get("number") or certificate.number),
        slug=certificate.slug,
        generation=certificate.generation,
        revision=int(certificate.revision),
        version=int(certificate.version),
        since=certificate.since,
        overall=overall,
        checked_at=clock.now(),
        verdicts=verdicts,
        accreditation=known_accreditation(evidence.subject, is_genuine=is_genuine),
        anchor=_anchor_facts(evidence.proof, anchor),
        pending=anchor.is_pending,
        headline=headline_of(overall, standing),
        subject=evidence.subject,
        digest=certificate.credential_digest or "",
        key_id=evidence.key_id,
    )


def read_credential_text(*, tenant: Tenant, number: str) -> str:
    """The credential as JSON: with its signature, and with MerkleProof2019 beside it once anchored."""
    evidence = evidence_of(tenant, find_records(tenant=tenant, number=number))
    if not evidence.subject:
        raise UnknownCertificateError("The signed document of this certificate is missing or damaged.")
    if evidence.proof is None or not evidence.proof.is_readable:
        return evidence.text
    return with_proof(evidence.text, evidence.proof)


def read_proof(*, tenant: Tenant, number: str) -> Proof | None:
    """The path to the chain, None while the certificate waits for its anchor."""
    proof = evidence_of(tenant, find_records(tenant=tenant, number=number)).proof
    if proof and not proof.is_readable:
        raise UnknownCertificateError("The proof of this certificate is damaged.")
    return proof


def _not_checked(tenant: Tenant, records: Records, on: date | None) -> Verification:
    return Verification(
        tenant_slug=tenant.slug,
        number=records.slug,
        slug=records.slug,
        generation=None,
        revision=0,
        version=0,
        since="",
        overall=Overall.COULD_NOT_CHECK,
        checked_at=clock.now(),
        verdicts=dict.fromkeys(LABELS, Check(Result.UNKNOWN, DAMAGED)),
        accreditation=known_accreditation({}, is_genuine=False),
        anchor=None,
        pending=False,
        headline=headline_of(Overall.COULD_NOT_CHECK, Standing(Status.UNKNOWN, "", None, on, from_register=False)),
        subject={},
        digest="",
        key_id="",
    )


def _has_its_seal(tenant: Tenant, certificate: Certificate) -> bool:
    seal = certificate.status_seal or ""
    return check_statement(tenant=tenant, statement=certificate.sealed_state.statement, signature=seal)


class _Recorded(NamedTuple):
    """A status as it was written down, when, and whether a register that was loaded then said so."""

    status: str
    since: str
    from_register: bool


def _standing(tenant: Tenant, certificate: Certificate, subject: Mapping[str, Any], on: date | None) -> Standing:
    expires_on = subject.get("expiryDate") or certificate.expires_on
    recorded = (
        _recorded_by_end_of(on, tenant, certificate)
        if on
        else _Recorded(certificate.status, certificate.since, bool(certificate.status_from_register))
    )
    status = status_of(recorded.status, expires_on, on or clock.today())
    return Standing(status, recorded.since, expires_on, on, recorded.from_register)


def _recorded_by_end_of(day: date, tenant: Tenant, certificate: Certificate) -> _Recorded:
    """The status replayed from the audit events; unknown before the first one, such as the load of a register."""
    unknown = recorded = _Recorded(Status.UNKNOWN, "", False)
    events = events_of(
        tenant_slug=tenant.slug, target_kind="CERT", target_id=certificate.slug, generation=certificate.generation
    )
    for event in events:
        if event.occurred_at[:10] <= day.isoformat() and "status" in (event.after or {}):
            from_register = event.action == Action.CERTIFICATE_IMPORTED
            recorded = _Recorded(str(event.after["status"]), event.occurred_at, from_register)
    return unknown if recorded.status in NEVER_PUBLIC else recorded


def _anchored_evidence(tenant: Tenant, records: Records) -> tuple[Evidence, AnchorCheck]:
    """A proof from memory may have been replaced since, after a reorg: it fails only if the stored one does."""
    evidence = evidence_of(tenant, records)
    anchor = _check_anchor(evidence, records.head)
    if anchor.result is not Result.FAIL:
        return evidence, anchor
    evidence = evidence_of(tenant, records, fresh=True)
    return evidence, _check_anchor(evidence, records.head)


def _check_anchor(evidence: Evidence, certificate: Certificate) -> AnchorCheck:
    if evidence.proof is None:
        return unproven(evidence.unproven)
    return check_anchor(evidence.proof, _digest_bytes(certificate.credential_digest))


def _digest_bytes(digest: str | None) -> bytes:
    try:
        return bytes.fromhex(digest or "")
    except ValueError:
        return b""


def _anchor_facts(proof: Proof | None, check: AnchorCheck) -> AnchorFacts | None:
    if proof is None or not proof.is_readable:
        return None
    chain_id, tx_hash = int(proof.chain_id), f"0x{proof.tx_hash.removeprefix('0x')}"
    network = network_of(chain_id)
    return AnchorFacts(
        chain_id=chain_id,
        chain_name=network.name,
        explorer_url=network.address_of_transaction(tx_hash),
        tx_hash=tx_hash,
        block=check.seen.block if check.seen else int(proof.block_number),
        confirmations=check.seen.confirmations if check.seen else 0,
        root=f"0x{proof.root.removeprefix('0x')}",
    )
