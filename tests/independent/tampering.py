"""What the verifiers are to judge: each case is a document, and what an intruder serves in place of our answers."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.core.multikeys import ed25519_multikey
from defiso.credentials.canonicalisation import Statements
from defiso.credentials.integrity import signed_proof, unsigned_proof
from defiso.credentials.merkle_proof import DecodedProof, decode_proof_value, encode_proof_value
from defiso.credentials.status_entries import PURPOSES
from tests.independent.making import BODY, GENUINE, NEIGHBOUR, RESTORED, STRANGER, SUSPENDED, WITHDRAWN

NOT_ANCHORED = "one that is not anchored yet"

Document = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What the live copy answers, all of it public, and two transactions on its chain by somebody else's account."""

    origins: dict[str, str]
    documents: dict[str, Document]
    lists: dict[str, dict[str, Document]]
    statement: Document
    did_documents: dict[str, Document]
    foreign_anchor: bytes
    foreign_copy_of_our_anchor: bytes

    @property
    def genuine(self) -> Document:
        return copy.deepcopy(self.documents[GENUINE])

    def list_address(self, purpose: str) -> str:
        return f"{self.origins[BODY]}/status/{purpose}/1"


@dataclass(frozen=True)
class Case:
    document: Document
    served: dict[str, Document] | None = None

    def asked(self, name: str) -> dict[str, Any]:
        return {"name": name, "document": self.document, "served": self.served or {}}


Make = Callable[[World], Case]


def shown(number: str) -> Make:
    return lambda world: Case(copy.deepcopy(world.documents[number]))


def signed_alone(world: World) -> Case:
    """As it is shown before it is anchored."""
    return Case(world.genuine | {"proof": world.genuine["proof"][0]})


def changed(*path: str | int, to: Any) -> Make:
    """The genuine document with another value at this place."""

    def make(world: World) -> Case:
        document = world.genuine
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        assert place.get(path[-1]) != to
        place[path[-1]] = to
        return Case(document)

    return make


def without_status(world: World) -> Case:
    document = world.genuine
    del document["credentialStatus"]
    return Case(document)


def with_unknown_context(world: World) -> Case:
    document = world.genuine
    document["@context"].append("https://example.com/other-meanings")
    return Case(document)


def proof_of_the_neighbour(which: int) -> Make:
    def make(world: World) -> Case:
        document = world.genuine
        document["proof"][which]["proofValue"] = world.documents[NEIGHBOUR]["proof"][which]["proofValue"]
        return Case(document)

    return make


