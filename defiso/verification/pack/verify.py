"""Checks a proof pack: python verify.py FOLDER|ZIP|JSON [--rpc URL]… [--platform-key z6Mk…] [--account 0x…]

Or the proof that a number was never issued: python verify.py never-issued.json. Needs Python 3.9 or newer and the
package ``cryptography``. Goes to the network only with --rpc. Prints a line a step; exits 0 if the certificate is
genuine (the number never issued), 1 if it is not, 2 if that could not be checked. Nothing of the registry's other
software is used, so that whoever reads this file has read all that the answer rests on.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALWAYS = {
    "credential.json",
    "credential.nq",
    "proof.json",
    "did.json",
    "key.json",
    "state.json",
    "batch.json",
    "transaction.json",
    "README.txt",
    "verify.py",
}
NOTES = ("checkpoint.txt", "anchored-checkpoint.txt", "consistency.json")  # what a young or a quiet log lacks
SOMETIMES = {prefix + name for prefix in ("", "platform-") for name in NOTES}
MANIFEST = "manifest.json"
NEVER_ISSUED = "never-issued.json"
MOST_OCTETS = 2_000_000  # of one file
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, struct.error)

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/blockcerts/v3.2", "https://defiso.com/terms/v1"]
LATER = "https://defiso.com/terms/v2"  # named by a credential that uses one of its words
TYPES = ["VerifiableCredential", "BlockcertsCredential", "ManagementSystemCertificate"]
MEMBERS = {"@context", "type", "id", "issuer", "name", "validFrom", "credentialStatus", "credentialSubject", "proof"}
PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
XSD = "http://www.w3.org/2001/XMLSchema#"
SECURITY = "https://w3id.org/security#"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
VC, STATUS, OURS = (
    "https://www.w3.org/2018/credentials#",
    "https://www.w3.org/ns/credentials/status#",
    CONTEXTS[2] + "#",
)

# What the words of a credential mean under its contexts: an address, and of some the type of their values.
WORDS_OF_VC = "credentialSubject credentialStatus issuer validFrom validUntil VerifiableCredential"
WORDS_OF_STATUS = "statusPurpose statusListIndex statusListCredential BitstringStatusListEntry"
WORDS_OF_OURS = (
    "ManagementSystemCertificate number revision replaces organisation legalName englishName clientId legalIds scheme "
    "value address country sites main standard code edition title scope scopeLanguage iafCodes naceCodes "
    "certificationType accreditation accredited arrangement originalCertificationDate decisionDate effectiveDate "
    "issueDate expiryDate audits auditors decidedBy confidential confidentialityReason"
)
WORDS_OF_LATER = (
    "scopes language text transferredFrom certificationBody previousExpiryDate recertificationDate integratedWith"
)
MEANINGS = {
    **{word: VC + word for word in WORDS_OF_VC.split()},
    **{word: STATUS + word for word in WORDS_OF_STATUS.split()},
    **{word: OURS + word for word in WORDS_OF_OURS.split()},
    **{word: LATER + "#" + word for word in WORDS_OF_LATER.split()},
    "name": "https://schema.org/name",
    "BlockcertsCredential": "https://w3id.org/blockcerts#BlockcertsCredential",
    "body": OURS + "accreditationBody",
    "date": OURS + "auditDate",
    "initial": OURS + "InitialAudit",
    "surveillance": OURS + "SurveillanceAudit",
    "recertification": OURS + "RecertificationAudit",
    "special": OURS + "SpecialAudit",
}
ADDRESSES = {"credentialSubject", "credentialStatus", "issuer", "statusListCredential"}
DATES = (
    "originalCertificationDate decisionDate effectiveDate issueDate expiryDate date "
    "previousExpiryDate recertificationDate"
)
TYPED = {
    **dict.fromkeys(("validFrom", "validUntil"), XSD + "dateTime"),
    **dict.fromkeys(DATES.split(), XSD + "date"),
}


class Wrong(Exception):
    """What a step found to be wrong, as a sentence."""


class Unsure(Exception):
    """Why a step could not be done, as a sentence."""


def sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


# --- the pack -------------------------------------------------------------------------------------------------------


class Pack:
    """The files by name, and what is in them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def octets(self, name: str) -> bytes:
        if name not in self.files:
            raise Unsure("The file is not in the pack.")
        return self.files[name]

    def text(self, name: str) -> str:
        return self.octets(name).decode()

    def json(self, name: str) -> dict[str, Any]:
        value = parsed(self.octets(name))
        if not isinstance(value, dict):
            raise Wrong("It is not what the registry writes.")
        return value


def read_pack(place: str) -> Pack:
    """Raises Unsure if there is no pack to read, Wrong if it cannot be one."""
    path = Path(place)
    try:
        if path.is_dir():
            parts = [part for part in path.iterdir() if part.is_file() and not part.name.startswith(".")]
            if any(part.stat().st_size > MOST_OCTETS for part in parts) or len(parts) > 100:
                raise Wrong("A file is longer than any of a pack, or there are too many.")
            return Pack({part.name: part.read_bytes() for part in parts})
        if path.suffix == ".json":
            return pack_of(path)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or len(names) > 100:
                raise Wrong("A file is in the archive twice, or there are too many.")
            if any(entry.file_size > MOST_OCTETS for entry in entries):
                raise Wrong("A file is longer than any of a pack.")
            return Pack({name: member(archive, name) for name in names})
    except OSError as error:
        raise Unsure("There is no pack to read: " + str(error)) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:  # as zipfile has it
        raise Unsure("The archive cannot be read, as when a download broke off: " + str(error)) from error


def pack_of(path: Path) -> Pack:
    """The same files as one of JSON, which itself is the proof that a number was never issued, if it is that."""
    if path.stat().st_size > MOST_OCTETS:
        raise Wrong("The file is longer than any of the registry's.")
    octets = path.read_bytes()
    try:
        whole = parsed(octets)
        files = {name: text.encode() for name, text in whole["files"].items()}
    except MALFORMED as error:
        raise Wrong("It is not what the registry writes: " + str(error)[:200]) from error
    return Pack({**files, NEVER_ISSUED: octets} if "map_proof" in whole else files)


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of an archive that can be read: its octets are not those that were packed, or they are."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Wrong("The file " + name + " was changed in the archive: " + str(error)) from error


