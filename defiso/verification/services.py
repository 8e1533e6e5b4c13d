"""Checking a certificate: one read for its current state, at most one more for the proof of its anchor.

Dates and names are the signed document's; only the status and its seal are the stored head's.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from defiso.anchoring.models import Proof
from defiso.anchoring.services import AnchorCheck, check_anchor, unproven, with_proof
from defiso.certificates.models import Certificate
from defiso.certificates.states import FINAL, Status, status_of
from defiso.chain.networks import network_of
from defiso.core import clock
from defiso.core.checks import Check, Result
from defiso.core.numbers import slug_asked
from defiso.core.sealed_state import SealedState
from defiso.credentials.services import KEY_MISSING, is_recorded_key, judge_statement
from defiso.store.errors import DamagedRowError
from defiso.tenants.models import Tenant
from defiso.verification.accreditation import known_accreditation
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.evidence import Evidence, evidence_of, evidence_of_state, is_known
from defiso.verification.headlines import Standing, check_status, headline_of
from defiso.verification.history import read_history
from defiso.verification.newest import NewestCheck, check_newest, may_be_issued
from defiso.verification.records import Records, read_records, says_hidden
from defiso.verification.verdicts import LABELS, AnchorFacts, Overall, Verification, overall_of

DAMAGED = "The registry’s record of this certificate is damaged, so it could not be checked."


def find_records(*, tenant: Tenant, number: str) -> Records:
    """What may be shown of this number: one read. Raises UnknownCertificateError.

    Hidden is what its own seal says is confidential, or was never issued; what only the row says is damage. So is a row
    that is gone, or a draft again, though the body's map has its certificate.
    """
    slug = slug_asked(number)
    records = read_records(tenant=tenant, number=number, with_documents=not is_known(tenant, slug))
    if records is not None and not says_hidden(records.row):
        return records
    certificate = _head_in(records)
    if certificate is not None and certificate.is_issued:
        if records is not None and _judge_seal(tenant, certificate) is not Result.PASS:
            return records
    elif slug and may_be_issued(tenant, slug):
        return Records(slug, {})
    raise UnknownCertificateError(f"{tenant.name} shows no certificate with the number {number[:60]}.")


def verify_certificate(*, tenant: Tenant, number: str, on: date | None = None) -> Verification:
    """The verdicts and the overall answer, now or, for status and expiry, at the end of a past day (UTC)."""
    return verify_records(tenant=tenant, records=find_records(tenant=tenant, number=number), on=on)


def verify_records(*, tenant: Tenant, records: Records, on: date | None = None) -> Verification:
    """The same of records that were read already. A damaged head could not be checked, and shows nothing it says."""
    try:
        certificate = records.head
    except DamagedRowError:
        return _not_checked(tenant, records, on)
    current = certificate.sealed_state
    state = _state_by_end_of(on, tenant, current, certificate.reason) if on else current
    evidence, anchor = _anchored_evidence(tenant, records, state)
    seal = _judge_seal(tenant, certificate)
    intact = seal is Result.PASS
    newest = _check_newest(tenant, certificate, records, anchor) if intact else None
    standing = _standing(state, evidence.subject, on)
    verdicts = {
        "content": evidence.content,
        "issuer": evidence.issuer,
        "anchor": Check(anchor.result, anchor.reason),
        "status": _check_status(standing, seal, newest),
    }
    is_genuine = evidence.content.result is evidence.issuer.result is Result.PASS
    is_about_newest = state == current
    recording = newest is not None and newest.is_recording and is_about_newest
    recording = recording or not is_recorded_key(tenant, evidence.key_id)
    pending = anchor.is_pending or (is_genuine and recording)
    is_newest = newest is not None and newest.result is not Result.FAIL
    is_altered = seal is Result.FAIL or (intact and not is_newest)
    status = standing.status if _may_be_told(standing, newest) else Status.UNKNOWN
    overall = overall_of(verdicts, status=status, record_intact=not is_altered, pending=pending)
    subject = evidence.subject if intact else {}  # what the seal does not call public may be confidential
    return Verification(
        tenant_slug=tenant.slug,
        number=str(subject.get("number") or certificate.number if intact else records.slug),
        slug=certificate.slug,
        revision=state.revision if state else int(certificate.revision),
        version=int(certificate.version),
        state=current if is_newest else None,
        reason=certificate.reason,
        overall=overall,
        checked_at=clock.now(),
        verdicts=verdicts,
        accreditation=known_accreditation(subject, is_genuine=is_genuine),
        anchor=_anchor_facts(evidence.proof, anchor),
        pending=pending,
        headline=headline_of(overall, standing),
        subject=subject,
        digest=state.digest if state else certificate.credential_digest or "",
        key_id=evidence.key_id,
    )


def check_anchor_of(evidence: Evidence, digest: str) -> Check:
    """Whether a document of this digest (hex) is anchored as its proof says."""
    anchor = _check_anchor(evidence, digest)
    return Check(anchor.result, anchor.reason)


def read_credential_text(*, tenant: Tenant, number: str) -> str:
    """The credential as JSON: with its signature, and with MerkleProof2019 beside it once anchored."""
    return credential_text(evidence_of(tenant, sealed_records(tenant, number)))


def credential_text(evidence: Evidence) -> str:
    """The same of evidence that was found already. Raises UnknownCertificateError if the document is damaged."""
    if not evidence.subject:
        raise UnknownCertificateError("The signed document of this certificate is missing or damaged.")
    if evidence.proof is None or not evidence.proof.is_readable:
        return evidence.text
    return with_proof(evidence.text, evidence.proof)


def read_proof(*, tenant: Tenant, number: str) -> Proof | None:
    """The path to the chain, None while the certificate waits for its anchor."""
    proof = evidence_of(tenant, sealed_records(tenant, number)).proof
    if proof and not proof.is_readable:
        raise UnknownCertificateError("The proof of this certificate is damaged.")
    return proof


def sealed_records(tenant: Tenant, number: str) -> Records:
    """What may be handed out: a row without the body's seal may be of a certificate that is not public."""
    records = find_records(tenant=tenant, number=number)
    if not records.row or _judge_seal(tenant, records.head) is not Result.PASS:
        raise UnknownCertificateError("The registry’s record of this certificate is damaged.")
    return records