def signed_by_a_stranger(world: World) -> Case:
    """A true signature under the stranger's own DID, which names the key, of a document that names our body."""
    private = Ed25519PrivateKey.generate()
    multikey = ed25519_multikey(private.public_key())
    did = world.did_documents[STRANGER]["id"]
    method = {"id": f"{did}#{multikey}", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
    theirs = {**world.did_documents[STRANGER], "verificationMethod": [method], "assertionMethod": [method["id"]]}
    document = world.genuine
    options = unsigned_proof(created=document.pop("proof")[0]["created"], verification_method=method["id"])
    document["credentialSubject"]["scope"] = "Anything at all"
    document["proof"] = signed_proof(Statements(document).canonical(), options, private)
    return Case(document, {f"{world.origins[STRANGER]}/.well-known/did.json": theirs})


def anchored(change: Callable[[World, DecodedProof], DecodedProof]) -> Make:
    """The genuine document whose Merkle proof says something else."""

    def make(world: World) -> Case:
        document = world.genuine
        proof = document["proof"][1]
        told = decode_proof_value(proof["proofValue"])
        assert told.path, "alone in its batch"
        proof["proofValue"] = encode_proof_value(change(world, told))
        return Case(document)

    return make


def with_another_sibling(_world: World, proof: DecodedProof) -> DecodedProof:
    [(side, sibling), *rest] = proof.path
    return replace(proof, path=[(side, bytes([sibling[0] ^ 1]) + sibling[1:]), *rest])


def with_another_root(_world: World, proof: DecodedProof) -> DecodedProof:
    """The whole path given up: root and leaf agree, and the chain says otherwise."""
    return replace(proof, root=proof.target, path=[])


def with_another_transaction(world: World, proof: DecodedProof) -> DecodedProof:
    return replace(proof, transaction=world.foreign_anchor)


def with_a_transaction_of_another_account(world: World, proof: DecodedProof) -> DecodedProof:
    """The right root, recorded by somebody else."""
    return replace(proof, transaction=world.foreign_copy_of_our_anchor)


def with_no_such_transaction(_world: World, proof: DecodedProof) -> DecodedProof:
    return replace(proof, transaction=bytes(32))


def with_a_cleared_list(number: str, purpose: str) -> Make:
    """The list as signed, but with the bits of the body's other one, where this place is not set."""
    return lambda world: Case(shown(number)(world).document, {world.list_address(purpose): _other_bits(world, purpose)})


def with_the_list_of_a_stranger(world: World) -> Case:
    theirs = world.lists[STRANGER]["revocation"]
    return Case(shown(WITHDRAWN)(world).document, {world.list_address("revocation"): theirs})


def shown_list(purpose: str) -> Make:
    return lambda world: Case(world.lists[BODY][purpose])


def list_with_other_bits(world: World) -> Case:
    return Case(_other_bits(world, "revocation"))


def list_of_another_purpose(world: World) -> Case:
    document = copy.deepcopy(world.lists[BODY]["revocation"])
    document["credentialSubject"]["statusPurpose"] = "suspension"
    return Case(document)


def statement(world: World) -> Case:
    return Case(world.statement)


def statement_of_another_status(world: World) -> Case:
    document = copy.deepcopy(world.statement)
    document["credentialSubject"]["status"] = "withdrawn"
    return Case(document)


def _other_bits(world: World, purpose: str) -> Document:
    [other] = {*PURPOSES} - {purpose}
    document = copy.deepcopy(world.lists[BODY][purpose])
    document["credentialSubject"]["encodedList"] = world.lists[BODY][other]["credentialSubject"]["encodedList"]
    return document


class Forgery(NamedTuple):
    """``step`` is where Blockcerts' verifier must stop, ``reason`` is in what the Data Integrity one must say."""

    make: Make
    step: str
    reason: str = ""


def _forged(make: Make, reason: str = "Invalid signature.") -> Forgery:
    return Forgery(make, "checkDocumentSignature", reason)


def _ended(make: Make, reason: str) -> Forgery:
    return Forgery(make, "checkRevokedStatus", reason)


GENUINE_ONES: dict[str, Make] = {
    "a certificate": shown(GENUINE),
    "its neighbour in the batch": shown(NEIGHBOUR),
    "one that was suspended and is restored": shown(RESTORED),
    NOT_ANCHORED: signed_alone,
}
FORGED: dict[str, Forgery] = {
    "another scope": _forged(changed("credentialSubject", "scope", to="Anything at all")),
    "another day of expiry": _forged(changed("validUntil", to="2099-01-01T00:00:00Z")),
    "another place in the list": _forged(changed("credentialStatus", 0, "statusListIndex", to="1")),
    "no status to look up": _forged(without_status),
    "a word that nobody signed": _forged(changed("credentialSubject", "note", to="Best of all"), "Safe mode"),
    "a context of somebody's own": _forged(with_unknown_context, "https://example.com/other-meanings"),
    "the signature of another": _forged(proof_of_the_neighbour(0)),
    "a signature dated otherwise": _forged(changed("proof", 0, "created", to="2020-01-01T00:00:00Z")),
    "a stranger's signature": Forgery(signed_by_a_stranger, "retrieveVerificationMethodPublicKey", "issuer must match"),
    "suspended": _ended(shown(SUSPENDED), "suspension"),
    "withdrawn": _ended(shown(WITHDRAWN), "revocation"),
    "suspended, and the list changed": _ended(with_a_cleared_list(SUSPENDED, "suspension"), "not verified"),
    "withdrawn, and the list changed": _ended(with_a_cleared_list(WITHDRAWN, "revocation"), "not verified"),
}
# What only a verifier of anchors can see.
FALSELY_ANCHORED: dict[str, Forgery] = {
    "the proof of another": Forgery(proof_of_the_neighbour(1), "compareHashes"),
    "another sibling": Forgery(anchored(with_another_sibling), "checkReceipt"),
    "another root": Forgery(anchored(with_another_root), "checkMerkleRoot"),
    "a transaction of another root": Forgery(anchored(with_another_transaction), "checkMerkleRoot"),
    "the root recorded by a stranger": Forgery(anchored(with_a_transaction_of_another_account), "checkAuthenticity"),
    "no such transaction": Forgery(anchored(with_no_such_transaction), "fetchRemoteHash"),
}
# What Blockcerts' verifier does not look at: a list by itself, whose list it is, and how a certificate stood on a day.
GENUINE_OTHERS: dict[str, Make] = {purpose: shown_list(purpose) for purpose in PURPOSES} | {"a statement": statement}
FORGED_OTHERS: dict[str, tuple[Make, str]] = {
    "a list of other bits": (list_with_other_bits, "Invalid signature."),
    "a list of another purpose": (list_of_another_purpose, "Invalid signature."),
    "a statement of another status": (statement_of_another_status, "Invalid signature."),
    "withdrawn, and a stranger's list": (with_the_list_of_a_stranger, "Issuers"),
}
