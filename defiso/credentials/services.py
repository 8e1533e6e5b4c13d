"""Signing and checking on behalf of a tenant: credentials, and statements such as a certificate's status.

Knows nothing of certificates: it signs the subject it is given.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature

from defiso.audit.actors import SYSTEM, Actor
from defiso.core.cache import TimedCache
from defiso.core.canonical import canonical_json, sha256
from defiso.core.checks import Check, Result
from defiso.core.clock import now
from defiso.core.multikeys import base58_bytes, base58_text, ed25519_key
from defiso.credentials.canonicalisation import Statements, stored_text
from defiso.credentials.contexts import OUR_TYPES, contexts_of
from defiso.credentials.did import did_document, did_of, issuer_profile
from defiso.credentials.document import problem_with
from defiso.credentials.errors import MalformedCredentialError, UnsignableError
from defiso.credentials.integrity import proof_holds, proof_statements, signed_proof, to_the_second, unsigned_proof
from defiso.credentials.keyring import (
    add_signing_key,
    find_key,
    forget_cached_keys,
    is_missing,
    is_recorded_key,
    is_without_endorsement,
    read_keys,
    signing_key_of,
)
from defiso.credentials.merkle_proof import AnchorProof, with_anchor_proof
from defiso.credentials.models import SigningKey
from defiso.credentials.reading import StoredCredential, read_credential
from defiso.credentials.status_bits import Bits, set_bits
from defiso.credentials.status_entries import StatusEntry, claim_entry, credential_status
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant

__all__ = [
    "AnchorProof",
    "Bits",
    "CredentialCheck",
    "SignedCredential",
    "StatusEntry",
    "check_credential",
    "check_statement",
    "claim_entry",
    "create_signing_key",
    "did_document",
    "forget_cached_keys",
    "forget_checked_contents",
    "is_recorded_key",
    "issuer_profile",
    "judge_statement",
    "read_keys",
    "set_bits",
    "sign_credential",
    "sign_statement",
    "with_anchor_proof",
]

LONGEST_KEPT = 20_000  # characters; longer ones would fill the memory
MOST_SIGNED = 400_000  # characters; a row of DynamoDB holds 400 KB
LONGEST_SIGNATURE = 100  # characters
KEY_MISSING = "The key that signed it is missing from the registry or damaged, so it could not be checked."
_STATEMENT_PREFIX = b"defiso statement v1\n"


@dataclass(frozen=True)
class SignedCredential:
    """``text`` is the document as it must be stored; ``digest`` the hex Merkle leaf, which covers the signature."""

    document: dict[str, Any]
    text: str
    digest: str
    key_id: str


@dataclass(frozen=True)
class CredentialCheck:
    """``digest``, ``subject`` and ``key_id`` are those of the document as found; empty if it could not be read."""

    content: Check
    issuer: Check
    digest: str
    subject: dict[str, Any]
    key_id: str


@dataclass(frozen=True)
class _Read:
    """A document as read and checked; whose key signed it is not judged here."""

    credential: StoredCredential
    digest: str
    content: Check


_read_before: TimedCache[_Read] = TimedCache(size=1000, seconds=3600)


def create_signing_key(*, tenant: Tenant, writes: Writes, actor: Actor = SYSTEM) -> SigningKey:
    """Add a new Ed25519 key of the tenant to ``writes``. Later signatures use it; earlier ones stay checkable.

    Raises PlatformKeyMissingError.
    """
    return add_signing_key(tenant=tenant, actor=actor, did=did_of(tenant), writes=writes)


def sign_credential(
    *,
    tenant: Tenant,
    subject: dict[str, Any],
    credential_id: str,
    name: str,
    valid_from: datetime,
    valid_until: datetime | None,
    status: StatusEntry,
) -> SignedCredential:
    """Sign ``subject`` as a Verifiable Credential 2.0 of the tenant. ``credential_id`` is its public web address,
    ``status`` its place in the status lists.

    Raises UnsignableError, NoSigningKeyError, KeyUnavailableError. No store call once the key is cached.
    """
    key, private = signing_key_of(tenant)
    did = did_of(tenant)
    document = {
        "@context": contexts_of(subject),
        "type": OUR_TYPES,
        "id": credential_id,
        "issuer": did,
        "name": name,
        "validFrom": to_the_second(valid_from),
        **({"validUntil": to_the_second(valid_until)} if valid_until else {}),
        "credentialStatus": credential_status(tenant, status),
        "credentialSubject": subject,
    }
    if problem := problem_with(document):
        raise UnsignableError(problem)
    statements = Statements(document)
    options = unsigned_proof(created=to_the_second(now()), verification_method=f"{did}#{key.kid}")
    proof = signed_proof(statements.canonical(), options, private)
    signed = {**document, "proof": proof}
    text = stored_text(signed)
    if len(text) > MOST_SIGNED:
        raise UnsignableError("The certificate is larger than a document can be.")
    return SignedCredential(document=signed, text=text, digest=_digest_of(statements, proof), key_id=key.kid)


def check_credential(*, tenant: Tenant, text: str, expected_digest: str, keep: bool = True) -> CredentialCheck:
    """Check a stored credential against the digest recorded at issue and against the tenant's own keys.

    Never raises for what the text is: a damaged document is a failed content check. What follows from the text alone is
    kept for the next check unless told not to.
    """
    try:
        read = _read_and_check(text, expected_digest, keep=keep)
    except MalformedCredentialError as error:
        content = Check(Result.FAIL, error.sentence)
        issuer = Check(Result.UNKNOWN, "The document is damaged, so who signed it cannot be told.")
        return CredentialCheck(content=content, issuer=issuer, digest="", subject={}, key_id="")
    return CredentialCheck(
        content=read.content,
        issuer=_check_issuer(tenant, read.credential),
        digest=read.digest,
        subject=read.credential.subject,
        key_id=read.credential.signer[1],
    )


def forget_checked_contents() -> None:
    """Read every document afresh: for tests."""
    _read_before.clear()


def sign_statement(*, tenant: Tenant, statement: dict[str, Any]) -> str:
    """``<key id>:<signature>`` over canonical JSON, under a prefix that no credential's signature has."""
    key, private = signing_key_of(tenant)
    return f"{key.kid}:{base58_text(private.sign(_STATEMENT_PREFIX + canonical_json(statement)))}"


