"""The scope in a visitor's language: which they read, and which of the signed texts is shown first. One is binding."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from defiso.certificates.reference import LANGUAGES

MOST_ASKED = 3  # so that answers kept for a moment are not many


def languages_of(request: HttpRequest) -> tuple[str, ...]:
    """The languages we know among those the browser asks for, best first (RFC 9110, 12.5.4)."""
    asked = parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower())
    known = (_primary(language) for language, weight in asked if weight > 0)
    return tuple(dict.fromkeys(language for language in known if language in LANGUAGES))[:MOST_ASKED]


def scopes_of(subject: Mapping[str, Any], languages: Sequence[str]) -> list[dict[str, Any]]:
    """The scope in every language it was signed in: what the visitor reads best, then the binding one, then the rest.

    Each has language, its name, text, and whether it is binding.
    """
    binding = {"language": subject.get("scopeLanguage", ""), "text": subject.get("scope", "")}
    if not binding["text"]:
        return []
    scopes = [
        {**scope, "name": LANGUAGES.get(_primary(scope["language"]), scope["language"]), "binding": scope is binding}
        for scope in (binding, *subject.get("scopes", []))
    ]
    rank = {language: position for position, language in enumerate(languages)}
    best = min(scopes, key=lambda scope: rank.get(_primary(scope["language"]), len(rank)))
    return [best, *(scope for scope in scopes if scope is not best)]


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