def parsed(octets: bytes) -> Any:
    """Strict JSON: no member twice, whole numbers alone, of those that every program has exactly (RFC 8785)."""
    return json.loads(
        octets.decode(), object_pairs_hook=_once, parse_int=_whole, parse_float=_refused, parse_constant=_refused
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= 2**53:
        raise ValueError("a number is too long")
    return int(text)


def _refused(text: str) -> Any:
    raise ValueError("no such number may be here")


def canonical_json(value: Any) -> bytes:
    """RFC 8785 for text, whole numbers, true, false, null, lists and objects."""
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [_ordered(part) for part in value] if isinstance(value, list) else value


# --- keys and signatures --------------------------------------------------------------------------------------------

DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def from_base58(text: str) -> bytes:
    if not text.startswith("z") or len(text) > 100:
        raise ValueError("this is not base58")
    number = 0
    for digit in text[1:]:
        number = number * 58 + DIGITS.index(digit)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def public_bytes(multikey: str) -> bytes:
    octets = from_base58(multikey)
    if octets[:2] != b"\xed\x01" or len(octets) != 34:
        raise ValueError("this is no Ed25519 key")
    return octets[2:]


# Points, without their sign, of which a small multiple is nothing. OpenSSL takes them as keys, and anything is signed.
SMALL = {
    "00" * 32,
    "01" + "00" * 31,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    *(low + "ff" * 30 + "7f" for low in ("ec", "ed", "ee")),
}
LARGEST = 2**255 - 20  # coordinate of a point


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Ed25519 (RFC 8032), of a key and a point that are of the large group and written in the one way there is."""
    bare = [part[:31] + bytes([part[31] & 127]) for part in (public, signature[:32]) if len(part) == 32]
    if len(bare) != 2 or any(part.hex() in SMALL for part in bare) or int.from_bytes(bare[0], "little") > LARGEST:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def statement_signed(kids: set[str], statement: dict[str, Any], signature: str) -> bool:
    """Whether ``<key>:<signature>`` is that of one of these keys over a statement."""
    kid, _mark, value = signature.partition(":")
    message = b"defiso statement v1\n" + canonical_json(statement)
    return kid in kids and signed(public_bytes(kid), from_base58(value), message)


# --- transactions and blocks ----------------------------------------------------------------------------------------

# The fields of a block's header in the order in which they make its hash, and those that are numbers.
HEADER = (
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit gasUsed "
    "timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot "
    "requestsHash"
)
NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}


def keccak(octets: bytes) -> bytes:
    """Keccak-256 as Ethereum has it: FIPS 202, with the padding of the submission."""
    lanes, rate, mask = [0] * 25, 136, (1 << 64) - 1
    padded = bytearray(octets + b"\x01" + bytes(-(len(octets) + 1) % rate))
    padded[-1] |= 0x80
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            lanes[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        register = 1
        for _round in range(24):
            sums = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
            mixed = [sums[x - 1] ^ (sums[(x + 1) % 5] << 1 & mask | sums[(x + 1) % 5] >> 63) for x in range(5)]
            lanes = [lane ^ mixed[place % 5] for place, lane in enumerate(lanes)]
            x, y, current = 1, 0, lanes[1]
            for turn in range(24):
                x, y, by = y, (2 * x + 3 * y) % 5, (turn + 1) * (turn + 2) // 2 % 64
                current, lanes[x + 5 * y] = lanes[x + 5 * y], (current << by | current >> (64 - by)) & mask
            rows = [lanes[5 * y : 5 * y + 5] for y in range(5)]
            lanes = [row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) for row in rows for x in range(5)]
            for bit in range(7):
                if register & 1:
                    lanes[0] ^= 1 << ((1 << bit) - 1)
                register = register << 1 ^ (0x171 if register & 0x80 else 0)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def rlp(value: Any) -> bytes:
    """Ethereum's recursive length prefix, of octets or of a list of such."""
    body = b"".join(map(rlp, value)) if isinstance(value, list) else bytes(value)
    if not isinstance(value, list) and len(body) == 1 and body[0] < 0x80:
        return body
    base = 0xC0 if isinstance(value, list) else 0x80
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    length = len(body).to_bytes(4, "big").lstrip(b"\0")
    return bytes([base + 55 + len(length)]) + length + body


def from_rlp(octets: bytes) -> list[Any]:
    """Octets and empty lists: all that a plain transaction is a list of. Raises ValueError for any other writing."""
    if not 1 <= len(octets) <= 1000 or octets[0] < 0xC0:
        raise ValueError("this is no transaction")
    fields: list[Any] = []
    at = 1 if octets[0] < 0xF8 else octets[0] - 0xF6
    while at < len(octets):
        first = octets[at]
        if first < 0x80 or first == 0xC0:
            fields.append([] if first == 0xC0 else octets[at : at + 1])
            at += 1
        else:
            fields.append(octets[at + 1 : at + 1 + first - 0x80])
            at += 1 + first - 0x80
            if first >= 0xB8:
                raise ValueError("this is no plain transaction")
    if rlp(fields) != octets:
        raise ValueError("this is no transaction")
    return fields


def from_0x(text: str) -> bytes:
    if not re.fullmatch("0x[0-9a-f]{0,4000}", text):
        raise ValueError("these are no octets")
    digits = text[2:]
    return bytes.fromhex("0" * (len(digits) % 2) + digits)


# --- the credential -------------------------------------------------------------------------------------------------

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")
ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n"}


class Node:
    """Of a credential: ``name`` is its address, empty for a blank node, which ``hash`` orders among the others."""

    def __init__(self, name: str, hash_: bytes = b"") -> None:
        self.name, self.hash = name, hash_
        self.says: set[str] = set()
        self.children: list[tuple[str, Node]] = []


class Statements:
    """What a credential says, as canonical N-Quads (RDF Dataset Canonicalization), with or without its proof."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.named: list[Node] = []
        self.blank: list[Node] = []
        self.root = self._read({word: value for word, value in document.items() if word not in ("@context", "proof")})

    def canonical(self) -> bytes:
        return in_order(self._lines(labels(self.blank)))

    def canonical_with_proof(self, says: list[str]) -> bytes:
        link = self.root.name + " <" + SECURITY + "proof>"
        graph = Node("", sha256(in_order({link + " _:a .\n", *("_:z" + one + " _:a .\n" for one in says)})))
        proof = Node("", sha256(in_order({"_:a" + one + " _:z .\n" for one in says})))
        named = labels([*self.blank, graph, proof])
        inside = {named[proof] + one + " " + named[graph] + " .\n" for one in says}
        return in_order(self._lines(named) | inside | {link + " " + named[graph] + " .\n"})

    def _read(self, members: dict[str, Any], link: str = "") -> Node:
        node = Node("<" + address(members["id"]) + ">" if "id" in members else "")
        for word, value in members.items():
            if word == "id":
                continue
            predicate = RDF_TYPE if word == "type" else "<" + MEANINGS[word] + ">"
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict):
                    child = self._read(part, (node.name or "_:z") + " " + predicate)
                    node.children.append((predicate, child))
                else:
                    node.says.add(" " + predicate + " " + object_of(word, part))
        (self.named if node.name else self.blank).append(node)
        if not node.name:
            # A line for each statement, two the same for two children that have no name (RDFC-1.0, 4.6).
            lines = ["_:a" + one + " .\n" for one in node.says]
            lines += ["_:a " + predicate + " " + (child.name or "_:z") + " .\n" for predicate, child in node.children]
            node.hash = sha256(in_order([*lines, link + " _:a .\n"]))
        return node

    def _lines(self, named: dict[Node, str]) -> set[str]:
        lines = set()
        for node in [*self.named, *self.blank]:
            label = node.name or named[node]
            lines |= {label + one + " .\n" for one in node.says}
            for predicate, child in node.children:
                lines.add(label + " " + predicate + " " + (child.name or named[child]) + " .\n")
        return lines


def labels(nodes: list[Node]) -> dict[Node, str]:
    shared = Counter(node.hash for node in nodes)
    ordered = sorted(nodes, key=lambda node: (shared[node.hash] > 1, node.hash))
    return {node: "_:c14n" + str(number) for number, node in enumerate(ordered)}


def object_of(word: str, value: Any) -> str:
    if word == "type":
        return "<" + MEANINGS[value] + ">"
    if isinstance(value, bool):
        return '"' + str(value).lower() + '"^^<' + XSD + "boolean>"
    if isinstance(value, int):
        return '"' + str(value) + '"^^<' + XSD + "integer>"
    if word in ADDRESSES:
        return "<" + address(value) + ">"
    if UNSAFE.search(value):
        raise ValueError("a text has a control character")
    text = '"' + value.translate(ESCAPES) + '"'
    return str(text + "^^<" + TYPED[word] + ">" if word in TYPED else text)


def address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError("an address is malformed")
    return value


def in_order(lines: Any) -> bytes:
    return "".join(sorted(lines)).encode()


def proof_statements(proof: dict[str, Any]) -> list[str]:
    if set(proof) - {"proofValue"} != {*PROOF, "created", "verificationMethod"}:
        raise ValueError("a proof has other members")
    if any(proof[name] != value for name, value in PROOF.items()):
        raise ValueError("a proof of another kind")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", proof["created"]):
        raise ValueError("a proof without a time")
    says = [
        " " + RDF_TYPE + " <" + SECURITY + "DataIntegrityProof>",
        ' <http://purl.org/dc/terms/created> "' + proof["created"] + '"^^<' + XSD + "dateTime>",
        " <" + SECURITY + 'cryptosuite> "' + proof["cryptosuite"] + '"^^<' + SECURITY + "cryptosuiteString>",
        " <" + SECURITY + "proofPurpose> <" + SECURITY + "assertionMethod>",
        " <" + SECURITY + "verificationMethod> <" + address(proof["verificationMethod"]) + ">",
    ]
    if "proofValue" in proof:
        from_base58(proof["proofValue"])
        says.append(" <" + SECURITY + 'proofValue> "' + proof["proofValue"] + '"^^<' + SECURITY + "multibase>")
    return says


# --- trees and maps -------------------------------------------------------------------------------------------------


def hash_of(text: str) -> bytes:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError("this is no hash")
    return bytes.fromhex(text)


def path_of(hashes: list[str]) -> list[bytes]:
    if len(hashes) > 128:
        raise ValueError("a path is too long")
    return [hash_of(one) for one in hashes]


def batch_root(leaf: bytes, path: list[dict[str, str]]) -> bytes:
    """SHA-256(left ‖ right) of the leaf and each sibling, on its side."""
    if len(path) > 64:
        raise ValueError("a path is too long")
    for step in path:
        [(side, sibling)] = step.items()
        if side not in ("left", "right"):
            raise ValueError("a sibling is left or right")
        leaf = sha256(hash_of(sibling) + leaf if side == "left" else leaf + hash_of(sibling))
    return leaf


def merkle_proof(proof: dict[str, Any], leaf: bytes) -> str:
    """How MerkleProof2019 writes the same as proof.json: base58 of CBOR, with CBOR within it."""
    path = [[["left", "right"].index(side), cbor(hash_of(one))] for step in proof["path"] for side, one in step.items()]
    hash_ = cbor(hash_of(proof["tx_hash"].replace("0x", "", 1)))
    anchor = [[0, 1], [1, proof["chain_id"]], [2, hash_]]
    pairs: list[Any] = [[3, path], [0, cbor(hash_of(proof["root"]))], [1, cbor(leaf)], [2, [anchor]]]
    octets, digits = cbor(pairs), ""
    number = int.from_bytes(octets, "big")
    while number:
        number, digit = divmod(number, 58)
        digits = DIGITS[digit] + digits
    return "z" + digits


def cbor(value: Any) -> bytes:
    """RFC 8949, of whole numbers, octets and lists."""
    major, length = (0, value) if isinstance(value, int) else (2 if isinstance(value, bytes) else 4, len(value))
    if length < 24:
        head = bytes([major << 5 | length])
    else:
        power = next(power for power in range(4) if length < 1 << (8 << power))
        head = bytes([major << 5 | 24 + power]) + length.to_bytes(1 << power, "big")
    return head if major == 0 else head + (value if major == 2 else b"".join(cbor(part) for part in value))


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def inclusion_holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2, of logs that are not empty."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def map_value(proof: dict[str, Any], key: bytes, root: bytes) -> bytes | None:
    """The value that a map with this root has under a key, or None. Raises ValueError if the proof does not lead there.

    A trie over hexadecimal digits: a bucket of at most 14 entries, and above it inner nodes of 16 children.
    """
    entries = [(hash_of(name), hash_of(value)) for name, value in proof["entries"]]
    levels = [path_of(level) for level in proof["siblings"]]
    prefix = key.hex()[: len(levels)]
    names = [name for name, _value in entries]
    if len(levels) > 64 or len(entries) > 14 or names != sorted(set(names)) or set(proof) != {"entries", "siblings"}:
        raise ValueError("a proof of the map is malformed")
    if any(len(level) != 15 for level in levels) or not all(name.hex().startswith(prefix) for name in names):
        raise ValueError("a proof of the map is about another key")
    found = sha256(b"\x00" + b"".join(name + value for name, value in entries))
    for digit, level in zip(reversed(prefix), levels):  # noqa: B905  Python 3.9 has no strict
        place = int(digit, 16)
        found = sha256(b"\x01" + b"".join([*level[:place], found, *level[place:]]))
    if found != root:
        raise ValueError("a proof of the map does not lead to the root that was signed")
    return dict(entries).get(key)


# --- checkpoints ----------------------------------------------------------------------------------------------------

NUMBER, ROOT = "(0|[1-9][0-9]{0,18})", "([A-Za-z0-9+/]{43}=)"
CHECKPOINT = re.compile("([^\n ]{1,255})\n" + NUMBER + "\n" + ROOT + "\nmap " + NUMBER + " " + ROOT + "\n")
SIGNATURE = re.compile("— ([^ ]+) ([A-Za-z0-9+/]+={0,2})")


class Checkpoint:
    """A signed note (c2sp.org/tlog-checkpoint): how long a log is, its root, and the root of the map beside it."""

    def __init__(self, note: str) -> None:
        self.text, gap, lines = note.rpartition("\n\n")
        self.text += "\n"
        found = CHECKPOINT.fullmatch(self.text)
        if not found or not gap or not lines.endswith("\n"):
            raise ValueError("this is no checkpoint")
        self.origin, self.size, self.generation = found[1], int(found[2]), int(found[4])
        self.root, self.map_root = base64.b64decode(found[3]), base64.b64decode(found[5])
        self.digest, self.text_with_signatures = sha256(self.text.encode()), note
        self.signatures = [self._signature(line) for line in lines[:-1].split("\n", 64)]

    @staticmethod
    def _signature(line: str) -> tuple[str, bytes]:
        found = SIGNATURE.fullmatch(line)
        octets = base64.b64decode(found[2], validate=True) if found else b""
        if found is None or base64.b64encode(octets).decode() != found[2]:
            raise ValueError("a signature is malformed")
        return found[1], octets

    def is_signed_by(self, name: str, public: bytes) -> bool:
        mine = self._by(name, b"\x01" + public)
        return bool(mine) and all(signed(public, octets, self.text.encode()) for octets in mine)

    def cosigned_at(self, name: str, public: bytes) -> int:
        """When a witness signed it, seconds since 1970; 0 if none did (c2sp.org/tlog-cosignature)."""
        times = []
        for octets in self._by(name, b"\x04" + public):
            at = int.from_bytes(octets[:8], "big")
            message = "cosignature/v1\ntime " + str(at) + "\n" + self.text
            if len(octets) != 72 or not signed(public, octets[8:], message.encode()):
                return 0
            times.append(at)
        return max(times, default=0)

    def _by(self, name: str, typed: bytes) -> list[bytes]:
        id_ = sha256(name.encode() + b"\n" + typed)[:4]
        return [octets[4:] for found, octets in self.signatures if (found, octets[:4]) == (name, id_)]


# --- the steps ------------------------------------------------------------------------------------------------------


class Check:
    """The steps in order. Each returns what it found; what it learned for later steps it keeps here."""

    def __init__(self, pack: Pack, platform_key: str, account: str, nodes: list[str]) -> None:
        self.pack, self.platform_key, self.account, self.nodes = pack, platform_key, account.lower(), nodes
        self.results: list[str] = []
        self.kids: dict[str, dict[str, str]] = {}
        self.platform, self.platform_name = b"", ""
        self.leaf = b""
        self.newest: Checkpoint | None = None
        self.at = 0
        self.platform_map = b""

    def take(self, name: str, step: Callable[[], str]) -> None:
        try:
            result, found = "PASS", step()
        except Wrong as error:
            result, found = "FAIL", str(error)
        except Unsure as error:
            result, found = "UNKNOWN", str(error)
        except MALFORMED as error:
            result, found = "FAIL", "It is not what the registry wrote: " + str(error)[:200]
        self.results.append(result)
        say(result, name, found)

    def run(self) -> int:
        for name, step in self._never_issued_steps() if NEVER_ISSUED in self.pack.files else self._steps():
            self.take(name, step)
        if self.nodes:
            self.take("transaction.json", self.chain)
        return 1 if "FAIL" in self.results else 2 if "UNKNOWN" in self.results else 0

    def _steps(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("key.json", self.keys),
            ("manifest.json", self.manifest),
            ("credential.json", self.credential),
            ("credential.nq", self.quads),
            ("did.json", self.did),
            ("platform-checkpoint.txt", self.platform_checkpoint),
            ("key.json", self.recorded_keys),
            ("state.json", self.state),
            ("checkpoint.txt", self.checkpoint),
            ("state.json", self.log),
            ("state.json", self.map),
            ("transaction.json", self.transactions),
            ("transaction.json", self.blocks),
            ("proof.json", self.proof),
            ("batch.json", lambda: self.anchored("body")),
            ("batch.json", lambda: self.anchored("platform")),
            ("batch.json", self.batches),
        ]

    def _never_issued_steps(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("key.json", self.keys),
            ("platform-checkpoint.txt", self.platform_checkpoint),
            ("key.json", self.recorded_keys),
            ("checkpoint.txt", self.checkpoint),
            (NEVER_ISSUED, self.absence),
            ("transaction.json", self.transactions),
            ("transaction.json", self.blocks),
            ("batch.json", lambda: self.anchored("body")),
            ("batch.json", lambda: self.anchored("platform")),
            ("batch.json", self.batches),
        ]

    def keys(self) -> str:
        stated = self.pack.json("key.json")
        if self.platform_key and stated["platform_key"] != self.platform_key:
            raise Wrong("The platform's key is not the one that you named.")
        self.platform = public_bytes(stated["platform_key"])
        for key in stated["keys"]:
            statement = key["statement"]
            message = b"defiso key statement v1\n" + canonical_json(statement)
            if not signed(self.platform, from_base58(key["endorsement"]), message):
                raise Wrong("The platform did not endorse the key " + str(statement["kid"]) + ".")
            self.kids[statement["kid"]] = statement
        if {statement["tenant"] for statement in self.kids.values()} != {stated["tenant"]}:
            raise Wrong("The keys are not those of one body.")
        return "The platform's key endorsed each of the body's keys: " + ", ".join(self.kids) + "."

    def manifest(self) -> str:
        statement = self.pack.json(MANIFEST)
        if canonical_json(statement) + b"\n" != self.pack.octets(MANIFEST):
            raise Wrong("It is not written as the registry writes it: it was changed.")
        signature = statement.pop("signature")
        if statement["type"] != "proof pack" or not statement_signed(set(self.kids), statement, signature):
            raise Wrong("No key of the body signed it.")
        listed = statement["files"]
        if not ALWAYS <= set(listed) <= ALWAYS | SOMETIMES:
            raise Wrong("It lists other files than a pack has.")
        there = set(self.pack.files) - {MANIFEST}
        named = [name + " is not of this pack" for name in sorted(there - set(listed))]
        both = sorted(there & set(listed))
        named += [name + " was changed" for name in both if sha256(self.pack.files[name]).hex() != listed[name]]
        if named:
            raise Wrong("; ".join(named) + ".")
        if missing := sorted(set(listed) - there):
            raise Unsure("; ".join(name + " is missing" for name in missing) + ".")
        return "All " + str(len(listed)) + " files are as the body signed them."

    def credential(self) -> str:
        document = self.pack.json("credential.json")
        if set(document) - {"validUntil"} != MEMBERS:
            raise Wrong("It lacks a part, or has one too many.")
        later = [LATER] if set(document["credentialSubject"]) & set(WORDS_OF_LATER.split()) else []
        if document["@context"] != CONTEXTS + later or document["type"] != TYPES:
            raise Wrong("It is no certificate of a management system.")
        proof = self._signature(document)
        did, _mark, kid = proof["verificationMethod"].partition("#")
        key = self.kids.get(kid)
        if key is None or did != document["issuer"]:
            raise Wrong("No key of the body signed it.")
        if key["retired_at"] and proof["created"][:19] > key["retired_at"][:19]:
            raise Wrong("It was signed with a key that was retired by then.")
        statements = Statements(document)
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        hashed = sha256(in_order("_:c14n0" + one + " .\n" for one in proof_statements(options)))
        hashed += sha256(statements.canonical())
        if not signed(public_bytes(kid), from_base58(proof["proofValue"]), hashed):
            raise Wrong("It was changed after it was signed.")
        self.leaf = sha256(statements.canonical_with_proof(proof_statements(proof)))
        return "Signed by " + str(kid) + " (eddsa-rdfc-2022); digest " + self.leaf.hex() + "."

    def quads(self) -> str:
        if sha256(self.pack.octets("credential.nq")) != self.leaf:
            raise Wrong("It is not what credential.json says.")
        return "It is what credential.json says, statement by statement."

    def did(self) -> str:
        document, credential = self.pack.json("did.json"), self.pack.json("credential.json")
        did, kid = document["id"], self._signature(credential)["verificationMethod"].partition("#")[2]
        if credential["issuer"] not in (did, self.kids[kid]["did"]):
            raise Wrong("It is another body's than the issuer of the credential.")
        method = did + "#" + kid
        methods = [found for found in document["verificationMethod"] if found["id"] == method]
        if [found["publicKeyMultibase"] for found in methods] != [kid] or method not in document["assertionMethod"]:
            raise Wrong("It does not have the key that signed the credential.")
        return str(did) + " has the key that signed the credential."

    def platform_checkpoint(self) -> str:
        found = self._checkpoint("platform-checkpoint.txt", "platform")
        self.platform_map = found.map_root
        return "The platform's log has " + str(found.size) + " entries, signed by its key."

    def recorded_keys(self) -> str:
        if not self.platform_map:
            raise Unsure("Whether the platform's log has these keys is not known without its checkpoint.")
        for key in self.pack.json("key.json")["keys"]:
            statement = key["statement"]
            name = sha256(("key\n" + statement["tenant"] + " " + statement["kid"]).encode())
            if map_value(key["map_proof"], name, self.platform_map) != sha256(canonical_json(statement)):
                raise Unsure("The platform's log does not have the key " + statement["kid"] + " as it stands.")
        return "The platform's log has each of the body's keys as it stands."

    def state(self) -> str:
        state, credential = self.pack.json("state.json"), self.pack.json("credential.json")
        statement, subject = state["statement"], credential["credentialSubject"]
        if statement["type"] != "state" or not statement_signed(set(self.kids), statement, state["seal"]):
            raise Wrong("No key of the body sealed it.")
        if {key["tenant"] for key in self.kids.values()} != {statement["tenant"]}:
            raise Wrong("It is about another body's certificate.")
        if statement["digest"] != self.leaf.hex() or statement["expires"] != subject.get("expiryDate", ""):
            raise Wrong("It is about another credential than credential.json.")
        if not credential["id"].split("#")[0].endswith("/certificates/" + urllib.parse.quote(statement["number"])):
            raise Wrong("It is about another number.")
        said = str(statement["status"]) + ", since " + str(statement["since"])
        return "The body sealed the status " + said + "."

    def checkpoint(self) -> str:
        self.newest = self._checkpoint("checkpoint.txt", "body")
        self.at = self.newest.cosigned_at(self.platform_name, self.platform)
        self._require_named(self.newest)
        return (
            "The log of the body has " + str(self.newest.size) + " entries; signed by it and, at " + self._when() + "."
        )

    def _require_named(self, newest: Checkpoint) -> None:
        """That the platform's map has this checkpoint as the body's newest in a batch, or the one it goes on from."""
        stated = self.pack.json("key.json")
        if not self.platform_map:
            raise Unsure("Whether the platform knows a newer one is not known without its checkpoint.")
        name = sha256(("checkpoint\n" + stated["tenant"]).encode())
        found = map_value(stated["checkpoint_proof"], name, self.platform_map)
        known = [newest.digest]
        if "anchored-checkpoint.txt" in self.pack.files:
            known.append(self._checkpoint("anchored-checkpoint.txt", "body").digest)
        if found is None:
            raise Unsure("The platform's map has no checkpoint of this body yet.")
        if found not in known:
            raise Wrong("The platform's map has another checkpoint as the newest of this body.")

    def log(self) -> str:
        state, newest = self.pack.json("state.json"), self._newest()
        if state["position"] is None:
            raise Unsure("The event that brought this status is not in the log yet.")
        entry = state["entry"].encode()
        leaf = sha256(b"\x00" + entry)
        if not inclusion_holds(leaf, state["position"], newest.size, path_of(state["path"]), newest.root):
            raise Wrong("The event that brought this status is not in the log that was signed.")
        if parsed(entry)["state"] != state["statement"]:
            raise Wrong("The entry of the log is about another status.")
        return "The event that brought this status is entry " + str(state["position"]) + " of the log."

    def map(self) -> str:
        state, newest = self.pack.json("state.json"), self._newest()
        statement = state["statement"]
        key = sha256(("certificate\n" + statement["tenant"] + "\n" + statement["number"]).encode())
        found = map_value(state["map_proof"], key, newest.map_root)
        if found != sha256(canonical_json(statement)):
            if (found or b"").hex() == statement["previous"] and state["position"] is None:
                raise Unsure("The map still has the state before this one, whose event is on its way into the log.")
            raise Wrong("The map has another status as the newest.")
        return "It is the newest of this certificate, as of " + self._when() + "."

    def absence(self) -> str:
        stated, newest = self.pack.json(NEVER_ISSUED), self._newest()
        if {key["tenant"] for key in self.kids.values()} != {stated["body"]}:
            raise Wrong("It is about another body.")
        if stated["checkpoint"] != newest.text_with_signatures:
            raise Wrong("It names another checkpoint than checkpoint.txt.")
        key = sha256(("certificate\n" + stated["body"] + "\n" + stated["number"]).encode())
        if stated["key"] != key.hex() or stated["as_of"][:19] + "Z" != self._moment():
            raise Wrong("Its key or its time is another's than the number's or the checkpoint's.")
        if map_value(stated["map_proof"], key, newest.map_root) is not None:
            raise Wrong("The map has a certificate of this number.")
        return "The map of the body has no certificate " + str(stated["number"]) + ", as of " + self._when() + "."

    def proof(self) -> str:
        proof = self.pack.json("proof.json")
        if proof["anchored"] is not True:
            raise Unsure("It is not written to the blockchain yet.")
        transaction = self._transaction(proof["batch"])
        if any(proof[name] != transaction[name] for name in ("root", "tx_hash", "sender", "chain_id")):
            raise Wrong("transaction.json has another transaction.")
        if proof["block"] != transaction["block"]["number"]:
            raise Wrong("transaction.json has the transaction in another block.")
        found = self._leads(self.leaf, proof)
        credential = self.pack.json("credential.json")
        told = {
            "type": "MerkleProof2019",
            "created": proof["confirmed_at"][:19] + "Z",
            "proofPurpose": "assertionMethod",
            "proofValue": merkle_proof(proof, self.leaf),
            "verificationMethod": credential["issuer"] + "#" + proof["sender"],
        }
        if credential["proof"][1] != told:
            raise Wrong("The MerkleProof2019 in credential.json says something else.")
        subject = credential["credentialSubject"]
        if (proof["number"], proof["revision"]) != (subject["number"], subject["revision"]):
            raise Wrong("It is about another certificate or revision.")
        return found

    def transactions(self) -> str:
        """Each as signed: of its hash, by an account of did.json to itself, and with a batch's root alone in it."""
        stated = self.pack.json("transaction.json")["transactions"]
        if not stated:
            raise Unsure("Nothing is written to the blockchain yet.")
        accounts = self._accounts()
        for one in stated:
            raw = from_0x(one["raw"])
            if "0x" + keccak(raw).hex() != one["tx_hash"]:
                raise Wrong("A signed transaction has another hash than is said.")
            fields = from_rlp(raw[1:])
            if raw[0] != 2 or len(fields) != 12 or [at for at, field in enumerate(fields) if field == []] != [8]:
                raise Wrong("A transaction is not of the kind that anchors.")
            plain = (int.from_bytes(fields[0], "big"), "0x" + fields[5].hex(), fields[6], fields[7].hex())
            if plain != (one["chain_id"], one["sender"], b"", one["root"]):
                raise Wrong("A signed transaction says something else: chain, account or root.")
            self._require_sent_by(accounts, one["sender"], fields)
        return "The account " + str(stated[0]["sender"]) + " signed each transaction, with a batch's root alone in it."

    def _require_sent_by(self, accounts: dict[str, Any], sender: str, fields: list[Any]) -> None:
        if self.account and sender != self.account:
            raise Wrong("The account " + sender + " is not the one that you named.")
        if sender not in accounts:
            raise Wrong("The account " + sender + " is none of the body's DID document.")
        signature = utils.encode_dss_signature(*(int.from_bytes(field, "big") for field in fields[10:]))
        digest = keccak(b"\x02" + rlp(fields[:9]))
        try:
            accounts[sender].verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        except InvalidSignature as error:
            raise Wrong("The account " + sender + " did not sign the transaction.") from error

    def _accounts(self) -> dict[str, Any]:
        """The accounts of the DID document by address, which is made from the key."""
        found = {}
        for method in self.pack.json("did.json")["verificationMethod"]:
            octets = from_base58(method["publicKeyMultibase"])
            if octets[:2] != b"\xe7\x01":
                continue
            if len(octets) != 35:
                raise ValueError("this is no key of an account")
            try:
                public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), octets[2:])
            except UnsupportedAlgorithm as error:
                raise Unsure("This machine's OpenSSL does not know the blockchain's curve.") from error
            point = public.public_numbers()
            address_ = "0x" + keccak(point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"))[12:].hex()
            if method["id"].rpartition("#")[2] != address_:
                raise Wrong("did.json names an account by another address than its key's.")
            found[address_] = public
        return found

    def blocks(self) -> str:
        """The headers make the blocks' hashes. That a transaction is in a block is a node's to say."""
        without = 0
        for one in self.pack.json("transaction.json")["transactions"]:
            header, block = one["header"], one["block"]
            if header is None:
                without += 1
                continue
            names = [name for name in HEADER.split() if name in header]
            if len(names) != len(header):
                raise Wrong("The header of a block has a field that no header has.")
            octets = {name: from_0x(header[name]) for name in names}
            fields = [octets[name].lstrip(b"\0") if name in NUMBERS else octets[name] for name in names]
            if "0x" + keccak(rlp(fields)).hex() != block["hash"] or int(header["number"], 16) != block["number"]:
                raise Wrong("The header of a block is another block's.")
        if without:
            return "The header of " + str(without) + " blocks is not in the pack; a node has it."
        return "The header of each block makes its hash."

    def anchored(self, side: str) -> str:
        """That a checkpoint is a leaf of a batch on the chain, and that the log goes on from it."""
        prefix = "" if side == "body" else "platform-"
        newest = self._checkpoint(prefix + "checkpoint.txt", side)
        place = self.pack.json("batch.json")[prefix + "checkpoint"]
        if place is None:
            raise Unsure("No checkpoint of this log is on the blockchain yet.")
        older = newest
        if prefix + "anchored-checkpoint.txt" in self.pack.files:
            older = self._checkpoint(prefix + "anchored-checkpoint.txt", side)
            path = path_of(self.pack.json(prefix + "consistency.json")["path"])
            if older.generation > newest.generation:
                raise Wrong("A newer checkpoint than the one in " + prefix + "checkpoint.txt is on the blockchain.")
            if not consistency_holds(older.size, older.root, newest.size, newest.root, path):
                raise Wrong("The log is not the one that is on the blockchain.")
        found = self._leads(older.digest, place)
        return "The log has, as its beginning, the " + str(older.size) + " entries on the blockchain. " + found

    def batches(self) -> str:
        """Each batch has the root of the one before as a leaf, from the checkpoints' back to the credential's."""
        stated = self.pack.json("batch.json")
        proof = {"anchored": False} if NEVER_ISSUED in self.pack.files else self.pack.json("proof.json")
        chain, note = stated["chain"], stated["chain_note"]
        if not chain:
            raise Unsure("There is no batch on the blockchain yet.")
        for newer, older in zip(chain, chain[1:]):  # noqa: B905, RUF007  Python 3.9 has neither strict nor pairwise
            if newer["previous_root"] != older["root"]:
                raise Wrong("A batch goes on from another than the one before it.")
            if batch_root(hash_of(newer["previous_root"]), newer["path"]) != hash_of(newer["root"]):
                raise Wrong("A batch does not have the root of the one before it.")
        roots = {link["batch"]: link["root"] for link in chain}
        places = [stated["checkpoint"], stated["platform-checkpoint"], proof if proof["anchored"] is True else None]
        for place in places:
            if place is None or (place["batch"] not in roots and note):
                continue
            if roots.get(place["batch"]) != place["root"]:
                raise Wrong("The batch " + str(place["batch"]) + " is not in the chain of batches.")
        said = "It is one batch." if len(chain) == 1 else str(len(chain)) + " batches follow on each other."
        return said + (" " + str(note) if note else "")

    def chain(self) -> str:
        """What several nodes say: they must not contradict each other, and one must have answered for each chain."""
        stated = self.pack.json("transaction.json")["transactions"]
        if not stated:
            raise Unsure("There is no transaction to ask for.")
        asked: set[int] = set()
        well, wrong, unsure = [], [], []
        for node in self.nodes:
            try:
                asked.add(ask_node(node, stated))
                well.append(node + ": It has each, deep enough, with its root.")
            except Wrong as error:
                wrong.append(node + ": " + str(error))
            except Unsure as error:
                unsure.append(node + ": " + str(error))
            except MALFORMED:
                unsure.append(node + ": " + ODD)
        said = " ".join(wrong + well + unsure)
        if wrong and not well:
            raise Wrong(said)
        if wrong:
            raise Unsure("The nodes do not agree. " + said)
        if not well:
            raise Unsure(said)
        left = sorted({one["chain_id"] for one in stated} - asked)
        if left:
            raise Unsure("No node of chain " + str(left[0]) + " has answered. " + said)
        return said

    def _leads(self, leaf: bytes, place: dict[str, Any]) -> str:
        """From a leaf to the root in the transaction of its batch, by an account that the body's document has."""
        transaction = self._transaction(place["batch"])
        if batch_root(leaf, place["path"]) != hash_of(place["root"]) or place["root"] != transaction["root"]:
            raise Wrong("It does not lead to the root that was written to the blockchain.")
        hash_of(transaction["tx_hash"].replace("0x", "", 1))
        methods = self.pack.json("did.json")["verificationMethod"]
        if transaction["sender"].lower() not in [found["id"].rpartition("#")[2].lower() for found in methods]:
            raise Wrong("It was written by an account that the body's DID document does not have.")
        said = str(transaction["tx_hash"]) + " of chain " + str(transaction["chain_id"])
        return "It leads to the root in transaction " + said + ", by " + str(transaction["sender"]) + "."

    def _transaction(self, batch: str) -> dict[str, Any]:
        found = [one for one in self.pack.json("transaction.json")["transactions"] if one["batch"] == batch]
        if len(found) != 1:
            raise Wrong("transaction.json does not have its transaction.")
        return dict(found[0])

    @staticmethod
    def _signature(document: dict[str, Any]) -> dict[str, Any]:
        """The Data Integrity proof, beside which a MerkleProof2019 may stand."""
        proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
        if [proof["type"] for proof in proofs[1:]] not in ([], ["MerkleProof2019"]):
            raise Wrong("It has other proofs than it may.")
        return dict(proofs[0])

    def _checkpoint(self, name: str, side: str) -> Checkpoint:
        found = Checkpoint(self.pack.text(name))
        if side == "platform":
            self.platform_name = self.platform_name or found.origin
        origin = self.platform_name if side == "platform" else self._origin()
        publics = [self.platform] if side == "platform" else [public_bytes(kid) for kid in self.kids]
        if found.origin != origin or not any(found.is_signed_by(origin, public) for public in publics):
            raise Wrong("The checkpoint is not signed by its log.")
        if not found.cosigned_at(self.platform_name, self.platform):
            raise Wrong("The platform did not sign the checkpoint.")
        return found

    def _newest(self) -> Checkpoint:
        if self.newest is None:
            raise Unsure("There is no checkpoint to compare it with.")
        return self.newest

    def _origin(self) -> str:
        """The name of the body's log: its host's."""
        did = str(self.pack.json("did.json")["id"])
        return urllib.parse.unquote(did.replace("did:web:", "", 1)).partition(":")[0] + "/log"

    def _when(self) -> str:
        return self._moment() + ", by the platform"

    def _moment(self) -> str:
        moment = datetime.fromtimestamp(min(self.at, 2**36), timezone.utc)  # noqa: UP017  Python 3.9 has no UTC
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the chain ------------------------------------------------------------------------------------------------------

ODD = "The node answers with something else than a node does."


def ask_node(url: str, transactions: list[dict[str, Any]]) -> int:
    """The number of the node's chain, which has each of these transactions that is of it as it is said to be.

    Raises Wrong for what the chain positively says against one, Unsure for all else: a node that is behind, one that
    contradicts itself, a block that is not deep yet.
    """
    chain_id = whole(ask(url, "eth_chainId", []))
    mine = [one for one in transactions if one["chain_id"] == chain_id]
    if not mine:
        raise Unsure("The node is of another chain.")
    head = whole(ask(url, "eth_blockNumber", []))
    for one in mine:
        ask_one(url, one, head)
    return chain_id


def ask_one(url: str, stated: dict[str, Any], head: int) -> None:
    hash_, block = stated["tx_hash"], stated["block"]
    transaction = ask(url, "eth_getTransactionByHash", [hash_])
    canonical = ask(url, "eth_getBlockByNumber", [hex(block["number"]), False])
    if transaction is None:
        require_absence(stated, head, canonical)
    if transaction["hash"].lower() != hash_ or transaction["input"].lower() != "0x" + stated["root"]:
        raise Wrong("The transaction on the chain has another root.")
    if {transaction["from"].lower(), transaction["to"].lower()} != {stated["sender"]}:
        raise Wrong("The transaction on the chain is another account's.")
    receipt = ask(url, "eth_getTransactionReceipt", [hash_])
    if receipt is None:
        raise Unsure("The transaction is not in a block yet.")
    if receipt["transactionHash"].lower() != hash_ or whole(receipt["status"]) != 1:
        raise Wrong("The transaction on the chain failed.")
    found = (receipt["blockHash"].lower(), whole(receipt["blockNumber"]), (canonical or {"hash": ""})["hash"].lower())
    if found != (block["hash"], block["number"], block["hash"]):
        raise Unsure("The transaction is in another block than the pack says, as after a fork: fetch a new pack.")
    require_final(url, stated, head)


def require_absence(stated: dict[str, Any], head: int, canonical: Any) -> None:
    """Of a transaction that the node does not have: Wrong only if its block, deep enough, is another or lacks it."""
    number, block = stated["block"]["number"], stated["block"]["hash"]
    if head < number or canonical is None:
        raise Unsure("The node does not have the block of the transaction.")
    if head - number + 1 < stated["confirmations"]:
        raise Unsure("The chain has no such transaction now, but its newest blocks may still change.")
    if canonical["hash"].lower() != block:
        raise Wrong("The chain has another block there, and no such transaction.")
    if stated["tx_hash"] not in [one.lower() for one in canonical["transactions"]]:
        raise Wrong("The block of the pack has no such transaction.")
    raise Unsure("The node does not have the transaction, though its block has.")


def require_final(url: str, stated: dict[str, Any], head: int) -> None:
    number, needed, tag = stated["block"]["number"], stated["confirmations"], stated["finality"]
    depth = head - number + 1
    if depth < needed:
        raise Unsure("The block of the transaction is " + str(depth) + " deep, and " + str(needed) + " are needed.")
    final = ask(url, "eth_getBlockByNumber", [tag, False]) if tag else None
    if tag and (final is None or whole(final["number"]) < number):
        raise Unsure("The block of the transaction is not final yet.")


def whole(text: str) -> int:
    if not re.fullmatch("0x[0-9a-fA-F]{1,13}", text):
        raise Unsure(ODD)
    return int(text, 16)


def ask(url: str, method: str, parameters: list[Any]) -> Any:
    """What a node answers. Raises Unsure if it does not."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    if not url.startswith(("http://", "https://")):
        raise Unsure("The address of the node is not one of the web.")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  the scheme was looked at
            return json.loads(answer.read(MOST_OCTETS))["result"]
    except (OSError, urllib.error.URLError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unsure("The node did not answer: " + str(error)[:200]) from error


def say(result: str, name: str, found: str) -> None:
    """A line, whatever the files put into it."""
    line = "".join(letter if letter.isprintable() else "?" for letter in result.ljust(8) + name + ": " + found)
    print(line.encode(sys.stdout.encoding or "ascii", "replace").decode(sys.stdout.encoding or "ascii"))


def main() -> int:
    arguments = argparse.ArgumentParser(description="Check a proof pack of a certificate.")
    arguments.add_argument("pack", metavar="FOLDER|ZIP|JSON")
    arguments.add_argument("--rpc", action="append", default=[], metavar="URL", help="also ask this node of the chain")
    arguments.add_argument("--platform-key", default="", metavar="z6Mk…", help="the platform's key, as you know it")
    arguments.add_argument("--account", default="", metavar="0x…", help="the account that anchors, as you know it")
    asked = arguments.parse_args()
    try:
        check = Check(read_pack(asked.pack), asked.platform_key, asked.account, asked.rpc)
    except Wrong as error:
        say("FAIL", asked.pack, str(error))
        return 1
    except Unsure as error:
        say("UNKNOWN", asked.pack, str(error))
        return 2
    code = check.run()
    if not asked.rpc:
        say("NOTE", "transaction.json", "The chain itself was not asked; name a node of it with --rpc.")
    if not asked.platform_key:
        say("NOTE", "key.json", "The platform's key is as the pack says; compare it, or name it with --platform-key.")
    if not asked.account:
        say("NOTE", "did.json", "The account that anchors is as the pack says; compare it, or name it with --account.")
    if code == 0 and NEVER_ISSUED in check.pack.files:
        stated = check.pack.json(NEVER_ISSUED)
        say("PROVEN", stated["number"], "never issued by " + stated["body"] + ", as of " + check._when() + ".")
    elif code == 0:
        state = check.pack.json("state.json")["statement"]
        today = datetime.now(timezone.utc).date().isoformat()  # noqa: UP017  Python 3.9 has no UTC
        expired = " It expired on " + state["expires"] + "." if state["expires"] and state["expires"] < today else ""
        say("GENUINE", state["number"], "status " + state["status"] + ", as of " + check._when() + "." + expired)
    else:
        print("NOT GENUINE" if code == 1 else "COULD NOT BE CHECKED in full; nothing of it is wrong.")
    return code


if __name__ == "__main__":
    sys.exit(main())
