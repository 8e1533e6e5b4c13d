"""The words by which a name is found."""

import pytest

from defiso.core.search_words import LONGEST_WORD, MOST_WORDS, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gießerei Müller GmbH & Co. KG", ["giesserei", "muller", "gmbh", "co", "kg"]),
        ("SØREN Łódź İstanbul ΐ", ["soren", "lodz", "istanbul", "ι"]),
        ("株式会社トヨタ自動車", ["株式会社", "トヨタ", "自動車"]),
        ("삼성 전자", ["삼성", "전자"]),
        ("ＡＣＭＥ acme Acmé", ["acme"]),
        ("O'Brien-Smith 3M", ["o", "brien", "smith", "3m"]),
        ("— … !", []),
    ],
)
def test_words_are_told_without_case_accents_and_punctuation(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_words_are_as_many_and_as_long_as_a_row_can_hold() -> None:
    words = words_of(" ".join(f"{'x' * 60}{number}" for number in range(9)), " ".join(map(str, range(50))))

    assert len(words) == MOST_WORDS
    assert max(map(len, words)) == LONGEST_WORD