def check_statement(*, tenant: Tenant, statement: dict[str, Any], signature: str) -> bool:
    """Whether ``signature`` is that of one of the tenant's keys over exactly this statement."""
    return judge_statement(tenant=tenant, statement=statement, signature=signature) is Result.PASS


def judge_statement(*, tenant: Tenant, statement: dict[str, Any], signature: str) -> Result:
    """The same; unknown if the signature holds and only the row of the key, which was the tenant's, is missing."""
    kid, _mark, value = signature.partition(":")
    try:
        if len(value) > LONGEST_SIGNATURE:
            return Result.FAIL
        ed25519_key(kid).verify(base58_bytes(value), _STATEMENT_PREFIX + canonical_json(statement))
    except (InvalidSignature, ValueError):
        return Result.FAIL
    if find_key(tenant, kid):
        return Result.PASS
    return Result.UNKNOWN if is_missing(tenant, kid) else Result.FAIL


def _read_and_check(text: str, expected_digest: str, *, keep: bool) -> _Read:
    """What follows from these bytes alone is worked out once: the same text has the same digest and signature."""
    key = f"{sha256(text.encode(errors='surrogatepass')).hex()} {expected_digest}"
    if kept := _read_before.get(key):
        return kept
    credential = read_credential(text)
    statements = Statements(credential.document)
    digest = _digest_of(statements, credential.proof)
    read = _Read(credential, digest, _check_content(credential, statements, digest == expected_digest))
    if keep and len(text) <= LONGEST_KEPT:
        _read_before.put(key, read)
    return read


def _check_content(credential: StoredCredential, statements: Statements, is_the_recorded_one: bool) -> Check:
    """The signature is tried with the key the proof itself names; whose key that is, is the issuer's check."""
    if not is_the_recorded_one:
        return Check(Result.FAIL, "The document is not the one that was recorded when this certificate was issued.")
    try:
        key = ed25519_key(credential.signer[1])
    except ValueError:
        return Check(Result.FAIL, "The signature names no key that can be read.")
    if not proof_holds(statements.canonical(), credential.proof, key):
        return Check(Result.FAIL, "The document was changed after it was signed.")
    return Check(Result.PASS, "Nothing in the document was changed since it was signed.")


def _check_issuer(tenant: Tenant, credential: StoredCredential) -> Check:
    """The DID is the tenant's now, or was when the key was made: a host may change, past documents do not."""
    did, kid = credential.signer
    key = find_key(tenant, kid)
    if key is None and is_missing(tenant, kid):
        return Check(Result.UNKNOWN, KEY_MISSING)
    if key is None and is_without_endorsement(tenant, kid):
        return Check(Result.FAIL, "The signing key is not one that the platform has endorsed.")
    if key is None:
        return Check(Result.FAIL, f"The document was not signed with a key of {tenant.name}.")
    if did != credential.document["issuer"] or did not in (did_of(tenant), key.did):
        return Check(Result.FAIL, f"The document names another issuer than {tenant.name}.")
    if key.retired_at and _second_of(credential.proof["created"]) > _second_of(key.retired_at):
        return Check(Result.FAIL, f"The document was signed with a key that {tenant.name} had already retired.")
    return Check(Result.PASS, f"It was signed with a key that {tenant.name} publishes.")


def _digest_of(statements: Statements, proof: dict[str, Any]) -> str:
    return sha256(statements.canonical_with_proof(proof_statements(proof))).hex()


def _second_of(stored: str) -> str:
    """The part of a stored UTC time before fractions and zone, whose text order is time order."""
    return stored[:19]
