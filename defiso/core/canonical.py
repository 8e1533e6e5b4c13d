"""One text for one value: JSON by RFC 8785 for the types the product signs and hashes, and SHA-256.

Floats are refused: their canonical text is the hard part of RFC 8785 and nothing here needs them.
"""

import hashlib
import json
import re
from typing import Any

import orjson

LARGEST = 2**53 - 1  # RFC 8785, 3.2.2.3
_SURROGATE = re.compile("[\ud800-\udfff]").search


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with members sorted by UTF-16 code units and no space (RFC 8785, 3.2).

    Raises TypeError for anything but str, int, bool, None, list, tuple and dict with text keys.
    """
    if _is_plain(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _is_plain(value: Any) -> bool:
    """Whether orjson writes it as RFC 8785 does: names in ASCII, whose order is the same, and numbers of 53 bits."""
    if isinstance(value, str):  # or a word of a StrEnum
        return value.isascii() or not _SURROGATE(value)
    kind = type(value)
    if kind is dict:
        return all(type(name) is str and name.isascii() and _is_plain(part) for name, part in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return value is None or kind is bool or (kind is int and -LARGEST <= value <= LARGEST)


def _ordered(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in _sorted_names(value)}
    if isinstance(value, list | tuple):
        return [_ordered(part) for part in value]
    raise TypeError(f"canonical JSON has no {type(value).__name__}")


def _sorted_names(members: dict[Any, Any]) -> list[str]:
    """By UTF-16 code units; for ASCII, which is nearly all there is, that is the order of Python's text."""
    if not all(isinstance(name, str) for name in members):
        raise TypeError("canonical JSON has text keys only")
    if all(name.isascii() for name in members):
        return sorted(members)
    return sorted(members, key=lambda name: name.encode("utf-16-be"))
