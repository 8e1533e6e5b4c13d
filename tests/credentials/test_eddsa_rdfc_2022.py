"""Signatures agree with the test vectors of Data Integrity EdDSA Cryptosuites 1.0, B.1."""

from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.core.canonical import sha256
from defiso.core.multikeys import ed25519_key, ed25519_multikey
from defiso.credentials.canonicalisation import canonical_under
from defiso.credentials.contexts import CREDENTIALS_V2, definitions_of
from defiso.credentials.integrity import hash_data, proof_holds, signed_proof, unsigned_proof

PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
METHOD = f"did:key:{PUBLIC}#{PUBLIC}"
CREATED = "2023-02-24T23:36:38Z"
PROOF_VALUE = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
OPTIONS_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
ALUMNI_CREDENTIAL: dict[str, Any] = {
    "@context": [definitions_of(CREDENTIALS_V2), {"@vocab": "https://www.w3.org/ns/credentials/examples#"}],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}


def private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base58.b58decode(PRIVATE[1:])[2:])


def canonical() -> bytes:
    return canonical_under(ALUMNI_CREDENTIAL["@context"], ALUMNI_CREDENTIAL)


def test_the_published_credential_has_the_published_hashes():
    options = unsigned_proof(created=CREATED, verification_method=METHOD)

    assert sha256(canonical()).hex() == DOCUMENT_HASH
    assert hash_data(canonical(), options).hex() == OPTIONS_HASH + DOCUMENT_HASH


def test_the_published_key_gives_the_published_signature():
    proof = signed_proof(canonical(), unsigned_proof(created=CREATED, verification_method=METHOD), private_key())

    assert proof["proofValue"] == PROOF_VALUE
    assert ed25519_multikey(private_key().public_key()) == PUBLIC
    assert proof_holds(canonical(), proof, ed25519_key(PUBLIC))


def test_a_second_published_signature_holds_over_its_published_hash():
    """B.1, the employment document: its hash and signature, without its contexts, which are not bundled here."""
    document_hash = "03f59e5b04ab575b1172cb684f22eede72f0e9033e0b5c67d0e2506768d6ce11"
    signature = base58.b58decode(
        "euuS9pi2ZR8Q41bFFJKS9weSWkwa7pRcxHTHzxjDEHtVSZp3D9Rm3JdzT82EQpmXMb9wvfFJLuDPeSXZaRX1q1c"
    )

    assert private_key().sign(bytes.fromhex(OPTIONS_HASH + document_hash)) == signature


def test_a_signature_does_not_hold_once_a_statement_or_an_option_changed():
    proof = signed_proof(canonical(), unsigned_proof(created=CREATED, verification_method=METHOD), private_key())
    public = ed25519_key(PUBLIC)

    assert not proof_holds(canonical()[1:], proof, public)
    assert not proof_holds(canonical(), {**proof, "created": "2023-02-24T23:36:39Z"}, public)
    assert not proof_holds(canonical(), {**proof, "verificationMethod": f"did:key:{PUBLIC}#another"}, public)
    assert not proof_holds(canonical(), {**proof, "proofValue": "z" + "2" * 80}, public)
