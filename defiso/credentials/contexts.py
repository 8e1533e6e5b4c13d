"""The JSON-LD contexts of our credentials: bundled, pinned by digest, never fetched.

Published contexts are in ``contexts/`` byte for byte; ``SHORT_MAP`` is the part of them our documents use.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from defiso.core.canonical import sha256
from defiso.credentials.errors import UnknownContextError

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
BLOCKCERTS_V3_2 = "https://w3id.org/blockcerts/v3.2"
TERMS_V1 = "https://defiso.com/terms/v1"

OUR_CONTEXTS = [CREDENTIALS_V2, BLOCKCERTS_V3_2, TERMS_V1]
OUR_TYPES = ["VerifiableCredential", "BlockcertsCredential", "ManagementSystemCertificate"]

STATUS_TERMS = ("statusPurpose", "statusListIndex", "statusListCredential")

PINNED = {
    CREDENTIALS_V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    BLOCKCERTS_V3_2: ("blockcerts-v3.2.json", "fa5afe993720de6d030dc78cb8d33085e4e8a58704e26c8eefa536f4ab7b9731"),
    TERMS_V1: ("terms-v1.json", "4096f75252b7d52c4bfc2e2022a50283fdd1b2eca327e92c94f206e69e712009"),
}
_DIRECTORY = Path(__file__).parent / "contexts"


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


def _short_map() -> dict[str, Any]:
    """The terms our documents use, out of the published contexts: parsing them whole takes four times as long.

    ``tests/credentials/test_canonicalisation.py`` proves that both give the same statements for every document we sign.
    """
    published = definitions_of(CREDENTIALS_V2)
    credential = published["VerifiableCredential"]
    return {
        "bc": definitions_of(BLOCKCERTS_V3_2)["bc"],
        "BlockcertsCredential": definitions_of(BLOCKCERTS_V3_2)["BlockcertsCredential"],
        "VerifiableCredential": credential["@id"],
        **{term: published[term] for term in ("id", "type", "name")},
        **{
            term: credential["@context"][term]
            for term in ("credentialSubject", "credentialStatus", "issuer", "validFrom", "validUntil")
        },
        "BitstringStatusListEntry": published["BitstringStatusListEntry"]["@id"],
        **{term: published["BitstringStatusListEntry"]["@context"][term] for term in STATUS_TERMS},
        **{term: meaning for term, meaning in definitions_of(TERMS_V1).items() if term != "MerkleProof2019"},
    }


SHORT_MAP = _short_map()
