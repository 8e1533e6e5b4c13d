import pytest

from defiso.core.numbers import MOST_SLUG_BYTES, generate_number, slug_asked, slug_of


@pytest.mark.parametrize(
    ("number", "slug"),
    [
        ("FM 12345/A", "FM-12345-A"),
        ("fm-12345-a", "FM-12345-A"),
        ("  9001--2024__1 ", "9001-2024-1"),
        ("v1.2", "V1.2"),
        ("ＦＭ１２", "FM12"),
        ("№ Ünïcode-7", "NO-ÜNÏCODE-7"),
        ("a/../b", "A-..-B"),
        ("///", ""),
        ("..", ""),
        ("../../", ""),
    ],
)
def test_the_slug_of_a_number_keeps_letters_digits_and_dots(number: str, slug: str) -> None:
    assert slug_of(number) == slug


def test_a_slug_is_its_own_slug() -> None:
    assert slug_of(slug_of("FM 12345/A (rev. 2)")) == slug_of("FM 12345/A (rev. 2)")


def test_a_generated_number_names_standard_and_year_and_is_its_own_slug() -> None:
    number = generate_number("9001", 2026)

    assert number.startswith("ISO9001-2026-")
    assert slug_of(number) == number
    assert number != generate_number("9001", 2026)


def test_what_is_longer_than_any_key_is_no_number_at_all() -> None:
    expands_to_eighteen = "\ufdfa"

    assert slug_asked("FM 12345/A") == "FM-12345-A"
    assert slug_asked("A" * MOST_SLUG_BYTES) == "A" * MOST_SLUG_BYTES
    assert slug_asked(expands_to_eighteen * 100) == slug_asked("漢" * 81) == ""
