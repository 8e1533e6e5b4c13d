"""Somebody who follows a log from outside, written from RFC 6962 and the texts of c2sp.org alone (tlog-tiles,
tlog-checkpoint, signed-note, tlog-cosignature): nothing of defiso is used, nothing but HTTP answers is believed.
"""

import base64
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Get = Callable[[str], bytes]  # an address below the log's prefix -> the body of the answer


@dataclass
class Told:
    """What a checkpoint's note says, its signatures checked against the keys that were published."""

    origin: str
    size: int
    root: bytes
    signed_as: list[tuple[str, int]]  # name and kind of each key whose signature holds


def read_checkpoint(note: bytes, verifier_keys: bytes) -> Told:
    text, _, signatures = note.decode().partition("\n\n")
    text += "\n"
    origin, size, root, *_extensions = text.splitlines()
    keys = [read_key(line) for line in verifier_keys.decode().splitlines()]
    held = []
    for line in signatures.splitlines():
        dash, name, blob = line.split(" ")
        assert dash == "\N{EM DASH}"
        octets = base64.b64decode(blob)
        for key_name, key_hash, kind, public in keys:
            if (key_name, key_hash) == (name, octets[:4]):
                verify(public, kind, octets[4:], text)
                held.append((name, kind))
    return Told(origin, int(size), base64.b64decode(root), held)


def read_key(line: str) -> tuple[str, bytes, int, bytes]:
    name, key_hash, blob = line.split("+", 2)
    octets = base64.b64decode(blob)
    assert hashlib.sha256(name.encode() + b"\n" + octets).digest()[:4].hex() == key_hash
    return name, bytes.fromhex(key_hash), octets[0], octets[1:]


def verify(public: bytes, kind: int, signature: bytes, text: str) -> None:
    key = Ed25519PublicKey.from_public_bytes(public)
    if kind == 1:
        key.verify(signature, text.encode())
    else:
        assert kind == 4
        time = int.from_bytes(signature[:8], "big")
        key.verify(signature[8:], f"cosignature/v1\ntime {time}\n{text}".encode())


def tile_path(level: str, index: int, width: int) -> str:
    digits = f"{index:03d}"
    while len(digits) % 3:
        digits = "0" + digits
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*("x" + part for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < 256 else "")


def fetch_entries(get: Get, size: int) -> list[bytes]:
    """The leaf data of the whole log, each hash compared with the tiles of level 0, these with those above them."""
    entries: list[bytes] = []
    leaves = fetch_level(get, 0, size)
    for index in range(-(-size // 256)):
        body = get(tile_path("entries", index, min(256, size - 256 * index)))
        while body:
            length = int.from_bytes(body[:2], "big")
            entries.append(body[2 : 2 + length])
            assert len(entries[-1]) == length
            body = body[2 + length :]
    assert [leaf_of(entry) for entry in entries] == leaves
    level, below = 1, leaves
    while size >> 8 * level:
        hashes = fetch_level(get, level, size)
        assert hashes == [root_of(below[at : at + 256]) for at in range(0, len(below) - 255, 256)]
        level, below = level + 1, hashes
    return entries


def fetch_level(get: Get, level: int, size: int) -> list[bytes]:
    count, hashes = size >> 8 * level, list[bytes]()
    for index in range(-(-count // 256)):
        width = min(256, count - 256 * index)
        body = get(tile_path(str(level), index, width))
        assert len(body) == 32 * width
        hashes += [body[at : at + 32] for at in range(0, len(body), 32)]
    return hashes


def leaf_of(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2, word for word."""
    assert index < size
    number, last, found = index, size - 1, leaf
    for step in path:
        assert last
        if number & 1 or number == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        number, last = number >> 1, last >> 1
    assert last == 0
    return found


def roots_from(old: int, old_root: bytes, new: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162, 2.1.4.2, word for word: the roots of both trees."""
    assert 0 < old < new
    assert path
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        assert last
        if first & 1 or first == last:
            found_old = hashlib.sha256(b"\x01" + step + found_old).digest()
            found_new = hashlib.sha256(b"\x01" + step + found_new).digest()
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found_new = hashlib.sha256(b"\x01" + found_new + step).digest()
        first, last = first >> 1, last >> 1
    assert last == 0
    return found_old, found_new


def unpacked(body: bytes, encoding: str) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body
