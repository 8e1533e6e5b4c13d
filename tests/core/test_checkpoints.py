"""Known answer: the checkpoint in the text of c2sp.org/tlog-checkpoint, whose lines ours begins with."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from defiso.core.checkpoints import Checkpoint
from defiso.core.notes import Note, NoteKey
from defiso.core.tree_log import EMPTY_ROOT

PUBLISHED = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
MAP_LINE = "map 17 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
CHECKPOINT = Checkpoint("example.com/behind-the-sofa", 20_852_163, ROOT, 17, b"\x01" * 32)

hashes = st.binary(min_size=32, max_size=32)
numbers = st.integers(1, 2**63 - 1)


def test_the_text_is_the_published_one_and_a_line_for_the_map() -> None:
    assert CHECKPOINT.text == PUBLISHED + MAP_LINE
    assert Checkpoint.from_text(PUBLISHED + MAP_LINE) == CHECKPOINT
    assert CHECKPOINT.digest == hashlib.sha256((PUBLISHED + MAP_LINE).encode()).digest()


def test_an_empty_log_has_size_nought_and_the_root_of_an_empty_log() -> None:
    empty = Checkpoint("a.example/log", 0, EMPTY_ROOT, 0, bytes(32))

    assert Checkpoint.from_text(empty.text) == empty
    with pytest.raises(ValueError, match="empty log"):
        Checkpoint("a.example/log", 0, ROOT, 0, bytes(32))


@given(numbers, hashes, numbers, hashes)
def test_a_checkpoint_is_read_back(size: int, root: bytes, generation: int, map_root: bytes) -> None:
    checkpoint = Checkpoint("a.example/log", size, root, generation, map_root)

    assert Checkpoint.from_text(checkpoint.text) == checkpoint


def test_a_checkpoint_is_the_text_of_a_note() -> None:
    private = Ed25519PrivateKey.generate()
    key = NoteKey(CHECKPOINT.origin, private.public_key().public_bytes_raw())

    note = Note.from_octets(Note(CHECKPOINT.text, (key.signature_of(CHECKPOINT.text, private.sign),)).to_octets())

    assert note.is_signed_by(key)
    assert Checkpoint.from_text(note.text) == CHECKPOINT


@given(st.integers(0, 10**6), st.integers(0, 6))
def test_any_bit_changed_makes_another_checkpoint_or_none(at: int, bit: int) -> None:
    octets = bytearray(CHECKPOINT.text.encode())
    octets[at % len(octets)] ^= 1 << bit
    text = octets.decode()

    try:
        other = Checkpoint.from_text(text)
    except ValueError:
        return
    assert other != CHECKPOINT
    assert other.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        PUBLISHED,
        MAP_LINE,
        PUBLISHED + MAP_LINE[:-1],
        PUBLISHED + MAP_LINE + "\n",
        PUBLISHED + MAP_LINE + "more\n",
        PUBLISHED + "\n" + MAP_LINE,
        PUBLISHED + MAP_LINE + MAP_LINE,
        (PUBLISHED + MAP_LINE).replace("\n", "\r\n"),
        (PUBLISHED + MAP_LINE).replace("20852163", "020852163"),
        (PUBLISHED + MAP_LINE).replace("20852163", "+20852163"),
        (PUBLISHED + MAP_LINE).replace("20852163", "20_852163"),
        (PUBLISHED + MAP_LINE).replace("20852163", "٢٠"),
        (PUBLISHED + MAP_LINE).replace("20852163", "-1"),
        (PUBLISHED + MAP_LINE).replace("20852163", "0"),
        (PUBLISHED + MAP_LINE).replace("20852163", str(2**63)),
        (PUBLISHED + MAP_LINE).replace("20852163", "1" * 10_000),
        (PUBLISHED + MAP_LINE).replace("map 17", "map 017"),
        (PUBLISHED + MAP_LINE).replace("map 17", "map  17"),
        (PUBLISHED + MAP_LINE).replace("map 17", f"map {2**63}"),
        (PUBLISHED + MAP_LINE).replace("q2I=", "q2J="),
        (PUBLISHED + MAP_LINE).replace("q2I=", "q2I"),
        (PUBLISHED + MAP_LINE).replace("q2I=", "q2Iq"),
        (PUBLISHED + MAP_LINE).replace("example.com/", "example.com "),
        (PUBLISHED + MAP_LINE).replace("example.com/behind-the-sofa", ""),
        (PUBLISHED + MAP_LINE).replace("example.com", "x" * 256),
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Checkpoint.from_text(text)


@pytest.mark.parametrize(
    "parts",
    [
        ("", 1, ROOT, 1, ROOT),
        ("a b", 1, ROOT, 1, ROOT),
        ("a", -1, ROOT, 1, ROOT),
        ("a", 2**63, ROOT, 1, ROOT),
        ("a", 1, ROOT, -1, ROOT),
        ("a", 1, ROOT[:31], 1, ROOT),
        ("a", 1, ROOT, 1, ROOT + b"x"),
    ],
)
def test_what_cannot_be_a_checkpoint_is_refused(parts: tuple[str, int, bytes, int, bytes]) -> None:
    with pytest.raises(ValueError):
        Checkpoint(*parts)
