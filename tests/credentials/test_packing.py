"""How a credential is kept: small, readable for ever, and harmless whatever was put in its place."""

import time
import zlib

import pytest

from defiso.core.canonical import sha256
from defiso.credentials import packing
from defiso.credentials.canonicalisation import MOST_CHARACTERS
from defiso.credentials.errors import MalformedCredentialError, UnsignableError
from defiso.credentials.packing import pack, unpack
from defiso.tenants.models import Tenant
from tests.credentials.contents import ORDINARY
from tests.credentials.signing import signed


def test_what_was_packed_is_unpacked_to_the_letter(tenant: Tenant) -> None:
    text = signed(tenant, ORDINARY).text

    assert unpack(pack(text)) == text
    assert len(pack(text)) * 3 < len(text.encode())


def test_the_dictionary_of_a_version_is_for_ever() -> None:
    assert sha256(packing._DICTIONARIES[1]).hex() == "c0b456e93f6af18da88ebf435ff0c15271faa5a65eb2ec2a65132073d05302a4"


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\x01",
        b"\x00" + b"x" * 50,
        b"\x02" + pack("text")[1:],
        pack("text")[:-1],
        pack("text") + b"x",
        b"{}",
        bytes(range(256)),
        b"\x01" + zlib.compress(b"text"),
        pytest.param(b"\x01\x00\x02\x00\xfd\xff\xff\xfe\x03\x00", id="well deflated, but no text"),
    ],
)
def test_anything_else_is_damaged_and_no_other_error(stored: bytes) -> None:
    with pytest.raises(MalformedCredentialError):
        unpack(stored)


def test_a_row_made_to_expand_without_end_is_not_followed_there() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=packing._DICTIONARIES[1])
    hostile = b"\x01" + deflate.compress(b"a" * 300 * MOST_CHARACTERS) + deflate.flush()
    assert len(hostile) < 400_000

    started = time.perf_counter()
    with pytest.raises(MalformedCredentialError):
        unpack(hostile)

    assert time.perf_counter() - started < 0.1


def test_what_could_not_be_read_back_is_not_kept() -> None:
    pack("a" * MOST_CHARACTERS)

    with pytest.raises(UnsignableError):
        pack("a" * (MOST_CHARACTERS + 1))
