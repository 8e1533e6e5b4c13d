"""Where the dictionary of a certificate is kept: a draft's in its head, an issued one's in its signed document.

What the document does not say, names of people and our own handling, stays deflated beside it.
"""

from typing import Any

from defiso.certificates.content import Content, from_json, internal_members, to_json, whole_content
from defiso.certificates.errors import DocumentMissingError
from defiso.certificates.models import Certificate, Revision, revision_key
from defiso.core.canonical import sha256
from defiso.core.deflated import deflate_json, inflate_json
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.packing import unpack
from defiso.credentials.reading import read_subject
from defiso.credentials.subject import SUBJECT, Kind, misfit
from defiso.store.errors import DamagedRowError

# The whole dictionary: what a credential may say, and what is ours alone.
_FINDING = {"grade": Kind.TEXT, "text": Kind.TEXT, "clause": Kind.TEXT, "verifiedOn": Kind.TEXT}
_AUDIT = {"startDate": Kind.TEXT, "auditorUsers": Kind.TEXTS, "findings": [_FINDING]}
DICTIONARY = {
    **SUBJECT,
    "audits": [SUBJECT["audits"][0] | _AUDIT],
    "decidedByUser": Kind.TEXT,
    "client": Kind.TEXT,
    "transferredFrom": SUBJECT["transferredFrom"] | {"reviewDate": Kind.TEXT, "note": Kind.TEXT},
}


def _dates_as_typed(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_dates_as_typed(part) for part in shape]
    if isinstance(shape, dict):
        return {name: _dates_as_typed(part) for name, part in shape.items()}
    return Kind.TEXT if shape is Kind.DATE else shape


DICTIONARY_OF_DRAFT = _dates_as_typed(DICTIONARY)  # whatever is no date yet is kept, and marked


def dictionary_of(certificate: Certificate) -> Content:
    """The whole dictionary: of a draft without a read, of an issued head by one.

    Raises DocumentMissingError, MalformedCredentialError, DamagedRowError.
    """
    if not certificate.is_issued:
        return _of_our_shape(_read_draft(certificate.content), DICTIONARY_OF_DRAFT)
    return dictionary_of_revision(certificate, int(certificate.revision))


def dictionary_of_revision(certificate: Certificate, revision: int) -> Content:
    """The same of one of its revisions: one read. Raises as ``dictionary_of`` does."""
    found = Revision.find(certificate.PK, revision_key(certificate.slug, revision), consistent=True)
    if found is None:
        raise DocumentMissingError(certificate.number)
    said = read_subject(unpack(found.credential))
    return _of_our_shape(whole_content(said, _read_internal(found.internal)))


def internal_part(content: Content) -> bytes | None:
    """What a revision keeps beside its document; None if that says it all."""
    part = internal_members(content)
    return deflate_json(part) if part else None


def digest_of(content: Content) -> bytes:
    """32 bytes by which an issued head is compared with a content."""
    return sha256(to_json(content).encode())


def _read_draft(text: str | None) -> Content:
    try:
        return from_json(text or "")
    except ValueError as error:
        raise DamagedRowError("certificate", "content") from error


def _of_our_shape(content: Content, shape: Any = DICTIONARY) -> Content:
    """As pages and rules take it for granted: every member of its kind, with the two that a draft always has."""
    if misfit(content, shape) or "legalName" not in content.get("organisation", {}):
        raise DamagedRowError("certificate", "content")
    if not {"code", "edition", "title"} <= content.get("standard", {}).keys():
        raise DamagedRowError("certificate", "content")
    return content


def _read_internal(stored: bytes | None) -> dict[str, Any]:
    if stored is None:
        return {}
    try:
        return dict(inflate_json(stored))
    except (ValueError, TypeError) as error:
        raise MalformedCredentialError("What is kept beside the document is damaged.") from error
