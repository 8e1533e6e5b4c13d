"""What differs between two revisions of a certificate, word by word, for whoever reads both side by side. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from defiso.certificates.reference import country_name
from defiso.core.dates import read_when, write_day

MOST_WORDS = 6000  # of both texts together; longer ones are shown whole, since the search for what they share is slow
_WRITTEN_TOGETHER = "\u0e00-\u0e7f\u2e80-\u9fff\uf900-\ufaff"  # Thai and Han with its kin: no spaces between words
_WORDS = re.compile(rf"\s+|[{_WRITTEN_TOGETHER}]|[^\s{_WRITTEN_TOGETHER}]+")


class Piece(NamedTuple):
    """A run of text that both have, or that only this one has."""

    text: str
    differs: bool = False


class Difference(NamedTuple):
    """One thing that is not as it was: ``before`` and ``after`` in pieces, each empty where it was not there."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


# Path of a member -> what it is called. Sites and languages of the scope are compared one by one.
MEMBERS = {
    "organisation.legalName": "Organisation",
    "organisation.englishName": "English name",
    "organisation.address": "Address",
    "organisation.country": "Country",
    "standard.title": "Standard",
    "scope": "Scope",
    "certificationType": "Type",
    "originalCertificationDate": "First certified",
    "decisionDate": "Decided",
    "effectiveDate": "Effective",
    "issueDate": "Issued",
    "expiryDate": "Expires",
    "previousExpiryDate": "Expired before",
    "recertificationDate": "Certified again",
    "accreditation.body": "Accreditation body",
    "accreditation.number": "Accreditation number",
}
LISTS = {"iafCodes": "IAF codes", "naceCodes": "NACE codes", "integratedWith": "Integrated with"}


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Every difference of two contents or signed subjects, in the order in which a certificate is read."""
    texts = [(label, _text_at(old, path), _text_at(new, path)) for path, label in MEMBERS.items()]
    texts += [(label, ", ".join(old.get(name) or []), ", ".join(new.get(name) or [])) for name, label in LISTS.items()]
    found = [compare_texts(label, before, after) for label, before, after in texts if before != after]
    return [*found, *_of_languages(old, new), *_of_sites(old, new)]


def compare_texts(label: str, old: str, new: str) -> Difference:
    """Both texts, with the words marked that only one of them has."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not before or not after or len(before) + len(after) > MOST_WORDS:
        return Difference(label, _whole(old), _whole(new))
    same = SequenceMatcher(None, before, after).get_opcodes()
    return Difference(
        label,
        _pieces(before, [(code != "equal", start, end) for code, start, end, _, _ in same]),
        _pieces(after, [(code != "equal", start, end) for code, _, _, start, end in same]),
    )


def _of_languages(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = _scopes(old), _scopes(new)
    for language in dict.fromkeys([*before, *after]):
        if before.get(language) != after.get(language):
            label = f"Scope ({language})"
            yield compare_texts(label, before.get(language, ""), after.get(language, ""))


def _scopes(content: Mapping[str, Any]) -> dict[str, str]:
    return {scope["language"]: scope["text"] for scope in content.get("scopes") or []}


def _of_sites(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Sites that both have are not told of; one of the same name or address is changed, the others came or went."""
    before = [site for site in old.get("sites") or [] if site not in (new.get("sites") or [])]
    after = [site for site in new.get("sites") or [] if site not in (old.get("sites") or [])]
    for site in before:
        twin = next((other for other in after if _is_same_place(site, other)), None)
        if twin is None:
            yield Difference("Site removed", _whole(_written(site)), ())
        else:
            after.remove(twin)
            yield compare_texts("Site changed", _written(site), _written(twin))
    for site in after:
        yield Difference("Site added", (), _whole(_written(site)))


def _is_same_place(site: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(site.get(member) and site.get(member) == other.get(member) for member in ("name", "address"))


def _written(site: Mapping[str, Any]) -> str:
    """One line for each thing that a site says."""
    kind = "main site" if site.get("main") else ""
    lines = [site.get("name"), site.get("address"), country_name(site.get("country", "")), kind, site.get("scope")]
    return "\n".join(line for line in lines if line)


def _text_at(content: Mapping[str, Any], path: str) -> str:
    value: Any = content
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    text = str(value or "")
    if path.endswith("country"):
        return country_name(text)
    day = read_when(text) if path.endswith("Date") else None
    return write_day(day) if day else text


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, differs=True),) if text else ()


def _pieces(words: Sequence[str], runs: Sequence[tuple[bool, int, int]]) -> tuple[Piece, ...]:
    return tuple(Piece("".join(words[start:end]), differs) for differs, start, end in runs if end > start)
