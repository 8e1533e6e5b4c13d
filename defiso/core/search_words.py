"""The words by whose beginnings a name is found, whatever its case, accents and alphabet. Pure.

What reads alike to the eye is another matter: ``names``.
"""

import unicodedata

import regex

LONGEST_WORD = 40
MOST_WORDS = 16
# Letters that are no letter with an accent to Unicode, as people without them on the keyboard write them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})
# Scripts without spaces between words: where the script changes, a word may begin.
_SPACELESS = r"\p{Han}", r"\p{Hiragana}", r"\p{Katakana}ー", r"\p{Hangul}"
_OTHER = rf"[\p{{L}}\p{{M}}\p{{N}}--[{''.join(_SPACELESS)}]]"
_words = regex.compile("|".join(f"[{script}]+" for script in _SPACELESS) + f"|{_OTHER}+", regex.V1)
_marks = regex.compile(r"\p{Mn}+")


def words_of(*texts: str) -> list[str]:
    """The different words of these texts, folded, in their order, ``MOST_WORDS`` at most.

    >>> words_of("Gießerei Müller & Søn")
    ['giesserei', 'muller', 'son']
    """
    found = (word[:LONGEST_WORD] for text in texts for word in _words.findall(_folded(text)))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def _folded(text: str) -> str:
    """Without case and accents. Twice, as folding brings further marks (ΐ)."""
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
        text = _marks.sub("", text)
    return unicodedata.normalize("NFC", text)
