"""The outside of a credential: which members it has, and that every identifier in it is a full address.

A relative identifier would be left out of the signature in silence, so it is refused. The inside is in ``subject``.
"""

import re
from typing import Any

from pyoxigraph import NamedNode

from defiso.credentials.contexts import OUR_TYPES, contexts_of
from defiso.credentials.status_entries import PURPOSES
from defiso.credentials.subject import is_plain_text, misfit

_REQUIRED = {"@context", "type", "id", "issuer", "name", "validFrom", "credentialStatus", "credentialSubject"}
_OPTIONAL = {"validUntil"}
_WEB_ADDRESS = re.compile(r"https?://[!-~]+", re.ASCII)
_DID = re.compile(r"did:web:[!-~]+", re.ASCII)
_STATUS_MEMBERS = {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
_INDEX = re.compile(r"0|[1-9]\d{0,5}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def problem_with(document: dict[str, Any]) -> str | None:
    """What keeps an unsigned document from being a credential of ours, as one sentence; None if nothing does."""
    if not _REQUIRED <= document.keys() <= _REQUIRED | _OPTIONAL:
        return "The document lacks a part, or has one too many."
    subject = document["credentialSubject"]
    if not isinstance(subject, dict) or document["@context"] != contexts_of(subject) or document["type"] != OUR_TYPES:
        return "The document is not a management-system certificate of this registry."
    if not _is_address(document["id"], _WEB_ADDRESS):
        return "The document is named by something that is not a web address."
    if not is_did_address(document["issuer"]):
        return "The document names no issuer."
    if not is_plain_text(document["name"]):
        return "The document's title is not a text, or has a control character."
    if not all(is_second(document[key]) for key in ("validFrom", "validUntil") if key in document):
        return "The document does not say when it is valid."
    if not _is_status(document["credentialStatus"]):
        return "The document does not say where its status is listed."
    return misfit(subject)


def _is_status(value: object) -> bool:
    """One entry for each purpose, in order, at the same place of both lists."""
    if not isinstance(value, list) or len(value) != len(PURPOSES):
        return False
    return all(
        isinstance(entry, dict)
        and entry.keys() == _STATUS_MEMBERS
        and entry["type"] == "BitstringStatusListEntry"
        and entry["statusPurpose"] == purpose
        and isinstance(entry["statusListIndex"], str)
        and bool(_INDEX.fullmatch(entry["statusListIndex"]))
        and entry["statusListIndex"] == value[0]["statusListIndex"]
        and _is_address(entry["statusListCredential"], _WEB_ADDRESS)
        and entry["id"] == f"{entry['statusListCredential']}#{entry['statusListIndex']}"
        and _is_address(entry["id"], _WEB_ADDRESS)
        for entry, purpose in zip(value, PURPOSES, strict=True)
    )


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
