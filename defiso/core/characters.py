"""Which characters a text may have, by their Unicode properties: none that nobody can see, none that reorder others.

Letters of every script are welcome; what a person reads must be what was signed. Properties come from ``regex``, which
follows each Unicode version; Python's ``unicodedata`` is older and knows no default-ignorable code points.
"""

import unicodedata

import regex

# Controls and formats, surrogates, private use, unassigned and non-characters, line and paragraph separators, and what
# a font may leave out (UAX 44, Default_Ignorable_Code_Point). The line break is judged by the caller.
_UNSEEN = r"\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}"
# What shapes its neighbours in texts of scripts that need it: joiners (Persian, Indic), marks such as variation
# selectors (Japanese, Mongolian) and Mongolian's vowel separator, signs around a number (Arabic), the hyphen that shows
# at the end of a line only.
_SHAPING = r"\p{Join_Control}\p{M}\u180e\p{Prepended_Concatenation_Mark}\u00ad"
_in_several_lines = regex.compile(rf"[[{_UNSEEN}]--[{_SHAPING}\n]]", regex.V1).search
_in_one_line = regex.compile(rf"[[{_UNSEEN}]--[{_SHAPING}]]", regex.V1).search

# A number is read aloud and typed by a stranger, so it has no ornament either. Blank braille, the replacement character
# and their like are "other symbols" and have no property of their own; of those only Latin-1's (N°) are taken, and
# those that stand for letters or digits (№). Two blank marks of dead scripts are no symbols: the block that arranges
# hieroglyphs, and the Khitan filler. Of the spaces those that keyboards make.
_ORNAMENT = (
    r"[\p{So}--\p{Block=Latin_1_Supplement}]\p{Block=Egyptian_Hieroglyph_Format_Controls}\U00016fe4"
    r"[\p{Zs}--[\u0020\u00a0\u202f\u3000]]"
)
_ornament = regex.compile(rf"[{_UNSEEN}{_ORNAMENT}]", regex.V1).match
_ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}", regex.V1)


def hidden_character(text: str, *, several_lines: bool = False) -> str:
    """The first character that is refused, as ``U+202E``; empty if there is none."""
    found = (_in_several_lines if several_lines else _in_one_line)(text)
    return _written(found.group()) if found else ""


def unfit_for_number(text: str) -> str:
    """The first character that a number cannot have, as ``U+2800``; empty if there is none."""
    return next((_written(character) for character in text if _is_unfit(character)), "")


def is_blank(value: object) -> bool:
    """Whether nothing is there: None, or a text without a single letter or digit that can be seen."""
    if not isinstance(value, str):
        return value is None
    return not any(character.isalnum() for character in _ignorable.sub("", value))


def problem_with_characters(text: str, *, several_lines: bool = False) -> str:
    """One sentence about a character that nobody can see; empty if there is none."""
    hidden = hidden_character(text, several_lines=several_lines)
    return f"Contains a character that cannot be seen ({hidden}). Type the text again by hand." if hidden else ""


def problem_with_name(name: str, *, longest: int) -> str:
    """One sentence why nobody can be called this; empty if they can. For names of bodies and of users.

    Names in certificates are judged by the same functions, each finding with a code of its own.
    """
    if is_blank(name):
        return "Give a name, with a letter or digit in it."
    if len(name) > longest:
        return f"A name has at most {longest:,} characters; this has {len(name):,}."
    hidden = hidden_character(name)
    return f"A name cannot have a character that nobody can see ({hidden}). Type it again by hand." if hidden else ""


def _written(character: str) -> str:
    return f"U+{ord(character):04X}"


def _is_unfit(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "So" and any(part.isalnum() for part in unicodedata.normalize("NFKC", character)):
        return False
    # The key of a number is made with ``unicodedata``: a letter it does not know yet would be lost from the key.
    return category == "Cn" or _ornament(character) is not None
