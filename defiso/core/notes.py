"""Signed notes: c2sp.org/signed-note, with Ed25519 signatures (0x01) and c2sp.org/tlog-cosignature's (0x04).

A note is text signed by keys that have a name; whoever reads one brings the keys. Signing is a callback that is given
the octets to sign (``Ed25519PrivateKey.sign`` is one), so that private keys stay where they are.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST_OCTETS = 256 * 1024  # of a note that is read
MOST_SIGNATURES = 64
LATEST = 2**63 - 1  # time of a cosignature, seconds since 1970

Sign = Callable[[bytes], bytes]

_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]{1,255}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_LINE = re.compile(r"— ([^ ]+) ([^ ]+)")
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(.+)")


class Kind(IntEnum):
    """The byte that tells what a key signs."""

    NOTE = 0x01  # the text
    COSIGNATURE = 0x04  # the text of a checkpoint, and the time


@dataclass(frozen=True)
class NoteKey:
    """The public half of an Ed25519 key and the name it signs notes with. Raises ValueError if either is malformed."""

    name: str
    public: bytes  # 32 bytes
    kind: Kind = Kind.NOTE

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise ValueError("the name of a key has 1 to 255 characters, none of them a space or +")
        if len(self.public) != 32:
            raise ValueError("a public key has 32 bytes")

    @cached_property
    def id(self) -> bytes:
        """4 bytes, which tell keys apart but prove nothing."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed).digest()[:4]

    @property
    def text(self) -> str:
        """The verifier key, ``<name>+<id>+<kind and key>``."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self._typed).decode()}"

    @classmethod
    def from_text(cls, text: str) -> "NoteKey":
        """Raises ValueError for anything but a verifier key of one of our kinds with its own id."""
        found = _KEY.fullmatch(text) if len(text) <= 400 else None
        if found is None:
            raise ValueError("this is no verifier key")
        typed = octets_of(found[3])
        key = cls(found[1], typed[1:], Kind(typed[0]))
        if key.text != text:
            raise ValueError("the id of this verifier key is another key's")
        return key

    @property
    def _typed(self) -> bytes:
        return bytes([self.kind]) + self.public

    @cached_property
    def _verifier(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)

    def signature_of(self, text: str, sign: Sign, *, at: int | None = None) -> "Signature":
        """This key's signature of a note's text; a cosignature, and it alone, says when: seconds since 1970."""
        if (self.kind is Kind.COSIGNATURE) != (at is not None):
            raise ValueError("a cosignature has a time, and no other signature has")
        if at is None:
            return Signature(self.name, self.id, sign(text.encode()))
        return Signature(self.name, self.id, _stamp(at) + sign(_cosigned(text, at)))

    def holds(self, text: str, signature: "Signature") -> bool:
        """Whether this signature is this key's, of this text."""
        if (signature.name, signature.id) != (self.name, self.id):
            return False
        octets, message = signature.octets, text.encode()
        if self.kind is Kind.COSIGNATURE:
            if len(octets) != 72 or signature.time > LATEST:
                return False
            octets, message = octets[8:], _cosigned(text, signature.time)
        try:
            self._verifier.verify(octets, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """A line of a note, of whatever kind. Raises ValueError if it could not be one."""

    name: str
    id: bytes
    octets: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.id) != 4 or not self.octets:
            raise ValueError("a signature has the name of a key, its id of 4 bytes, and octets")

    @property
    def line(self) -> str:
        return f"— {self.name} {base64.b64encode(self.id + self.octets).decode()}\n"

    @property
    def time(self) -> int:
        """When a cosignature was made, seconds since 1970; of others it means nothing."""
        return int.from_bytes(self.octets[:8])


@dataclass(frozen=True)
class Note:
    """Text that ends in a newline, and its signatures, verified or not. Raises ValueError for what is no note."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise ValueError("the text of a note ends in a newline and has no other control characters")
        if not 1 <= len(self.signatures) <= MOST_SIGNATURES:
            raise ValueError(f"a note has 1 to {MOST_SIGNATURES} signatures")

    def to_octets(self) -> bytes:
        return "".join([self.text, "\n", *[signature.line for signature in self.signatures]]).encode()

    @classmethod
    def from_octets(cls, octets: bytes) -> "Note":
        """Raises ValueError for anything but a note, written as it has to be, of at most 256 KiB."""
        if len(octets) > MOST_OCTETS:
            raise ValueError("a note this long is not read")
        text, gap, lines = octets.decode().rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise ValueError("a note is text, an empty line and signatures")
        return cls(text + "\n", tuple(_signature(line) for line in lines[:-1].split("\n", MOST_SIGNATURES)))

    def is_signed_by(self, key: NoteKey) -> bool:
        """Whether this key signed the text, and no signature under its name and id fails."""
        return bool(self._by(key)) and all(key.holds(self.text, signature) for signature in self._by(key))

    def cosigned_at(self, key: NoteKey) -> int | None:
        """When this key last cosigned the text, seconds since 1970, or None if ``is_signed_by`` denies it."""
        if key.kind is not Kind.COSIGNATURE or not self.is_signed_by(key):
            return None
        return max(signature.time for signature in self._by(key))

    def _by(self, key: NoteKey) -> list[Signature]:
        return [signature for signature in self.signatures if (signature.name, signature.id) == (key.name, key.id)]


def is_key_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def octets_of(text: str) -> bytes:
    """The octets of base64 (RFC 4648, 4) as it has to be written. Raises ValueError for any other writing."""
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("this is no base64") from error
    if not octets or base64.b64encode(octets).decode() != text:
        raise ValueError("this base64 is written otherwise")
    return octets


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError("a line after a note's text is no signature")
    octets = octets_of(found[2])
    return Signature(found[1], octets[:4], octets[4:])


def _stamp(at: int) -> bytes:
    if not 0 <= at <= LATEST:
        raise ValueError("the time of a cosignature has 63 bits")
    return at.to_bytes(8)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
