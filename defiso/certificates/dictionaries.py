"""Where the dictionary of a certificate is kept: a draft's in its head, an issued one's in its signed document.

What the document does not say, names of people and our own handling, stays deflated beside it.
"""

from typing import cast

from defiso.certificates.content import INTERNAL, Content, from_json, to_json
from defiso.certificates.errors import DocumentMissingError
from defiso.certificates.models import Certificate, Revision, revision_key
from defiso.core.canonical import sha256
from defiso.core.deflated import deflate_json, inflate_json
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.packing import unpack
from defiso.credentials.reading import read_subject


def dictionary_of(certificate: Certificate) -> Content:
    """The whole dictionary: of a draft without a read, of an issued head by one.

    Raises DocumentMissingError, MalformedCredentialError.
    """
    if not certificate.is_issued:
        return from_json(certificate.content or "{}")
    key = revision_key(certificate.slug, int(certificate.revision))
    revision = Revision.find(certificate.PK, key, consistent=True)
    if revision is None:
        raise DocumentMissingError(certificate.number)
    return cast(Content, read_subject(unpack(revision.credential)) | _read_internal(revision.internal))


def internal_part(content: Content) -> bytes | None:
    """What a revision keeps beside its document; None if that says it all."""
    part = {name: member for name, member in content.items() if name in INTERNAL}
    return deflate_json(part) if part else None


def digest_of(content: Content) -> bytes:
    """32 bytes by which an issued head is compared with a content."""
    return sha256(to_json(content).encode())


def _read_internal(stored: bytes | None) -> Content:
    if stored is None:
        return {}
    try:
        return cast(Content, dict(inflate_json(stored)))
    except (ValueError, TypeError) as error:
        raise MalformedCredentialError("What is kept beside the document is damaged.") from error