def _not_checked(tenant: Tenant, records: Records, on: date | None) -> Verification:
    return Verification(
        tenant_slug=tenant.slug,
        number=records.slug,
        slug=records.slug,
        revision=0,
        version=0,
        state=None,
        reason=None,
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


def _judge_seal(tenant: Tenant, certificate: Certificate) -> Result:
    seal = certificate.status_seal or ""
    return judge_statement(tenant=tenant, statement=certificate.sealed_state.statement, signature=seal)


def _head_in(records: Records | None) -> Certificate | None:
    """None where there is none that can be read."""
    try:
        return records.head if records else None
    except DamagedRowError:
        return None


def _state_by_end_of(day: date, tenant: Tenant, newest: SealedState, reason: str | None) -> SealedState | None:
    """By the states that lead back from the newest; None before the first, such as a register's load."""
    return read_history(tenant=tenant, newest=newest, reason=reason).by_end_of(day)


def _standing(state: SealedState | None, subject: Mapping[str, Any], on: date | None) -> Standing:
    """By the expiry that the document in force then prints."""
    if state is None:
        return Standing(Status.UNKNOWN, "", subject.get("expiryDate"), on, from_register=False)
    expires_on = subject.get("expiryDate") or state.expires
    status = status_of(state.status, expires_on, on or clock.today())
    return Standing(status, state.since, expires_on or None, on, state.from_register)


def _check_status(standing: Standing, seal: Result, newest: NewestCheck | None) -> Check:
    """The status, provided that it is the newest; on its way to the record it is told as it will be there."""
    if seal is Result.UNKNOWN:
        return Check(Result.UNKNOWN, KEY_MISSING)
    if newest is None:
        return check_status(standing, intact=False)
    if newest.result is Result.PASS or newest.is_recording:
        return check_status(standing, intact=True)
    return Check(newest.result, newest.reason)


def _may_be_told(standing: Standing, newest: NewestCheck | None) -> bool:
    """A status that is not known to be the newest may have been taken back since, but for one that is final."""
    return standing.status in FINAL or (newest is not None and (newest.result is Result.PASS or newest.is_recording))


def _check_newest(tenant: Tenant, certificate: Certificate, records: Records, anchor: AnchorCheck) -> NewestCheck:
    return check_newest(tenant, certificate, records.checkpoint_row, is_waiting=anchor.is_pending)


def _anchored_evidence(tenant: Tenant, records: Records, state: SealedState | None) -> tuple[Evidence, AnchorCheck]:
    """Of the revision that was in force in this state, else of the newest.

    A proof from memory may have been replaced since, after a reorg: it fails only if the stored one does.
    """
    head = records.head
    if state is None or state.revision == int(head.revision):
        find, digest = partial(evidence_of, tenant, records), head.credential_digest
    else:
        find, digest = partial(evidence_of_state, tenant, state), state.digest
    evidence = find()
    anchor = _check_anchor(evidence, digest)
    if anchor.result is not Result.FAIL:
        return evidence, anchor
    evidence = find(fresh=True)
    return evidence, _check_anchor(evidence, digest)


def _check_anchor(evidence: Evidence, digest: str | None) -> AnchorCheck:
    if evidence.proof is None:
        return unproven(evidence.unproven)
    return check_anchor(evidence.proof, _digest_bytes(digest))


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
