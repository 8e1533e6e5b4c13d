"""Every code point there is, against the property that decides it; the properties of ``regex`` are the newer ones."""

import unicodedata
from functools import cache

import pytest
import regex

from defiso.core.characters import hidden_character, is_blank, problem_with_name, unfit_for_number

HIEROGLYPH_FORMATS = range(0x13430, 0x13460)

NAMED_RANGES = [
    range(0xE0100, 0xE01F0),  # variation selectors
    range(0x2800, 0x2801),  # blank braille
    range(0x1D173, 0x1D17B),  # musical formats
    range(0x1BCA0, 0x1BCA4),  # shorthand formats
    HIEROGLYPH_FORMATS,
    range(0xFFFD, 0xFFFE),  # replacement character
    range(0xFE00, 0xFE10),
    range(0x200B, 0x2010),
    range(0x2060, 0x2070),
    range(0xE000, 0xE010),  # private use
    range(0xE0000, 0xE1000),
]


EVERY_CHARACTER = "".join(map(chr, range(0x110000)))


@cache
def refused_in_numbers() -> frozenset[str]:
    return frozenset(character for character in EVERY_CHARACTER if unfit_for_number(character))


@cache
def refused_in_texts() -> frozenset[str]:
    return frozenset(character for character in EVERY_CHARACTER if hidden_character(character))


def every(properties: str) -> set[str]:
    """All characters of a set of properties, as ``regex`` knows them."""
    return set(regex.findall(f"[{properties}]", EVERY_CHARACTER, flags=regex.V1))


@pytest.mark.parametrize("code_points", NAMED_RANGES, ids=lambda code_points: f"U+{code_points.start:04X}")
def test_a_number_has_no_character_that_cannot_be_seen_or_typed(code_points: range) -> None:
    assert [unfit_for_number(f"A{chr(point)}1") for point in code_points] == [f"U+{point:04X}" for point in code_points]


def test_every_code_point_that_no_one_sees_is_refused_in_numbers_by_its_property() -> None:
    unseen = every(r"\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}")

    assert unseen - refused_in_numbers() == set()


def test_every_letter_digit_and_mark_of_punctuation_may_stand_in_numbers() -> None:
    """But those that the Unicode of this Python does not know yet, as keys are made with it."""
    seen = every(r"[\p{L}\p{N}\p{P}\p{Sm}\p{Sc}\p{Sk}]--\p{Default_Ignorable_Code_Point}")
    unknown = {character for character in seen if unicodedata.category(character) == "Cn"}

    assert seen & refused_in_numbers() - unknown <= set(map(chr, HIEROGLYPH_FORMATS))
    assert unknown <= refused_in_numbers()


def test_whatever_a_text_may_not_have_a_number_may_not_have_either() -> None:
    assert refused_in_texts() <= refused_in_numbers()


@pytest.mark.parametrize(
    "number", ["FM 12345/A", "№ 123", "N° 4", "ISO-9001_2026.1", "証明書１２", "A①", "DE\u00a0123", "é-1", "e\u0301-1"]
)
def test_numbers_as_bodies_write_them_are_taken(number: str) -> None:
    assert unfit_for_number(number) == ""


@pytest.mark.parametrize("character", ["\u2003", "\u200a", "☃", "😀", "\U0001d159", "\U00016fe4", "\ufffc"])
def test_a_number_has_neither_ornaments_nor_spaces_of_other_widths(character: str) -> None:
    assert unfit_for_number(f"A{character}1") == f"U+{ord(character):04X}"


def test_every_code_point_that_is_control_unassigned_or_private_is_refused_in_texts_by_its_property() -> None:
    assert every(r"\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}") <= refused_in_texts()
    assert hidden_character("a\nb") == "U+000A"
    assert hidden_character("a\nb", several_lines=True) == ""


def test_no_visible_character_is_refused_in_texts() -> None:
    visible = every(r"[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]--\p{Default_Ignorable_Code_Point}")

    assert visible & refused_in_texts() == set()


@pytest.mark.parametrize(
    "text",
    ["شرکت نمونه\u200cای", "क्\u200dष", "葛\U000e0100城市", "ᠮᠣᠩᠭᠣᠯ\u180eᠠ", "Donau\u00addampf", "\u0600١٢", "❤\ufe0f"],
)
def test_what_shapes_the_letters_of_a_script_stays_in_texts(text: str) -> None:
    assert hidden_character(text) == ""


@pytest.mark.parametrize("filler", ["\u115f", "\u1160", "\u3164", "\uffa0"])
def test_a_name_of_invisible_letters_is_blank(filler: str) -> None:
    assert filler.isalnum()
    assert is_blank(filler * 3)
    assert hidden_character(f"Acme{filler}") != ""


def test_one_function_says_what_is_wrong_with_any_name() -> None:
    assert problem_with_name("Ünal & Söhne 3", longest=20) == ""
    assert problem_with_name(" —", longest=20) == "Give a name, with a letter or digit in it."
    assert problem_with_name("x" * 21, longest=20) == "A name has at most 20 characters; this has 21."
    assert problem_with_name("A\u202eB", longest=20) == (
        "A name cannot have a character that nobody can see (U+202E). Type it again by hand."
    )
