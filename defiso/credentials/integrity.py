"""Data Integrity proofs with the suite eddsa-rdfc-2022: what is hashed, how it is signed, how the proof is written.

Source: Data Integrity EdDSA Cryptosuites 1.0, 3.2. Which key may sign for whom is decided in ``services``.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from defiso.core.canonical import sha256
from defiso.core.multikeys import base58_bytes, base58_text
from defiso.credentials.document import is_did_address, is_second

_SECURITY = "https://w3id.org/security#"
_FIXED = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
_SIGNATURE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{64,90}")


def to_the_second(moment: datetime) -> str:
    """How a document writes a time: UTC, without fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unsigned_proof(*, created: str, verification_method: str) -> dict[str, Any]:
    """The proof options: ``created`` in UTC to the second, ``verification_method`` a DID URL."""
    return {**_FIXED, "created": created, "verificationMethod": verification_method}


def signed_proof(canonical: bytes, proof: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The same proof with the signature of the canonical document under these options."""
    return {**proof, "proofValue": base58_text(key.sign(hash_data(canonical, proof)))}


def proof_holds(canonical: bytes, proof: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether ``proof`` is this key's signature of the canonical document."""
    try:
        key.verify(base58_bytes(proof["proofValue"]), hash_data(canonical, proof))
    except (InvalidSignature, ValueError):
        return False
    return True


def hash_data(canonical: bytes, proof: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical proof options, then SHA-256 of the canonical document: 64 bytes (3.2.4)."""
    return _hash_of_options(proof["created"], proof["verificationMethod"]) + sha256(canonical)


@lru_cache(maxsize=1024)
def _hash_of_options(created: str, verification_method: str) -> bytes:
    """The same for all that a key signs within a second, as in a bulk load."""
    options = proof_statements(unsigned_proof(created=created, verification_method=verification_method))
    return sha256("".join(sorted(f"_:c14n0{one} .\n" for one in options)).encode())


def proof_statements(proof: dict[str, Any]) -> list[str]:
    """What a well-formed proof says, as ``" predicate object"`` of canonical N-Quads."""
    statements = [
        f" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{_SECURITY}DataIntegrityProof>",
        f' <http://purl.org/dc/terms/created> "{proof["created"]}"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
        f' <{_SECURITY}cryptosuite> "{proof["cryptosuite"]}"^^<{_SECURITY}cryptosuiteString>',
        f" <{_SECURITY}proofPurpose> <{_SECURITY}{proof['proofPurpose']}>",
        f" <{_SECURITY}verificationMethod> <{proof['verificationMethod']}>",
    ]
    if "proofValue" in proof:
        statements.append(f' <{_SECURITY}proofValue> "{proof["proofValue"]}"^^<{_SECURITY}multibase>')
    return statements


def is_proof_of_ours(proof: object) -> bool:
    """Whether ``proof`` has exactly the members of a signed proof, each well formed."""
    return (
        isinstance(proof, dict)
        and proof.keys() == {*_FIXED, "created", "verificationMethod", "proofValue"}
        and all(proof[key] == value for key, value in _FIXED.items())
        and is_second(proof["created"])
        and is_did_address(proof["verificationMethod"])
        and isinstance(proof["proofValue"], str)
        and bool(_SIGNATURE.fullmatch(proof["proofValue"]))
    )
