"""Passwords: what makes one acceptable, and checking one in the same time whether or not there is an account."""

import functools
import secrets
import threading
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password, verify_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from defiso.core.ids import new_token

SHORTEST = 12
LONGEST = 1024
GENERATED_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
SHORTEST_NAME = 4  # an e-mail name shorter than this may occur in a password by chance

_hashing = threading.BoundedSemaphore(2)  # Argon2id takes 46 MiB each time


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with more passes than OWASP's first choice (46 MiB, 1 pass) and one lane: web workers have one core.

    Source: OWASP Password Storage Cheat Sheet. Django's own 100 MiB in 8 lanes took a second on a busy machine.
    """

    time_cost = 2
    memory_cost = 47104  # KiB
    parallelism = 1


def problem_with_password(password: str, *, email: str) -> str | None:
    """One sentence why this cannot be a password, or None. Source: NIST SP 800-63B, 3.1.1.2, with length 12."""
    text = _normalise(password)
    if len(text) < SHORTEST:
        return f"A password has at least {SHORTEST} characters. A few words are a good one."
    if max(len(text), len(password)) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if len(set(text)) < 5:
        return "This password repeats a few characters. Choose one that is harder to guess."
    name = email.partition("@")[0]
    if len(name) >= SHORTEST_NAME and name.casefold() in text.casefold():
        return "This password contains the name of your e-mail address. Choose one that is harder to guess."
    try:
        _common_passwords().validate(text)
    except ValidationError:
        return "This password is among those that are tried first. Choose one that is harder to guess."
    return None


def generate_password() -> str:
    """``k7mhq-x2vtn-9pdcw-be4ry``: 99 random bits that a person can read out."""
    return "-".join("".join(secrets.choice(GENERATED_LETTERS) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    with _hashing:
        return make_password(_normalise(password))


def is_right(password: str, stored: str | None) -> tuple[bool, bool]:
    """Whether it is the password, and whether its hash wants renewing; ``stored`` None takes as long, never right."""
    never = _hash_of_nothing()  # made on either path, so that the first unknown user is no slower
    with _hashing:
        right, wants_renewing = verify_password(_normalise(password[: LONGEST + 1]), stored or never)
    return right and stored is not None, wants_renewing


@functools.cache
def _hash_of_nothing() -> str:
    return hash_password(new_token())


@functools.cache
def _common_passwords() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _normalise(password: str) -> str:
    """The same password typed on another keyboard (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
