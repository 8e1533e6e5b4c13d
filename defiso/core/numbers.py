"""Certificate numbers: printed as the body wrote them, found by their slug.

``FM 12345/A`` and ``fm-12345-a`` are the same certificate.
"""

import hashlib
import secrets
import unicodedata
from functools import lru_cache

MOST_SLUG_BYTES = 240  # sort keys are made of it; DynamoDB allows each 1,024 bytes
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: read aloud without doubt


def slug_of(number: str) -> str:
    """The key of a number: NFKC, upper case, every run of anything but letters, digits and ``.`` one ``-``.

    Empty when no letter or digit is left.
    """
    text = unicodedata.normalize("NFKC", number).upper()
    kept = "".join(character if character.isalnum() or character == "." else " " for character in text)
    return "-".join(kept.split()) if any(character.isalnum() for character in kept) else ""


def slug_asked(text: str) -> str:
    """The slug of what a stranger typed or linked to; empty if no certificate can have it, however it was spelt.

    One character may stand for eighteen in NFKC, so the key is measured as well as the text.
    """
    return _slug_asked(text[:MOST_SLUG_BYTES])


@lru_cache(maxsize=4096)  # of texts so short that a stranger's fill no memory
def _slug_asked(text: str) -> str:
    slug = slug_of(text)
    return slug if len(slug.encode(errors="replace")) <= MOST_SLUG_BYTES else ""


def generate_number(standard_code: str, year: int, *, seed: str = "") -> str:
    """A number such as ``ISO9001-2026-K7QX3M``, the same again for a seed; uniqueness is the store's to decide."""
    chosen = hashlib.sha256(seed.encode()).digest() if seed else secrets.token_bytes(32)
    return f"ISO{standard_code}-{year}-" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in chosen[:6])
