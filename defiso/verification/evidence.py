"""The signed document of a revision and its anchor's proof: checked, and kept for a minute.

What cannot change between two requests is kept here; the status never is.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from defiso.anchoring.models import Proof
from defiso.anchoring.services import Unproven, find_proof
from defiso.certificates.heads import credential_id
from defiso.certificates.models import Revision
from defiso.core.cache import TimedCache
from defiso.core.checks import Check, Result
from defiso.core.numbers import slug_of
from defiso.core.sealed_state import SealedState
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.packing import unpack
from defiso.credentials.services import check_credential
from defiso.store.errors import DamagedRowError
from defiso.tenants.models import Tenant
from defiso.verification.records import Documents, Records, read_documents


@dataclass(frozen=True)
class Evidence:
    """``subject`` is what was signed, empty if the document is damaged or gone; ``proof`` None until anchored, then
    ``unproven`` says why.
    """

    content: Check
    issuer: Check
    subject: dict[str, Any]
    text: str
    key_id: str
    proof: Proof | None
    unproven: Unproven = Unproven.WAITING


@dataclass(frozen=True)
class _Kept:
    """``of`` is the revision and digest it belongs to."""

    of: tuple[int, str | None]
    evidence: Evidence


MISSING = "The signed document is missing from the registry or damaged, so it could not be checked."
LONGEST_KEPT = 20_000  # characters; a longer document is checked each time rather than filling the memory
_checked: TimedCache[_Kept] = TimedCache(size=2000, seconds=60)


def is_known(tenant: Tenant, slug: str) -> bool:
    """Whether there is anything in memory of this certificate, so that its head alone need be read."""
    return _checked.get(_key(tenant, slug)) is not None


def evidence_of(tenant: Tenant, records: Records, *, fresh: bool = False) -> Evidence:
    """The checked document of the current revision: from memory for a minute once it passed.

    Else from the records; where they have not this revision's documents, one BatchGetItem, and one for the proof.
    """
    head = records.head
    key, of = _key(tenant, head.slug), (int(head.revision), head.credential_digest)
    if (kept := _checked.get(key)) and kept.of == of and not fresh:
        return kept.evidence
    documents = records.documents
    if fresh or documents is None or documents.revision != int(head.revision):
        documents = read_documents(tenant, head.slug, int(head.revision), consistent=fresh)
    evidence = _check(tenant, head.number, head.credential_digest or "", documents, consistent=fresh)
    passed = evidence.content.result is evidence.issuer.result is Result.PASS
    if passed and evidence.proof is not None and len(evidence.text) <= LONGEST_KEPT:
        _checked.put(key, _Kept(of, evidence))
    return evidence


def evidence_of_state(tenant: Tenant, state: SealedState, *, fresh: bool = False) -> Evidence:
    """The checked document of the revision that was in force in this state: one BatchGetItem, one for the proof."""
    documents = read_documents(tenant, state.number, state.revision, consistent=fresh)
    return _check(tenant, state.number, state.digest, documents, consistent=fresh)


def forget_checked_evidence() -> None:
    """Check every stored document afresh: for tests that change what is stored."""
    _checked.clear()


def _key(tenant: Tenant, slug: str) -> str:
    return f"{tenant.slug} {slug}"


def _check(tenant: Tenant, number: str, digest: str, documents: Documents, *, consistent: bool) -> Evidence:
    found = _find_proof(number, digest, documents, consistent=consistent)
    proof, unproven = (found, Unproven.WAITING) if isinstance(found, Proof) else (None, found)
    document = _document_in(documents)
    if document is None:
        missing = Check(Result.UNKNOWN, MISSING)
        return Evidence(missing, missing, {}, "", "", proof, unproven)
    text = _text_of(document)
    check = check_credential(tenant=tenant, text=text, expected_digest=digest)
    if check.content.result is not Result.PASS and not _is_of(tenant, slug_of(number), documents.revision, text):
        return Evidence(check.content, check.issuer, {}, "", check.key_id, proof, unproven)
    return Evidence(check.content, check.issuer, check.subject, text, check.key_id, proof, unproven)


def _is_of(tenant: Tenant, slug: str, revision: int, text: str) -> bool:
    """Whether a document that is not the one named says at least that it is: another's may be confidential."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(document, dict) and document.get("id") == credential_id(tenant, slug, revision)


def _find_proof(number: str, digest: str, documents: Documents, *, consistent: bool) -> Proof | Unproven:
    revision = documents.revision
    try:
        return find_proof(documents.place, number=number, revision=revision, digest=digest, consistent=consistent)
    except DamagedRowError:
        return Unproven.MISSING


def _document_in(documents: Documents) -> Revision | None:
    try:
        return documents.document
    except DamagedRowError:
        return None


def _text_of(document: Revision) -> str:
    """Nothing where it cannot be unpacked, which fails the content check as any other damage does."""
    try:
        return unpack(document.credential)
    except MalformedCredentialError:
        return ""
