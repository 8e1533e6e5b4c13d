"""A stored credential, read back with suspicion: bounded, in our exact writing, with nothing beyond our terms."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from defiso.credentials.canonicalisation import MOST_CHARACTERS, stored_text
from defiso.credentials.contexts import PINNED
from defiso.credentials.document import problem_with
from defiso.credentials.errors import MalformedCredentialError, UnknownContextError
from defiso.credentials.integrity import is_proof_of_ours

# The parser recurses in C, and a library we use raises Python's recursion limit past what a thread's stack holds.
_MOST_BRACKETS = 500
_MOST_DEPTH = 10
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?+', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


@dataclass(frozen=True)
class StoredCredential:
    """A well-formed credential: the document without its proof, and the proof."""

    document: dict[str, Any]
    proof: dict[str, Any]

    @property
    def subject(self) -> dict[str, Any]:
        return self.document["credentialSubject"]  # type: ignore[no-any-return]

    @property
    def signer(self) -> tuple[str, str]:
        """The DID and the key id the proof names."""
        did, _mark, kid = self.proof["verificationMethod"].partition("#")
        return did, kid


def read_credential(text: str) -> StoredCredential:
    """Raises MalformedCredentialError, whatever the text is."""
    document = _document_in(text)
    _refuse_unknown_contexts(document.get("@context"))
    proof = document.pop("proof", None)
    if problem := problem_with(document):
        raise MalformedCredentialError(problem)
    if not is_proof_of_ours(proof):
        raise MalformedCredentialError("The document has no signature that can be read.")
    return StoredCredential(document, proof)


def read_subject(text: str) -> dict[str, Any]:
    """What a stored credential says, its signature not looked at. Raises MalformedCredentialError."""
    document = _document_in(text)
    document.pop("proof", None)
    if problem := problem_with(document):
        raise MalformedCredentialError(problem)
    subject: dict[str, Any] = document["credentialSubject"]
    return subject


def _document_in(text: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS or _is_deep(text):
        raise MalformedCredentialError("The document is larger than a certificate can be.")
    try:
        document = orjson.loads(text)
        written_as_ours = isinstance(document, dict) and stored_text(document) == text
    except (ValueError, TypeError, RecursionError) as error:
        raise MalformedCredentialError("The document is damaged: it cannot be read.") from error
    if not written_as_ours:
        raise MalformedCredentialError("The document is not written as this registry writes documents.")
    return document  # type: ignore[no-any-return]


def _is_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= _MOST_BRACKETS:
        return False
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > _MOST_DEPTH:
            return True
    return False


def _refuse_unknown_contexts(contexts: object) -> None:
    for url in contexts if isinstance(contexts, list) else []:
        if isinstance(url, str) and url not in PINNED:
            raise UnknownContextError(url)
