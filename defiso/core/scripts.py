"""In which language and direction a text in any script is set, as far as its letters tell. Pure."""

import unicodedata

import regex

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HANGUL = regex.compile(r"\p{Hangul}")
_HAN = regex.compile(r"\p{Han}")
_HAN_OF_COUNTRY = {"JP": "ja", "KR": "ko", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}


def east_asian_language(text: str, country: str | None = "") -> str:
    """``ja``, ``ko``, ``zh`` or ``zh-Hant``, whose shapes Han characters want: by the other letters, else by country.

    Empty for a text without letters of East Asia.
    """
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    if _HAN.search(text):
        return _HAN_OF_COUNTRY.get(country or "", "zh")
    return ""


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs right to left (UAX 9, P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
