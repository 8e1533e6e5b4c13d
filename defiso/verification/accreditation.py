"""How well it is known that an accreditation covers a certificate: a level of its own, beside the verdicts.

It decides nothing: a genuine certificate in force is valid, and the page says at once who vouches for what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LABEL = "Accreditation"


class AccreditationLevel(StrEnum):
    """Who vouches for it: the body itself, or nobody. Nobody else can tell this registry yet."""

    CLAIMED = "claimed"
    NONE = "none"


@dataclass(frozen=True)
class KnownAccreditation:
    """``reason`` is one sentence for a person."""

    level: AccreditationLevel
    reason: str


def known_accreditation(subject: Mapping[str, Any], *, is_genuine: bool) -> KnownAccreditation:
    """What the signed subject claims; ``is_genuine`` is whether its content and its issuer passed."""
    if not is_genuine:
        return _none("The document did not pass its check, so what it says of an accreditation counts for nothing.")
    said = subject.get("accreditation") or {}
    if said.get("accredited") is True:
        return KnownAccreditation(AccreditationLevel.CLAIMED, _claim(said.get("body"), said.get("number")))
    if said.get("accredited") is False:
        return _none("The certification body issued it without accreditation.")
    return _none("The record does not say whether an accreditation covers it.")


def _claim(body: str | None, number: str | None) -> str:
    by = f"by {body}" if body else "but not by whom"
    under = f", number {number}" if body and number else ""
    return f"The certification body says that it is accredited for this {by}{under}. Nobody has confirmed that here."


def _none(reason: str) -> KnownAccreditation:
    return KnownAccreditation(AccreditationLevel.NONE, reason)
