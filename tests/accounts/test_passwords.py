import statistics
import time

import pytest
from django.test import override_settings

from defiso import settings as production
from defiso.accounts import passwords
from defiso.accounts.passwords import hash_password, is_right, problem_with_password

EMAIL = "j.owner@acme.example"


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "пароль из слов и чисел", "a" * 500 + "bcdefgh" * 20, "x9$kQ!m2Zp#7"]
)
def test_a_long_enough_password_of_any_kind_is_accepted(password: str) -> None:
    assert problem_with_password(password, email=EMAIL) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("eleven char", "at least 12"),
        ("x9$kQ!m2" * 200, "at most 1024"),
        ("e\u0301" * 300 + "x9$kQ!m2" * 60, "at most 1024"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("ababababababab", "repeats"),
        ("my J.Owner password", "name of your e-mail"),
        ("1qaz2wsx3edc4rfv", "tried first"),
        ("1QAZ2wsx3edc4rfv", "tried first"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_with_the_reason(password: str, why: str) -> None:
    problem = problem_with_password(password, email=EMAIL)

    assert problem is not None
    assert why in problem


def test_a_short_email_name_may_occur_by_chance() -> None:
    assert problem_with_password("a long and joyful password", email="jo@acme.example") is None


def test_only_the_same_password_is_right() -> None:
    stored = hash_password("correct horse battery staple")

    assert is_right("correct horse battery staple", stored) == (True, False)
    assert is_right("correct horse battery staples", stored)[0] is False
    assert is_right("", stored)[0] is False
    assert is_right("x" * 100_000, stored)[0] is False
    assert is_right("correct horse battery staple", None)[0] is False


def test_a_password_typed_in_composed_or_decomposed_letters_is_the_same() -> None:
    stored = hash_password("mot de passe tr\u00e8s long")

    assert is_right("mot de passe tre\u0300s long", stored)[0]


@pytest.mark.parametrize("broken", ["", "nonsense", "!unusable", "pbkdf2_sha256$1$a$b"])
def test_a_broken_stored_hash_is_never_right(broken: str) -> None:
    assert is_right("correct horse battery staple", broken)[0] is False


def test_production_stores_argon2id_and_takes_as_long_for_nobody_as_for_somebody() -> None:
    with override_settings(PASSWORD_HASHERS=production.PASSWORD_HASHERS):
        passwords._hash_of_nothing.cache_clear()
        stored = hash_password("correct horse battery staple")
        known = [seconds_of(stored) for _ in range(3)]
        unknown = [seconds_of(None) for _ in range(3)]
    passwords._hash_of_nothing.cache_clear()

    assert stored.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")
    assert min(known) > 0.01
    assert statistics.median(unknown) == pytest.approx(statistics.median(known), rel=0.6)


def seconds_of(stored: str | None) -> float:
    started = time.process_time()  # of this process alone: other load on the machine does not blur it
    is_right("a wrong password", stored)
    return time.process_time() - started
