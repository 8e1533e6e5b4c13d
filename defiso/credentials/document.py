"""The outside of a credential: which members it has, and that every identifier in it is a full address.

A relative identifier would be left out of the signature in silence, so it is refused. The inside is in ``subject``.
"""

import re
from typing import Any

from pyoxigraph import NamedNode

from defiso.credentials.contexts import OUR_CONTEXTS, OUR_TYPES
from defiso.credentials.subject import is_plain_text, misfit

_REQUIRED = {"@context", "type", "id", "issuer", "name", "validFrom", "credentialSubject"}
_OPTIONAL = {"validUntil"}
_WEB_ADDRESS = re.compile(r"https?://[!-~]+", re.ASCII)
_DID = re.compile(r"did:web:[!-~]+", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def problem_with(document: dict[str, Any]) -> str | None:
    """What keeps an unsigned document from being a credential of ours, as one sentence; None if nothing does."""
    if not _REQUIRED <= document.keys() <= _REQUIRED | _OPTIONAL:
        return "The document lacks a part, or has one too many."
    if document["@context"] != OUR_CONTEXTS or document["type"] != OUR_TYPES:
        return "The document is not a management-system certificate of this registry."
    if not _is_address(document["id"], _WEB_ADDRESS):
        return "The document is named by something that is not a web address."
    if not is_did_address(document["issuer"]):
        return "The document names no issuer."
    if not is_plain_text(document["name"]):
        return "The document's title is not a text, or has a control character."
    if not all(is_second(document[key]) for key in ("validFrom", "validUntil") if key in document):
        return "The document does not say when it is valid."
    return misfit(document["credentialSubject"])


def is_second(value: object) -> bool:
    """A UTC time to the second: ``2026-11-23T09:14:00Z``."""
    return isinstance(value, str) and bool(_SECOND.fullmatch(value))


def is_did_address(value: object) -> bool:
    """A DID of a host, or an address in its document."""
    return _is_address(value, _DID)


def _is_address(value: object, form: re.Pattern[str]) -> bool:
    if not isinstance(value, str) or not form.fullmatch(value):
        return False
    try:
        NamedNode(value)
    except ValueError:
        return False
    return True
