"""From a credential to the bytes that are signed and anchored: JSON-LD to statements to RDFC-1.0 canonical N-Quads.

Documents are trees whose only shared node is the root, so no label search of RDFC-1.0 can grow: see decision 0003.
"""

import json
from collections.abc import Iterable
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from defiso.core.canonical import canonical_json
from defiso.credentials.contexts import OUR_CONTEXTS, SHORT_MAP

MOST_CHARACTERS = 1_000_000

_NAMED = '{"@context":' + json.dumps(OUR_CONTEXTS, separators=(",", ":"))
_INLINED = '{"@context":' + json.dumps(SHORT_MAP)


def stored_text(document: dict[str, Any]) -> str:
    """The one way we write a document: RFC 8785, so that equal text and equal document are the same thing."""
    return canonical_json(document).decode()


def statements_of(text: str) -> list[Quad]:
    """The statements in the stored text of a credential without proof, once ``problem_with`` found nothing in it."""
    if not text.startswith(_NAMED):
        raise ValueError("not a document under our contexts")
    return list(parse(_INLINED + text[len(_NAMED) :], format=RdfFormat.JSON_LD))


def statements_under(definitions: dict[str, Any], document: dict[str, Any]) -> list[Quad]:
    """The statements of a document of ours of another kind, under these definitions in place of its context's name."""
    return list(parse(json.dumps({**document, "@context": definitions}), format=RdfFormat.JSON_LD))


def canonical_bytes(statements: Iterable[Quad]) -> bytes:
    """Canonical N-Quads, UTF-8, sorted (RDF Dataset Canonicalization, 4.4 and 5)."""
    dataset = Dataset(statements)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    assert lines is not None  # noqa: S101  None only when an output file is given
    return b"".join(sorted(lines.splitlines(keepends=True)))
