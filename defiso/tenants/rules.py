"""What a tenant may be called and say of itself: one row a field, each with the sentence that belongs beside it."""

import re
from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from defiso.core.characters import problem_with_characters, problem_with_name
from defiso.documents.sheet import PAPERS
from defiso.tenants.claims import problem_with_reading
from defiso.tenants.slugs import problem_with_slug

LONGEST_NAME = 200
LONGEST_INTRODUCTION = 2000
LONGEST_ADDRESS = 300
REQUIRED = {"slug", "name"}


def problems_with_tenant(given: Mapping[str, str | None]) -> dict[str, str]:
    """One sentence for each field that cannot be so; empty if all can. What is not required may be None."""
    judged = {field: text or "" for field, text in given.items() if text or field in REQUIRED}
    return {field: problem for field, text in judged.items() if (problem := PROBLEM_WITH[field](text))}


def _problem_with_introduction(text: str) -> str:
    if len(text) > LONGEST_INTRODUCTION:
        return f"The introduction has at most {LONGEST_INTRODUCTION} characters."
    return problem_with_characters(text, several_lines=True)


def _problem_with_postal_address(text: str) -> str:
    if len(text) > LONGEST_ADDRESS:
        return f"The postal address has at most {LONGEST_ADDRESS} characters."
    return problem_with_characters(text)


def _problem_with_website(text: str) -> str:
    passes = _passes(URLValidator(schemes=["http", "https"]), text)
    return "" if passes else "The web address looks like https://www.example.org."


def _problem_with_address(text: str) -> str:
    return "" if _passes(validate_email, text) else "The e-mail address looks like office@example.org."


def _passes(check: Callable[[str], None], text: str) -> bool:
    try:
        check(text)
    except ValidationError:
        return False
    return True


PROBLEM_WITH: dict[str, Callable[[str], str]] = {
    "slug": problem_with_slug,
    "name": lambda text: problem_with_name(text, longest=LONGEST_NAME) or problem_with_reading(text),
    "accent": lambda text: "" if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else "The colour looks like #0f5f63.",
    "introduction": _problem_with_introduction,
    "website": _problem_with_website,
    "contact_email": _problem_with_address,
    "accreditation_body": lambda text: problem_with_name(text, longest=LONGEST_NAME),
    "accreditation_number": problem_with_characters,
    "print_name": lambda text: problem_with_name(text, longest=LONGEST_NAME),
    "postal_address": _problem_with_postal_address,
    "paper_size": lambda text: "" if text in PAPERS else f"The paper is {' or '.join(PAPERS)}.",
}
