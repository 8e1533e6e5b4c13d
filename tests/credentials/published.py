"""The independent reading of a credential: PyLD over the published contexts, sharing no code with the product."""

import json
from typing import Any

from pyld import jsonld

from defiso.credentials.contexts import PINNED, context_bytes


def _load(url: str, options: object) -> dict[str, Any]:
    if url not in PINNED:
        raise AssertionError(f"{url} would have been fetched")
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": json.loads(context_bytes(url)),
        "contentType": "application/ld+json",
    }


def canonical_by_pyld(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    text: str = jsonld.normalize(document, options)
    return text.encode()
