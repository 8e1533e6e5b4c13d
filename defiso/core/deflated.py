"""JSON kept deflated, and read back within bounds: a row of 400 KB may have been made to expand a thousandfold."""

import json
import zlib
from typing import Any

from defiso.core.canonical import canonical_json

MOST_INFLATED = 4_000_000  # bytes


def deflate_json(value: Any) -> bytes:
    return zlib.compress(canonical_json(value), 9)


def inflate_json(data: bytes) -> Any:
    """Raises ValueError for anything but whole deflated JSON within MOST_INFLATED."""
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, MOST_INFLATED)
    except zlib.error as error:
        raise ValueError("not deflated") from error
    if not inflate.eof or inflate.unused_data:
        raise ValueError("cut short, too long, or followed by something else")
    return json.loads(text)
