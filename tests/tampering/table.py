"""Every way in which a proof pack is tampered with in tests, and what has to be made of it: by ``verify.py`` and by the
script of the page that checks. What the register makes of the same in its rows is in ``rows``; ``document`` is of both.

The manifest is signed again after each change, as only the body itself could, so that the step that is meant to notice
has to.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from defiso.core.canonical import canonical_json

Files = dict[str, bytes]
Change = Callable[[Files], None]


class Tamper(NamedTuple):
    """``code`` is what ``verify.py`` exits with; ``step`` the file it names, ``finding`` what it says there."""

    name: str
    change: Change
    step: str
    code: int = 1

    @property
    def finding(self) -> str:
        return "FAIL" if self.code == 1 else "UNKNOWN"


class Moment(NamedTuple):
    """A pack of one moment (``world``) into which somebody puts parts of others; ``change`` is given all packs."""

    name: str
    moment: str
    change: Callable[[Files, dict[str, Files]], None]
    step: str
    code: int = 1

    @property
    def finding(self) -> str:
        return "FAIL" if self.code == 1 else "UNKNOWN"


class Answer(NamedTuple):
    """What a node of the chain says instead of the truth: by method some members of the result, or all of it."""

    name: str
    lies: dict[str, Any]
    code: int = 1


def put(name: str, *way: str | int, to: Any) -> Change:
    """Another value at a place of a file; ``to`` may be made from the old one."""

    def change(files: Files) -> None:
        document = json.loads(files[name])
        at = document
        for part in way[:-1]:
            at = at[part]
        at[way[-1]] = to(at[way[-1]]) if callable(to) else to
        files[name] = canonical_json(document)

    return change


def drop(name: str, *way: str | int) -> Change:
    def change(files: Files) -> None:
        document = json.loads(files[name])
        at = document
        for part in way[:-1]:
            at = at[part]
        del at[way[-1]]
        files[name] = canonical_json(document)

    return change


def text(name: str, old: str, new: str) -> Change:
    def change(files: Files) -> None:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return change


def other(value: Any) -> Any:
    """Another one of the same form: a letter or digit changed in the middle, a number one more."""
    if isinstance(value, int):
        return value + 1
    at = len(value) // 2
    return value[:at] + ("2" if value[at] != "2" else "3") + value[at + 1 :]


def line(name: str, number: int) -> Change:
    """Another character in the middle of a line of text."""

    def change(files: Files) -> None:
        lines = files[name].decode().split("\n")
        lines[number] = other(lines[number])
        files[name] = "\n".join(lines).encode()

    return change


def unsigned(name: str, number: int) -> Change:
    """Without the line of a signature."""

    def change(files: Files) -> None:
        lines = files[name].decode().split("\n")
        del lines[number]
        files[name] = "\n".join(lines).encode()

    return change


def taken(moment: str, *names: str) -> Callable[[Files, dict[str, Files]], None]:
    """These files as another pack has them."""

    def change(files: Files, packs: dict[str, Files]) -> None:
        for name in names:
            assert files[name] != packs[moment][name]
            files[name] = packs[moment][name]

    return change


def alone(change: Change) -> Callable[[Files, dict[str, Files]], None]:
    return lambda files, _packs: change(files)


def hide_the_suspension(files: Files, packs: dict[str, Files]) -> None:
    """The state, the checkpoint and its anchor as they were before, all of them genuine, in a pack of afterwards."""
    before = packs["first"]
    taken("first", STATE, NEWEST)(files, packs)
    put(BATCH, "checkpoint", to=json.loads(before[BATCH])["checkpoint"])(files)


def pretend_it_is_on_its_way(files: Files, packs: dict[str, Files]) -> None:
    """An older state, said not to be in the log yet, with the proof that the map has the newer one."""
    proof = json.loads(files[STATE])["map_proof"]
    taken("first", STATE)(files, packs)
    for name, value in {"map_proof": proof, "position": None, "entry": None, "path": None}.items():
        put(STATE, name, to=value)(files)


def put_another_transaction_in_place(files: Files, packs: dict[str, Files]) -> None:
    """A true transaction of our account, of another batch."""
    put(CHAIN, "transactions", 0, "raw", to=json.loads(files[CHAIN])["transactions"][1]["raw"])(files)


CREDENTIAL, STATE, KEYS, DID = "credential.json", "state.json", "key.json", "did.json"
PROOF, BATCH, CHAIN = "proof.json", "batch.json", "transaction.json"
NEWEST, PLATFORM = "checkpoint.txt", "platform-checkpoint.txt"
SUBJECT = "credentialSubject"

TAMPERS = [
    Tamper("the number is another", put(CREDENTIAL, SUBJECT, "number", to=other), CREDENTIAL),
    Tamper("the organisation is another", put(CREDENTIAL, SUBJECT, "organisation", "legalName", to="X"), CREDENTIAL),
    Tamper("the scope is wider", put(CREDENTIAL, SUBJECT, "scope", to=lambda old: old + " and more"), CREDENTIAL),
    Tamper("the expiry is later", put(CREDENTIAL, SUBJECT, "expiryDate", to="2099-01-01"), CREDENTIAL),
    Tamper("the standard is another", put(CREDENTIAL, SUBJECT, "standard", "code", to="27001"), CREDENTIAL),
    Tamper("the issuer is another", put(CREDENTIAL, "issuer", to="did:web:evil.example"), CREDENTIAL),
    Tamper("a part is added", put(CREDENTIAL, "termsOfUse", to="none"), CREDENTIAL),
    Tamper("a part is taken away", drop(CREDENTIAL, SUBJECT, "scope"), CREDENTIAL),
    Tamper("a word without a meaning is added", put(CREDENTIAL, SUBJECT, "grade", to="best"), CREDENTIAL),
    Tamper("another context is named", put(CREDENTIAL, "@context", 2, to="https://evil.example/v1"), CREDENTIAL),
    Tamper(
        "its status is listed elsewhere", put(CREDENTIAL, "credentialStatus", 0, "statusListIndex", to="7"), CREDENTIAL
    ),
    Tamper("its signature is another", put(CREDENTIAL, "proof", 0, "proofValue", to=other), CREDENTIAL),
    Tamper(
        "the time of its signature is another",
        put(CREDENTIAL, "proof", 0, "created", to="2020-01-01T00:00:00Z"),
        CREDENTIAL,
    ),
    Tamper(
        "its signature is said to be of another key",
        put(CREDENTIAL, "proof", 0, "verificationMethod", to=other),
        CREDENTIAL,
    ),
    Tamper(
        "its signature is said to be of another kind", put(CREDENTIAL, "proof", 0, "cryptosuite", to="none"), CREDENTIAL
    ),
    Tamper("an address breaks out of its brackets", put(CREDENTIAL, "id", to=lambda old: old + "> <urn:x"), CREDENTIAL),
    Tamper("a member stands twice", text(CREDENTIAL, '"@context"', '"id": "x", "@context"'), CREDENTIAL),
    Tamper("a statement is another", text("credential.nq", "_:c14n0", "_:c14n1"), "credential.nq"),
    Tamper("the body's key is another", put(DID, "verificationMethod", 0, "publicKeyMultibase", to=other), DID),
    Tamper("the body's key is not for certificates", put(DID, "assertionMethod", to=[]), DID),
    Tamper("the document is another body's", put(DID, "id", to="did:web:evil.example"), NEWEST),
    Tamper("the body's key has no endorsement of its own", put(KEYS, "keys", 0, "endorsement", to=other), KEYS),
    Tamper("the body's key is said to be another's", put(KEYS, "keys", 0, "statement", "tenant", to="globex"), KEYS),
    Tamper("the body's key is older than it was", put(KEYS, "keys", 0, "statement", "created_at", to="2001"), KEYS),
    Tamper(
        "the body's key is retired", put(KEYS, "keys", 0, "statement", "retired_at", to="2001-01-01T00:00:00Z"), KEYS
    ),
    Tamper("the platform's key is another", put(KEYS, "platform_key", to=other), KEYS),
    Tamper("the platform's log is another", line(PLATFORM, 0), PLATFORM),
    Tamper("the body's log is another", line(NEWEST, 0), NEWEST),
    Tamper(
        "the platform's map has another value of the key",
        put(KEYS, "keys", 0, "map_proof", "entries", 0, 1, to=other),
        KEYS,
    ),
    Tamper("the platform's map does not have the key", put(KEYS, "keys", 0, "map_proof", "entries", to=[]), KEYS),
    Tamper("the status is another", put(STATE, "statement", "status", to="withdrawn"), STATE),
    Tamper("the status is of another day", put(STATE, "statement", "since", to="2020-01-01T00:00:00Z"), STATE),
    Tamper("the version is another", put(STATE, "statement", "version", to=other), STATE),
    Tamper("the expiry of the status is another", put(STATE, "statement", "expires", to="2099-01-01"), STATE),
    Tamper("the status is of another credential", put(STATE, "statement", "digest", to=other), STATE),
    Tamper("the state before is another", put(STATE, "statement", "previous", to="ab" * 32), STATE),
    Tamper("the seal of the status is another", put(STATE, "seal", to=other), STATE),
    Tamper("the entry of the log is another", put(STATE, "entry", to=other), STATE),
    Tamper("the entry is at another place", put(STATE, "position", to=0), STATE),
    Tamper("the entry is past the end", put(STATE, "position", to=10**9), STATE),
    Tamper("the entry does not lead to the root", put(STATE, "path", 0, to=other), STATE),
    Tamper("the way from the entry is cut short", put(STATE, "path", to=[]), STATE),
    Tamper("the map has another state", put(STATE, "map_proof", "entries", 0, 1, to=other), STATE),
    Tamper("the map does not have the certificate", put(STATE, "map_proof", "entries", to=[]), STATE),
    Tamper("the event is not in the log", put(STATE, "position", to=None), STATE, 2),
    Tamper("the log is longer than it was", line(NEWEST, 1), NEWEST),
    Tamper("the root of the log is another", line(NEWEST, 2), NEWEST),
    Tamper("the root of the map is another", line(NEWEST, 3), NEWEST),
    Tamper("the body's signature of the checkpoint is another", line(NEWEST, 5), NEWEST),
    Tamper("the platform's signature of the checkpoint is another", line(NEWEST, 6), NEWEST),
    Tamper("the body did not sign the checkpoint", unsigned(NEWEST, 5), NEWEST),
    Tamper("the platform did not sign the checkpoint", unsigned(NEWEST, 6), NEWEST),
    Tamper("the platform's log has another root", line(PLATFORM, 2), PLATFORM),
    Tamper("the platform's signature of its own log is another", line(PLATFORM, 5), PLATFORM),
    Tamper("the root of the batch is another", put(PROOF, "root", to=other), PROOF),
    Tamper("the way to the batch is another", put(PROOF, "path", to=[{"left": "00" * 32}]), PROOF),
    Tamper("a side of the way is no side", put(PROOF, "path", to=[{"up": "00" * 32}]), PROOF),
    Tamper("the account is another", put(PROOF, "sender", to="0x" + "ab" * 20), PROOF),
    Tamper("the chain is another", put(PROOF, "chain_id", to=other), PROOF),
    Tamper("the transaction is another", put(PROOF, "tx_hash", to=other), PROOF),
    Tamper("the other proof in the credential is another", put(CREDENTIAL, "proof", 1, "proofValue", to=other), PROOF),
    Tamper("the root of the transaction is another", put(CHAIN, "transactions", 0, "root", to=other), PROOF),
    Tamper("the account of the transaction is another", put(CHAIN, "transactions", 0, "sender", to=other), PROOF),
    Tamper("there is no transaction", put(CHAIN, "transactions", to=[]), PROOF),
    Tamper("the signed transaction is nonsense", put(CHAIN, "transactions", 0, "raw", to="0x02c0"), CHAIN),
    Tamper("a digit of the signed transaction is another", put(CHAIN, "transactions", 0, "raw", to=other), CHAIN),
    Tamper("the signed transaction has another hash", put(CHAIN, "transactions", 0, "tx_hash", to=other), CHAIN),
    Tamper("the signed transaction is of another chain", put(CHAIN, "transactions", 0, "chain_id", to=other), CHAIN),
    Tamper("the account's key is another", put(DID, "verificationMethod", 1, "publicKeyMultibase", to=other), CHAIN),
    Tamper("the account is not in the DID document", put(DID, "verificationMethod", to=lambda old: old[:1]), CHAIN),
    Tamper(
        "the header of the block is another",
        put(CHAIN, "transactions", 0, "header", "stateRoot", to="0x" + "ab" * 32),
        CHAIN,
    ),
    Tamper("the block is of another time", put(CHAIN, "transactions", 0, "header", "timestamp", to="0x1"), CHAIN),
    Tamper("the block has another hash", put(CHAIN, "transactions", 0, "block", "hash", to="0x" + "ab" * 32), CHAIN),
    Tamper("the block has another number", put(CHAIN, "transactions", 0, "block", "number", to=other), CHAIN),
    Tamper("the proof is of another block", put(PROOF, "block", to=other), PROOF),
    Tamper("the proof is of another day", put(PROOF, "confirmed_at", to="2001-01-01T00:00:00.000Z"), PROOF),
    Tamper("the proof is of another number", put(PROOF, "number", to="FM-99"), PROOF),
    Tamper("the proof is of another revision", put(PROOF, "revision", to=other), PROOF),
    Tamper(
        "the other proof in the credential is of another day",
        put(CREDENTIAL, "proof", 1, "created", to="2001-01-01T00:00:00Z"),
        PROOF,
    ),
    Tamper(
        "the other proof in the credential is another account's",
        put(CREDENTIAL, "proof", 1, "verificationMethod", to=lambda old: old[:-40] + "ab" * 20),
        PROOF,
    ),
    Tamper("the other proof in the credential says more", put(CREDENTIAL, "proof", 1, "note", to="x"), PROOF),
    Tamper("the platform's map does not have the checkpoint", put(KEYS, "checkpoint_proof", "entries", to=[]), NEWEST),
    Tamper("the chain of batches is another's", put(BATCH, "chain", 0, "batch", to="another"), BATCH),
    Tamper("the anchored checkpoint leads elsewhere", put(BATCH, "checkpoint", "root", to=other), BATCH),
    Tamper("the way of the checkpoint is another", put(BATCH, "checkpoint", "path", to=[{"left": "00" * 32}]), BATCH),
    Tamper("the platform's checkpoint leads elsewhere", put(BATCH, "platform-checkpoint", "root", to=other), BATCH),
    Tamper("a batch has another root", put(BATCH, "chain", 0, "root", to="ab"), BATCH),
    Tamper("it is not on the blockchain", put(PROOF, "anchored", to=False), PROOF, 2),
    Tamper("no checkpoint is on the blockchain", put(BATCH, "checkpoint", to=None), BATCH, 2),
]

ONE_MORE = taken("neighbour", CREDENTIAL, "credential.nq", PROOF)
MOMENTS = [
    Moment("a suspension is hidden by what was true before it", "suspended", hide_the_suspension, NEWEST),
    Moment("the state before the suspension is put back", "suspended", taken("first", STATE), STATE),
    Moment("the state before is said to be on its way", "suspended", pretend_it_is_on_its_way, STATE),
    Moment("the checkpoint before the suspension is put back", "suspended", taken("first", NEWEST), NEWEST),
    Moment("the platform's checkpoint is an older one", "whole", taken("first", PLATFORM), KEYS),
    Moment("the credential is its neighbour's", "whole", ONE_MORE, STATE),
    Moment("the state is its neighbour's", "whole", taken("neighbour", STATE), STATE),
    Moment("the way to the batch is its neighbour's", "whole", taken("neighbour", PROOF), PROOF),
    Moment("the credential is another body's", "whole", taken("other body", CREDENTIAL), CREDENTIAL),
    Moment("the keys are another body's", "whole", taken("other body", KEYS), "manifest.json"),
    Moment("the DID document is another body's", "whole", taken("other body", DID), DID),
    Moment("the checkpoint is another body's", "whole", taken("other body", NEWEST), NEWEST),
    Moment("the transaction is of another batch", "whole", put_another_transaction_in_place, CHAIN),
    Moment("the chain of batches is cut short", "whole", alone(put(BATCH, "chain", to=lambda old: old[:1])), BATCH),
    Moment(
        "a batch is taken out of the chain",
        "whole",
        alone(put(BATCH, "chain", to=lambda old: old[:1] + old[2:])),
        BATCH,
    ),
    Moment(
        "a batch goes on from another",
        "whole",
        alone(put(BATCH, "chain", 0, "previous_root", to="ab" * 32)),
        BATCH,
    ),
    Moment("a batch does not say how it goes on", "whole", alone(drop(BATCH, "chain", 0, "path")), BATCH),
    Moment(
        "the newest checkpoint does not go on from the anchored",
        "waiting",
        alone(put("consistency.json", "path", to=[])),
        BATCH,
    ),
    Moment("a change is on its way into the log", "on its way", lambda _files, _packs: None, STATE, 2),
]

BY_HASH, RECEIPT, BLOCK = "eth_getTransactionByHash", "eth_getTransactionReceipt", "eth_getBlockByNumber"
CHAIN_ID, HEAD = "eth_chainId", "eth_blockNumber"
ANOTHER = "0x" + "ab" * 32
ANSWERS = [
    Answer("the transaction has another root", {BY_HASH: {"input": ANOTHER}}),
    Answer("the transaction is another account's", {BY_HASH: {"from": "0x" + "ab" * 20}}),
    Answer("the transaction is to another account", {BY_HASH: {"to": "0x" + "ab" * 20}}),
    Answer("the transaction is another", {BY_HASH: {"hash": ANOTHER}}),
    Answer("the transaction failed", {RECEIPT: {"status": "0x0"}}),
    Answer("the receipt is of another transaction", {RECEIPT: {"transactionHash": ANOTHER}}),
    Answer("another block is there, and no such transaction", {BY_HASH: None, BLOCK: {"hash": ANOTHER}}),
    Answer("the block has no such transaction", {BY_HASH: None, BLOCK: {"transactions": []}}),
    Answer("there is no such transaction, though its block has it", {BY_HASH: None}, 2),
    Answer("there is no such transaction, nor its block yet", {BY_HASH: None, BLOCK: None, HEAD: "0x0"}, 2),
    Answer("there is no such transaction, nor a block so high", {BY_HASH: None, HEAD: "0x0"}, 2),
    Answer("the transaction is in no block yet", {RECEIPT: None}, 2),
    Answer("the transaction is in another block", {RECEIPT: {"blockHash": ANOTHER}}, 2),
    Answer("the transaction is in a block of another number", {RECEIPT: {"blockNumber": "0x63"}}, 2),
    Answer("another block has taken the place of the transaction's", {BLOCK: {"hash": ANOTHER}}, 2),
    Answer("the block is not deep enough", {HEAD: "0x0"}, 2),
    Answer("the node is of another chain", {CHAIN_ID: "0x539"}, 2),
    Answer("the node says nothing that is a number", {HEAD: "many"}, 2),
    Answer("the node says nothing that is a transaction", {BY_HASH: "yes"}, 2),
    Answer("the node says nothing that is a receipt", {RECEIPT: []}, 2),
]
