"""Which names read alike: for people who must not be the same, and for bodies who must not be taken for each other.

A name has readings; two names that share one read alike. Nothing here is shown or signed, it is only compared.
"""

import json
import unicodedata
from functools import cache
from importlib.resources import files

import regex

# Before, after and between the words of a person's name, as written without dots and hyphens. No word that is also a
# usual name (Ma, Don, Pan) and no Junior or Senior, who are two people.
_TITLES = """
    mr mrs ms miss mx sir dame dr prof professor rev eng engr ceng ieng peng
    meng beng phd dphil edd md mba msc bsc mphil llm
    herr frau ing dipling dring dipl diplom mag magister ddr med rer nat habil hc univ techn phil iur priv doz pd fh
    monsieur madame mademoiselle mme mlle mgr docteur professeur
    señor señora srta sr sra dra doctor doctora ingeniero ingeniera lic licenciado
    signor signora sig sigra dott dottssa dottore dottoressa avv
    engº senhor senhora doutor doutora
    dhr mevr mevrouw meneer drs
    bc rndr mudr judr phdr csc drsc doc inż hab
    гн гжа др проф доц кандидат инж канд тех техн наук господин госпожа
    κος κα δρ καθ
    sayın doç müh
    shri shrimati smt
"""

# What UTS 39 leaves to the eye: two letters that meet to look like a third.
_MEETING = {"vv": "w", "cl": "d"}
_accents = regex.compile(r"[\p{Block=Combining_Diacritical_Marks}\p{Default_Ignorable_Code_Point}]").sub
_words = regex.compile(r"[\p{L}\p{M}\p{N}]+").findall
_parts = regex.compile(r"[^\s,;/()]+").findall


def skeleton(text: str) -> str:
    """The text with every character replaced by the one it is confused with: UTS 39, section 4."""
    prototypes = _prototypes()
    mapped = "".join(prototypes.get(character, character) for character in unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", mapped)


def look_of(label: str) -> str:
    """What a lower-case label of letters, digits and hyphens looks like: ``acrne`` is ``acme``, ``g1obex`` ``globex``.

    Two labels with one look are taken for each other. ``i`` stays apart from ``l``: in lower case it has a dot.
    """
    return "".join(_words(_outline(label)))


def readings_of(name: str) -> frozenset[str]:
    """How the name of a body may be read, whatever its case, accents, spaces, punctuation and alphabet."""
    return frozenset("".join(_words(text)) for text in _outlines(name))


def readings_of_person(name: str) -> frozenset[str]:
    """How the name of a person may be read: as of a body, without titles, and in any order (``Smith, John``)."""
    return frozenset(" ".join(sorted(_untitled(text))) for text in _outlines(name))


def _outlines(text: str) -> set[str]:
    """As printed and as in lower case: a capital may look like another alphabet's whose small letter does not.

    Capital I, small l, 1 and | are one stroke, and case must not matter, so small i is that stroke too.
    """
    plain = unicodedata.normalize("NFKC", text)
    return {_outline(form).replace("i", "l") for form in (plain, plain.casefold())}


def _outline(text: str) -> str:
    """The skeleton in lower case, without accents. Twice, since lower case brings further look-alikes."""
    for _ in range(2):
        text = skeleton(_accents("", skeleton(text))).casefold()
    for pair, letter in _MEETING.items():
        text = text.replace(pair, letter)
    return text


def _untitled(outline: str) -> list[str]:
    """The words of a name but its titles; all of them, if it has nothing else."""
    kept: list[str] = []
    for part in _parts(outline):
        words = _words(part.replace("'", ""))  # every apostrophe's prototype: O'Brien, O’Brien, OBrien
        kept += [] if "".join(words) in _titles() else [word for word in words if word not in _titles()]
    return kept or _words(outline)


@cache
def _titles() -> frozenset[str]:
    written = (form for title in _TITLES.split() for form in (title, title.capitalize(), title.upper()))
    return frozenset(outline for form in written for outline in _outlines(form))


@cache
def _prototypes() -> dict[str, str]:
    """Confusable characters and what each is confused with, of the table that ``confusable-homoglyphs`` keeps.

    The table names each pair of Unicode's confusables.txt from both sides, the replaced character's before the
    prototype's. A replaced character has one partner; a prototype has several, or one that is already replaced by it.
    Pairs of right-to-left characters are wrapped in marks of direction.
    """
    pairs = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for character, partners in pairs.items():
        first = partners[0]["c"]
        if len(partners) == 1 and found.get(_bare(first)) != _bare(character):
            found[_bare(character)] = _bare(first)
    return found


def _bare(character: str) -> str:
    return character.strip("\u200e") or character
