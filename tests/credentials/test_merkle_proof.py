"""MerkleProof2019 is written as the published encoder writes it, and nothing malformed is read."""

import contextlib
from datetime import UTC, datetime

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defiso.core.merkle import path_of, root_from, root_of
from defiso.core.multikeys import base58_bytes, base58_text
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.merkle_proof import AnchorProof, decode_proof_value, encode_proof_value, with_anchor_proof

# Samples of the Blockcerts project: the test vector of its encoder (lds-merkle-proof-2019), anchored in Bitcoin, and a
# credential anchored on Sepolia (jsonld-signatures-merkleproof2019), from an encoder that wrote hashes as text.
PUBLISHED_VECTOR = (
    "z6nGv6rMRybRe9CuMzbQbdu7sA858v1d13JU3hoAr1x93cheinB35kDXqCvaA93WTLWGtLZMdQSvvNCxEMZPhLvDa4CbUYkm4pCwBe7kCZAsuwHZ"
    "wHxgyzCbRUWFbMXHhkVSHoPYmPzfi4arfHKMgKSurZ7oqe3GHRdi78TbHGvA65edK8JBEdTUt8SpCdc7wz5qiwj3THtcNAXfgK4LmCAu4fq8CnjL"
    "cMtGoEdfXfjy3turtaTapyM3katuYKAzbJF3FiE8i8NXBsiBnEbvKk7k"
)
PUBLISHED_ON_SEPOLIA = (
    "znKD4YGVqA8texv1PrVrhripRpmtid9LqxNj8TRUKHD5dXobGcBnZcHJMY3oguH9T8YcT9MuqnzQxYYRcReoxc9vm5PhucNBqdFYwZuwNEeFTn9GoJ"
    "LPqAwQSw2J2atnCuEFAqwMXstnLkSNQrEwpBAGshkH1eMhqSYh4Ut3gVHq85eSKuu2YFHeCHAXN6QW7qfAiiiS4VLSE9E9PPUDdbp3MrDSb52gent"
    "ZHJiHJHpKggxKs8GYYkqFQmr7rJ8HqVzLmwRRMAYA7TsVopawvFGtXTsbWXg6BK9jCFEPYvD3vNBvW5bVpEGvJgH"
)
BITCOIN_TESTNET, ETHEREUM_3 = cbor2.dumps([[0, 0], [1, 3]])[1:], cbor2.dumps([[0, 1], [1, 3]])[1:]
SEPOLIA = 11155111
hashes = st.binary(min_size=32, max_size=32)


def anchor_proof(**changes: object) -> AnchorProof:
    members: dict[str, object] = {
        "root": bytes(32),
        "target": bytes(32),
        "path": [],
        "chain_id": 31337,
        "transaction": b"\xaa" * 32,
        "sender": "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "anchored_at": datetime(2026, 11, 23, 9, 14, tzinfo=UTC),
    }
    return AnchorProof(**{**members, **changes})  # type: ignore[arg-type]


def test_the_published_vector_is_written_as_published_but_for_its_chain():
    vector = base58_bytes(PUBLISHED_VECTOR)
    on_ethereum = base58_text(vector.replace(BITCOIN_TESTNET, ETHEREUM_3))

    proof = decode_proof_value(on_ethereum)

    assert proof.root.hex() == "3c9ee831b8705f2fbe09f8b3a92247eed88cdc90418c024924be668fdc92e781"
    assert proof.target.hex() == "c65c6184e3d5a945ddb5437e93ea312411fd33aa1def22b0746d6ecd4aa30f20"
    assert [side for side, _sibling in proof.path] == ["right", "right"]
    assert encode_proof_value(proof) == on_ethereum


def test_hashes_written_as_text_by_older_encoders_are_read():
    proof = decode_proof_value(PUBLISHED_ON_SEPOLIA)

    assert proof.chain_id == SEPOLIA
    assert proof.root == proof.target
    assert proof.transaction.hex() == "1f615470024000c3ab532ed74c5a60b8f6c2feb6489a67be20f103831996f9ab"


@given(st.lists(hashes, min_size=1, max_size=20, unique=True), st.integers(1, 2**53), st.data())
def test_any_proof_survives_being_written_and_read(leaves: list[bytes], chain_id: int, data: st.DataObject):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = anchor_proof(root=root_of(leaves), target=leaves[index], path=path_of(leaves, index), chain_id=chain_id)

    decoded = decode_proof_value(encode_proof_value(proof))

    assert (decoded.root, decoded.target, decoded.chain_id) == (proof.root, proof.target, chain_id)
    assert root_from(decoded.target, decoded.path) == decoded.root
    assert decoded.transaction == proof.transaction


def test_the_merkle_proof_comes_after_the_proof_it_covers():
    document = {"issuer": "did:web:acme.localhost%3A8000", "proof": {"type": "DataIntegrityProof"}}

    anchored = with_anchor_proof(document, anchor_proof())

    first, second = anchored["proof"]
    assert first == document["proof"]
    assert second["type"] == "MerkleProof2019"
    assert second["created"] == "2026-11-23T09:14:00Z"
    assert second["verificationMethod"] == ("did:web:acme.localhost%3A8000#0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")
    assert document["proof"] == {"type": "DataIntegrityProof"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "x123",
        "z0OIl",
        "z" + "2" * 30_000,
        PUBLISHED_VECTOR,
        PUBLISHED_ON_SEPOLIA[:-4],
        base58_text(cbor2.dumps(1)),
        base58_text(cbor2.dumps([[0, 1], [1, 2], [2, []], [3, []]])),
        base58_text(b"\x81" * 5000),
        base58_text(base58_bytes(PUBLISHED_ON_SEPOLIA).replace(cbor2.dumps(SEPOLIA), cbor2.dumps("name"))),
    ],
)
def test_anything_else_is_refused_as_malformed(text: str):
    with pytest.raises(MalformedCredentialError):
        decode_proof_value(text)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_in_another_way(data: bytes):
    with contextlib.suppress(MalformedCredentialError):
        decode_proof_value(base58_text(data))
