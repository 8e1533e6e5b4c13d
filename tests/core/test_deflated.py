"""JSON kept deflated: read back as it was, and harmless whatever was put in its place."""

import time
import zlib

import pytest

from defiso.core.deflated import MOST_INFLATED, deflate_json, inflate_json


def test_what_was_deflated_is_inflated_again() -> None:
    value = {"audits": [{"type": "initial", "auditors": ["Łukasz", "محمد"]}], "confidential": True}

    assert inflate_json(deflate_json(value)) == value


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{}",
        deflate_json([1])[:-1],
        deflate_json([1]) + b"x",
        zlib.compress(b"not JSON"),
        zlib.compress(b"\xff\xfe"),
    ],
)
def test_anything_else_is_refused_as_one_kind_of_error(stored: bytes) -> None:
    with pytest.raises(ValueError):
        inflate_json(stored)


def test_a_row_made_to_expand_without_end_is_not_followed_there() -> None:
    hostile = zlib.compress(b" " * 90 * MOST_INFLATED, 9)
    assert len(hostile) < 400_000

    started = time.perf_counter()
    with pytest.raises(ValueError, match="too long"):
        inflate_json(hostile)

    assert time.perf_counter() - started < 0.5
