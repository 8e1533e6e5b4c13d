"""Certificate numbers: printed as the body wrote them, found by their slug.

``FM 12345/A`` and ``fm-12345-a`` are the same certificate.
"""

import secrets
import unicodedata

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: read aloud without doubt


def slug_of(number: str) -> str:
    """The key of a number: NFKC, upper case, every run of anything but letters, digits and ``.`` one ``-``.

    Empty when nothing usable is left.
    """
    text = unicodedata.normalize("NFKC", number).upper()
    kept = "".join(character if character.isalnum() or character == "." else " " for character in text)
    return "-".join(kept.split())


def generate_number(standard_code: str, year: int) -> str:
    """A fresh number such as ``ISO9001-2026-K7QX3M``; uniqueness is the store's to decide."""
    return f"ISO{standard_code}-{year}-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
