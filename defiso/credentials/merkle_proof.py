"""MerkleProof2019: the path from a credential to the transaction that anchors it, in the coding Blockcerts reads.

Source: Merkle Proof Signature Suite 2019 (W3C CCG draft). Whether the transaction exists is the chain's to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import cbor2

from defiso.core.multikeys import base58_bytes, base58_text
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.integrity import to_the_second

Step = tuple[Literal["left", "right"], bytes]

# Codes of the published encoder. Networks of its chain ``eth`` are EIP-155 numbers, so every other chain fits in.
_ROOT, _TARGET, _ANCHORS, _PATH = 0, 1, 2, 3
_SIDES: dict[int, Literal["left", "right"]] = {0: "left", 1: "right"}
_SIDE_CODES = {"left": 0, "right": 1}
_CHAIN, _NETWORK, _TRANSACTION = 0, 1, 2
_ETHEREUM = 1


@dataclass(frozen=True)
class AnchorProof:
    """Everything that ties one credential to the chain. Hashes are 32 bytes; ``path`` is from the leaf to the root.

    ``sender`` is the address that signed the transaction, ``anchored_at`` when it was found final.
    """

    root: bytes
    target: bytes
    path: Sequence[Step]
    chain_id: int
    transaction: bytes
    sender: str
    anchored_at: datetime


@dataclass(frozen=True)
class DecodedProof:
    """What a ``proofValue`` says."""

    root: bytes
    target: bytes
    path: list[Step]
    chain_id: int
    transaction: bytes


def with_anchor_proof(document: dict[str, Any], proof: AnchorProof) -> dict[str, Any]:
    """The signed document with MerkleProof2019 after its Data Integrity proof, which the Merkle leaf covers."""
    merkle_proof = {
        "type": "MerkleProof2019",
        "created": to_the_second(proof.anchored_at),
        "proofPurpose": "assertionMethod",
        "proofValue": encode_proof_value(proof),
        "verificationMethod": f"{document['issuer']}#{proof.sender.lower()}",
    }
    return {**document, "proof": [document["proof"], merkle_proof]}


def encode_proof_value(proof: AnchorProof | DecodedProof) -> str:
    """Base58btc of CBOR pairs; hashes are CBOR within CBOR, as the published encoder writes them."""
    anchor = [[_CHAIN, _ETHEREUM], [_NETWORK, proof.chain_id], [_TRANSACTION, cbor2.dumps(proof.transaction)]]
    pairs = [
        [_PATH, [[_SIDE_CODES[side], cbor2.dumps(sibling)] for side, sibling in proof.path]],
        [_ROOT, cbor2.dumps(proof.root)],
        [_TARGET, cbor2.dumps(proof.target)],
        [_ANCHORS, [anchor]],
    ]
    return base58_text(cbor2.dumps(pairs))


def decode_proof_value(text: str) -> DecodedProof:
    """Raises MalformedCredentialError for anything but one anchor on a chain of the Ethereum family."""
    try:
        members = dict(cbor2.loads(base58_bytes(text)))
        (anchor,) = (dict(anchor) for anchor in members[_ANCHORS])
        if anchor[_CHAIN] != _ETHEREUM or type(anchor[_NETWORK]) is not int:
            raise ValueError("not an anchor of the Ethereum family")
        return DecodedProof(
            root=_hash_in(members[_ROOT]),
            target=_hash_in(members[_TARGET]),
            path=[(_SIDES[side], _hash_in(sibling)) for side, sibling in members[_PATH]],
            chain_id=anchor[_NETWORK],
            transaction=_hash_in(anchor[_TRANSACTION]),
        )
    except (ValueError, TypeError, LookupError, cbor2.CBORDecodeError, RecursionError) as error:
        raise MalformedCredentialError("The proof of anchoring cannot be read.") from error


def _hash_in(encoded: bytes) -> bytes:
    """The hash, which older encoders wrote as hexadecimal text."""
    decoded = cbor2.loads(encoded)
    found = bytes.fromhex(decoded.removeprefix("0x")) if isinstance(decoded, str) else decoded
    if not isinstance(found, bytes) or len(found) != 32:
        raise ValueError("not a hash of 32 bytes")
    return found
