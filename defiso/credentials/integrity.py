"""Data Integrity proofs with the suite eddsa-rdfc-2022: what is hashed, how it is signed, how the proof is written.

Source: Data Integrity EdDSA Cryptosuites 1.0, 3.2. Which key may sign for whom is decided in ``services``.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from defiso.core.canonical import sha256
from defiso.credentials.canonicalisation import canonical_bytes
from defiso.credentials.document import is_did_address, is_second
from defiso.credentials.keys import base58_bytes, base58_text

_SECURITY = "https://w3id.org/security#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_PROOF = NamedNode(f"{_SECURITY}proof")
_DATA_INTEGRITY_PROOF = NamedNode(f"{_SECURITY}DataIntegrityProof")
_CREATED = NamedNode("http://purl.org/dc/terms/created")
_DATE_TIME = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
_CRYPTOSUITE = NamedNode(f"{_SECURITY}cryptosuite")
_SUITE = Literal("eddsa-rdfc-2022", datatype=NamedNode(f"{_SECURITY}cryptosuiteString"))
_PURPOSE = NamedNode(f"{_SECURITY}proofPurpose")
_ASSERTION = NamedNode(f"{_SECURITY}assertionMethod")
_METHOD = NamedNode(f"{_SECURITY}verificationMethod")
_VALUE = NamedNode(f"{_SECURITY}proofValue")
_MULTIBASE = NamedNode(f"{_SECURITY}multibase")
_DEFAULT = DefaultGraph()

_FIXED = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
_SIGNATURE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{64,90}")


def to_the_second(moment: datetime) -> str:
    """How a document writes a time: UTC, without fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unsigned_proof(*, created: str, verification_method: str) -> dict[str, Any]:
    """The proof options: ``created`` in UTC to the second, ``verification_method`` a DID URL."""
    return {**_FIXED, "created": created, "verificationMethod": verification_method}


def signed_proof(statements: list[Quad], proof: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The same proof with the signature of ``statements`` under these options."""
    return {**proof, "proofValue": base58_text(key.sign(hash_data(statements, proof)))}


def proof_holds(statements: list[Quad], proof: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Whether ``proof`` is this key's signature of ``statements``."""
    try:
        key.verify(base58_bytes(proof["proofValue"]), hash_data(statements, proof))
    except (InvalidSignature, ValueError):
        return False
    return True


def hash_data(statements: list[Quad], proof: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical proof options, then SHA-256 of the canonical document: 64 bytes (3.2.4)."""
    return _hash_of_options(proof["created"], proof["verificationMethod"]) + sha256(canonical_bytes(statements))


@lru_cache(maxsize=1024)
def _hash_of_options(created: str, verification_method: str) -> bytes:
    """The same for all that a key signs within a second, as in a bulk load."""
    options = {**unsigned_proof(created=created, verification_method=verification_method), "proofValue": None}
    return sha256(canonical_bytes(proof_statements(BlankNode(), options, _DEFAULT)))


def with_proof_statements(statements: list[Quad], document_id: str, proof: dict[str, Any]) -> list[Quad]:
    """The statements of the whole document: a proof is a graph of its own, named by a blank node."""
    graph = BlankNode()
    link = Quad(NamedNode(document_id), _PROOF, graph, _DEFAULT)
    return [*statements, link, *proof_statements(BlankNode(), proof, graph)]


def proof_statements(node: BlankNode, proof: dict[str, Any], graph: BlankNode | DefaultGraph) -> list[Quad]:
    statements = [
        Quad(node, _TYPE, _DATA_INTEGRITY_PROOF, graph),
        Quad(node, _CREATED, Literal(proof["created"], datatype=_DATE_TIME), graph),
        Quad(node, _CRYPTOSUITE, _SUITE, graph),
        Quad(node, _PURPOSE, _ASSERTION, graph),
        Quad(node, _METHOD, NamedNode(proof["verificationMethod"]), graph),
    ]
    if proof["proofValue"] is not None:
        statements.append(Quad(node, _VALUE, Literal(proof["proofValue"], datatype=_MULTIBASE), graph))
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
