"""The JSON-LD contexts of our credentials: bundled, pinned by digest, never fetched.

Published contexts are in ``contexts/`` byte for byte; ``TERMS`` is the part of them our documents use.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from defiso.core.canonical import sha256
from defiso.credentials.errors import UnknownContextError

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
BLOCKCERTS_V3_2 = "https://w3id.org/blockcerts/v3.2"
TERMS_V1 = "https://defiso.com/terms/v1"
TERMS_V2 = "https://defiso.com/terms/v2"

OUR_CONTEXTS = [CREDENTIALS_V2, BLOCKCERTS_V3_2, TERMS_V1]  # and TERMS_V2 where a word of it is used: contexts_of
OUR_TYPES = ["VerifiableCredential", "BlockcertsCredential", "ManagementSystemCertificate"]

CREDENTIAL_TERMS = ("credentialSubject", "credentialStatus", "issuer", "validFrom", "validUntil")
STATUS_TERMS = ("statusPurpose", "statusListIndex", "statusListCredential")
LATER_TERMS = (  # of TERMS_V2; what else is there is of statements, not of certificates
    *("scopes", "language", "text", "transferredFrom", "certificationBody"),
    *("previousExpiryDate", "recertificationDate", "integratedWith"),
)

PINNED = {
    CREDENTIALS_V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    BLOCKCERTS_V3_2: ("blockcerts-v3.2.json", "fa5afe993720de6d030dc78cb8d33085e4e8a58704e26c8eefa536f4ab7b9731"),
    TERMS_V2: ("terms-v2.json", "b4d4aff32f1f7060a1b0779d9127f23630c523685d8d10a12c238c2474c3b351"),
    TERMS_V1: ("terms-v1.json", "4096f75252b7d52c4bfc2e2022a50283fdd1b2eca327e92c94f206e69e712009"),
}
_DIRECTORY = Path(__file__).parent / "contexts"


class Term(NamedTuple):
    """What a word means: an address, and the type of its values: another address, ``@id``, or empty for plain ones."""

    address: str
    type: str


def contexts_of(subject: Mapping[str, Any]) -> list[str]:
    """What a credential about this subject names as its contexts: the later terms only where it uses one of them."""
    return [*OUR_CONTEXTS, TERMS_V2] if not subject.keys().isdisjoint(LATER_TERMS) else OUR_CONTEXTS


@cache
def context_bytes(url: str) -> bytes:
    """The pinned document at ``url``. Raises UnknownContextError."""
    if url not in PINNED:
        raise UnknownContextError(url)
    name, digest = PINNED[url]
    data = (_DIRECTORY / name).read_bytes()
    if sha256(data).hex() != digest:
        raise RuntimeError(f"{name} is not the file that was pinned; restore it from version control")
    return data


def definitions_of(url: str) -> dict[str, Any]:
    """The term definitions of a pinned context. Raises UnknownContextError."""
    definitions: dict[str, Any] = json.loads(context_bytes(url))["@context"]
    return definitions


def _terms() -> dict[str, Term]:
    """The words of our documents, out of the published contexts, which are flat in them: one meaning a word.

    ``tests/credentials/test_canonicalisation.py`` proves that an independent processor reads the contexts likewise.
    """
    credentials, blockcerts = definitions_of(CREDENTIALS_V2), definitions_of(BLOCKCERTS_V3_2)
    credential, entry = credentials["VerifiableCredential"], credentials["BitstringStatusListEntry"]
    definitions = {
        **{term: credential["@context"][term] for term in CREDENTIAL_TERMS},
        **{term: entry["@context"][term] for term in STATUS_TERMS},
        "name": credentials["name"],
        "VerifiableCredential": credential["@id"],
        "BitstringStatusListEntry": entry["@id"],
        "BlockcertsCredential": blockcerts["BlockcertsCredential"].replace("bc:", blockcerts["bc"]),
        **definitions_of(TERMS_V1),
        **{term: definitions_of(TERMS_V2)[term] for term in LATER_TERMS},
    }
    return {
        word: Term(meaning, "") if isinstance(meaning, str) else Term(meaning["@id"], meaning.get("@type", ""))
        for word, meaning in definitions.items()
        if not word.startswith("@")
    }


TERMS = _terms()
