"""Signing documents of other kinds than certificates: status lists, and statements of what a certificate was.

Their words are looked up in whole contexts, where a certificate's are in a table (``canonicalisation``).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from defiso.credentials.canonicalisation import canonical_under
from defiso.credentials.contexts import definitions_of
from defiso.credentials.integrity import signed_proof, to_the_second, unsigned_proof
from defiso.credentials.keyring import signing_key_of
from defiso.tenants.models import Tenant


def signed_under(contexts: Iterable[str], document: dict[str, Any], *, tenant: Tenant, at: datetime) -> dict[str, Any]:
    """The document, whose ``@context`` is these, with the proof of the tenant, its ``issuer``.

    Raises UnknownContextError, NoSigningKeyError, KeyUnavailableError.
    """
    key, private = signing_key_of(tenant)
    canonical = canonical_under([definitions_of(one) for one in contexts], document)
    options = unsigned_proof(created=to_the_second(at), verification_method=f"{document['issuer']}#{key.kid}")
    return {**document, "proof": signed_proof(canonical, options, private)}
