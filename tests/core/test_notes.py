"""Known answers: the examples in the texts of c2sp.org/signed-note and c2sp.org/tlog-cosignature; the notes and keys of
golang.org/x/mod, sumdb/note/note_test.go; keys of transparency-dev/formats, note/note_cosigv1_test.go; and a checkpoint
of the log arche2025h1 with the cosignature of the witness remora.n621.de, as they were published.
"""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from defiso.core.notes import MOST_SIGNATURES, Kind, Note, NoteKey, Signature

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # after PRIVATE+KEY+PeterNeumann+c74f20a3+
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
WITNESS_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
WITNESSED = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgI\
pwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAW\
fBw==
"""

private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
public = private.public_key().public_bytes_raw()
noter = NoteKey("log.example/log", public)
cosigner = NoteKey("log.example/log", public, Kind.COSIGNATURE)


def test_the_example_of_the_text_is_signed_by_its_key() -> None:
    note = Note.from_octets(EXAMPLE.encode())

    assert note.text == "This is an example message.\n"
    assert note.is_signed_by(NoteKey.from_text(EXAMPLE_KEY))
    assert note.to_octets() == EXAMPLE.encode()


def test_a_note_of_two_keys_is_signed_by_each_and_by_no_other() -> None:
    note = Note.from_octets((TEXT + "\n" + PETER + ENOCH).encode())

    assert note.text == TEXT
    assert note.is_signed_by(NoteKey.from_text(PETER_KEY))
    assert note.is_signed_by(NoteKey.from_text(ENOCH_KEY))
    assert not note.is_signed_by(NoteKey.from_text(EXAMPLE_KEY))


def test_signing_gives_the_published_signature() -> None:
    key = NoteKey.from_text(PETER_KEY)
    signer = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_PRIVATE)[1:])

    assert key.signature_of(TEXT, signer.sign).line == PETER


def test_a_published_cosignature_holds_with_its_time_and_stands_beside_signatures_of_unknown_kinds() -> None:
    key = NoteKey.from_text(WITNESS_KEY)
    note = Note.from_octets(WITNESSED.encode())

    assert key.kind is Kind.COSIGNATURE
    assert note.is_signed_by(key)
    assert note.cosigned_at(key) == 0x6A122120
    assert note.to_octets() == WITNESSED.encode()
    assert Note(note.text.replace("1432088532", "1432088533"), note.signatures).cosigned_at(key) is None


@pytest.mark.parametrize(
    "text",
    [EXAMPLE_KEY, PETER_KEY, ENOCH_KEY, WITNESS_KEY, "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"],
)
def test_published_keys_are_read_and_written(text: str) -> None:
    assert NoteKey.from_text(text).text == text


def test_every_mangling_of_a_published_key_is_refused() -> None:
    length = len(PETER_KEY)
    mangled = [PETER_KEY[i:j] for i in range(length) for j in range(i, length + 1) if j - i < length]
    mangled += [PETER_KEY[:at] + chr(ord(PETER_KEY[at]) + 1) + PETER_KEY[at + 1 :] for at in range(length)]
    mangled += [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER_KEY.replace("c74f20a3", "C74F20A3"),
        PETER_KEY + "\n",
        " " + PETER_KEY,
    ]

    for text in mangled:
        with pytest.raises(ValueError):
            NoteKey.from_text(text)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(TEXT.encode(), id="no signature"),
        pytest.param((TEXT + "\n").encode(), id="an empty line alone"),
        pytest.param((TEXT + "\n" + PETER[:-1]).encode(), id="no last newline"),
        pytest.param(("\x01" + TEXT + "\n" + PETER).encode(), id="a control character"),
        pytest.param((TEXT.replace("\n", "\r\n") + "\n" + PETER).encode(), id="a carriage return"),
        pytest.param(b"\xff" + (TEXT + "\n" + PETER).encode(), id="no UTF-8"),
        pytest.param((TEXT + "\n" + PETER.replace("PeterNeumann", "Bad Name")).encode(), id="a space in a name"),
        pytest.param((TEXT + "\n" + PETER.replace("PeterNeumann", "a\u00a0b")).encode(), id="another space in a name"),
        pytest.param((TEXT + "\n" + PETER.replace("PeterNeumann", "a+b")).encode(), id="a plus in a name"),
        pytest.param((TEXT + "\n" + PETER + "Unexpected line.\n").encode(), id="another line"),
        pytest.param((TEXT + "\n" + PETER.replace("—", "-")).encode(), id="another dash"),
        pytest.param((TEXT + "\n" + PETER.replace("— ", "—  ")).encode(), id="two spaces"),
        pytest.param((TEXT + "\n" + PETER.replace("AM=", "AN=")).encode(), id="bits after the last octet"),
        pytest.param((TEXT + "\n" + PETER.replace("AM=", "AM")).encode(), id="no padding"),
        pytest.param((TEXT + "\n— PeterNeumann x08gow==\n").encode(), id="an id alone"),
        pytest.param((TEXT + "\n" + PETER * (MOST_SIGNATURES + 1)).encode(), id="too many signatures"),
        pytest.param(("x" * 262_144 + "\n\n" + PETER).encode(), id="too long"),
        pytest.param(PETER.encode(), id="no text"),
    ],
)
def test_what_is_no_note_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError):
        Note.from_octets(octets)


def test_a_note_may_have_many_signatures_and_empty_lines() -> None:
    text = TEXT + "\n" + PETER + "\n" + TEXT
    note = Note.from_octets((text + "\n" + PETER * MOST_SIGNATURES).encode())

    assert note.text == text
    assert len(note.signatures) == MOST_SIGNATURES


def test_one_bad_signature_of_a_known_key_spoils_the_note_for_it() -> None:
    good = noter.signature_of(TEXT, private.sign)
    bad = Signature(good.name, good.id, bytes(64))

    assert Note(TEXT, (good,)).is_signed_by(noter)
    assert not Note(TEXT, (good, bad)).is_signed_by(noter)
    assert not Note(TEXT, (bad, good)).is_signed_by(noter)


def test_one_key_signs_and_cosigns_without_one_passing_for_the_other() -> None:
    signature = noter.signature_of(TEXT, private.sign)
    cosignature = cosigner.signature_of(TEXT, private.sign, at=1_700_000_000)
    note = Note(TEXT, (signature, cosignature))

    assert noter.id != cosigner.id
    assert note.is_signed_by(noter)
    assert note.cosigned_at(cosigner) == 1_700_000_000
    assert note.cosigned_at(noter) is None
    assert not Note(TEXT, (Signature(noter.name, noter.id, cosignature.octets[8:]),)).is_signed_by(noter)
    assert not Note(TEXT, (Signature(cosigner.name, cosigner.id, signature.octets),)).is_signed_by(cosigner)


def test_the_time_of_a_cosignature_is_signed_and_the_newest_counts() -> None:
    early, late = (cosigner.signature_of(TEXT, private.sign, at=at) for at in (5, 9))
    moved = Signature(late.name, late.id, (10).to_bytes(8) + late.octets[8:])

    assert Note(TEXT, (late, early)).cosigned_at(cosigner) == 9
    assert Note(TEXT, (early, moved)).cosigned_at(cosigner) is None


def test_the_message_of_a_cosignature_is_the_one_of_the_text() -> None:
    messages: list[bytes] = []

    def sign(message: bytes) -> bytes:
        messages.append(message)
        return bytes(64)

    body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    signature = cosigner.signature_of(body, sign, at=1_679_315_147)

    assert messages == [b"cosignature/v1\ntime 1679315147\n" + body.encode()]
    assert signature.octets == bytes.fromhex("000000006418 50cb") + bytes(64)


@pytest.mark.parametrize(("key", "at"), [(noter, 1), (cosigner, None), (cosigner, -1), (cosigner, 2**63)])
def test_a_time_that_does_not_belong_or_fit_is_refused(key: NoteKey, at: int | None) -> None:
    with pytest.raises(ValueError):
        key.signature_of(TEXT, private.sign, at=at)


def test_a_cosignature_of_a_time_beyond_63_bits_does_not_hold() -> None:
    octets = (2**63).to_bytes(8) + private.sign(f"cosignature/v1\ntime {2**63}\n{TEXT}".encode())

    assert not Note(TEXT, (Signature(cosigner.name, cosigner.id, octets),)).is_signed_by(cosigner)


@given(st.integers(0, 10**6), st.integers(0, 7))
@settings(max_examples=300)
def test_any_bit_changed_makes_a_note_that_is_refused_or_not_signed_by_both(at: int, bit: int) -> None:
    signatures = (noter.signature_of(TEXT, private.sign), cosigner.signature_of(TEXT, private.sign, at=77))
    octets = bytearray(Note(TEXT, signatures).to_octets())
    octets[at % len(octets)] ^= 1 << bit

    try:
        note = Note.from_octets(bytes(octets))
    except ValueError:
        return
    assert not (note.is_signed_by(noter) and note.is_signed_by(cosigner))


@given(st.text().map(lambda text: text + "\n"))
def test_texts_are_given_back_or_refused(text: str) -> None:
    try:
        note = Note(text, (noter.signature_of("x\n", private.sign),))
    except ValueError:
        return
    assert Note.from_octets(note.to_octets()) == note


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x7fb\x1f", "x" * 256, "\ud800"])
def test_a_name_that_a_line_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        NoteKey(name, public)
    with pytest.raises(ValueError):
        Signature(name, bytes(4), bytes(64))
