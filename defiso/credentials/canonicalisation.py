"""From a credential to the bytes that are signed and anchored: canonical N-Quads, written straight from the document.

Our contexts are flat, so JSON-LD is a table of terms here; our documents are trees of which only single nodes have
children, so RDFC-1.0 is a sort: see decision 0003. Documents of other kinds go the general way, by pyoxigraph.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from defiso.core.canonical import canonical_json, sha256
from defiso.credentials.contexts import TERMS

MOST_CHARACTERS = 1_000_000

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_PROOF = "<https://w3id.org/security#proof>"
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})  # of other controls our documents have none
_PREDICATES = {word: f"<{term.address}>" for word, term in TERMS.items()} | {"type": _TYPE}


def stored_text(document: dict[str, Any]) -> str:
    """The one way we write a document: RFC 8785, so that equal text and equal document are the same thing."""
    return canonical_json(document).decode()


@dataclass(eq=False)
class _Node:
    """``name`` is its address, empty for a blank node. ``says`` are ``" predicate object"`` of texts and addresses,
    ``children`` the nodes it leads to, by predicate. ``hash`` is what RDFC-1.0 orders blank nodes by (4.6).
    """

    name: str = ""
    says: set[str] = field(default_factory=set)
    children: list[tuple[str, "_Node"]] = field(default_factory=list)
    hash: bytes = b""


class Statements:
    """What a document of ours says without its proof, once ``problem_with`` found nothing in it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._named: list[_Node] = []
        self._blank: list[_Node] = []
        self._root = self._read({name: value for name, value in document.items() if name != "@context"})

    def canonical(self) -> bytes:
        """Canonical N-Quads, UTF-8, sorted (RDF Dataset Canonicalization, 4.4 and 5)."""
        return _sorted(set(self._lines(_labels(self._blank))))

    def canonical_with_proof(self, says: Sequence[str]) -> bytes:
        """The same of the whole document: a proof is a blank node in a graph of its own, named by another one."""
        link = f"{self._root.name} {_PROOF}"
        graph = _Node(hash=sha256(_sorted([f"{link} _:a .\n", *(f"_:z{one} _:a .\n" for one in says)])))
        proof = _Node(hash=sha256(_sorted(f"_:a{one} _:z .\n" for one in says)))
        labels = _labels([*self._blank, graph, proof])
        lines = [f"{labels[proof]}{one} {labels[graph]} .\n" for one in says]
        return _sorted({*self._lines(labels), f"{link} {labels[graph]} .\n", *lines})

    def _read(self, members: Mapping[str, Any], link: str = "") -> _Node:
        """``link`` is the statement that leads to the node, without the node."""
        node = _Node(f"<{members['id']}>" if "id" in members else "")
        for word, value in members.items():
            if word == "id":
                continue
            predicate = _PREDICATES[word]
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict):
                    node.children.append((predicate, self._read(part, f"{node.name or '_:z'} {predicate}")))
                else:
                    node.says.add(f" {predicate} {_object(word, part)}")
        (self._named if node.name else self._blank).append(node)
        if not node.name:
            lines = [f"_:a{one} .\n" for one in node.says]
            lines += [f"_:a {predicate} {child.name or '_:z'} .\n" for predicate, child in node.children]
            node.hash = sha256(_sorted([*lines, f"{link} _:a .\n"]))
        return node

    def _lines(self, labels: Mapping[_Node, str]) -> Iterator[str]:
        for node in (*self._named, *self._blank):
            label = node.name or labels[node]
            for one in node.says:
                yield f"{label}{one} .\n"
            for predicate, child in node.children:
                yield f"{label} {predicate} {child.name or labels[child]} .\n"


def _labels(nodes: Sequence[_Node]) -> dict[_Node, str]:
    """Blank nodes by their hashes; last those that share one. Such twins say the same under the same node and lead
    nowhere, so that it is all one which of them comes first.
    """
    shared = Counter(node.hash for node in nodes)
    ordered = sorted(nodes, key=lambda node: (shared[node.hash] > 1, node.hash))
    return {node: f"_:c14n{number}" for number, node in enumerate(ordered)}


def _object(word: str, value: Any) -> str:
    if word == "type":
        return _PREDICATES[value]
    if type(value) is bool:
        return f'"{str(value).lower()}"^^<{_XSD}boolean>'
    if type(value) is int:
        return f'"{value}"^^<{_XSD}integer>'
    kind = TERMS[word].type
    if kind == "@id":
        return f"<{value}>"
    text = f'"{value.translate(_ESCAPED)}"'
    return f"{text}^^<{kind}>" if kind else text


def _sorted(lines: Iterable[str]) -> bytes:
    return "".join(sorted(lines)).encode()


def canonical_under(definitions: Any, document: dict[str, Any]) -> bytes:
    """The canonical N-Quads of a document of another kind, under these definitions in place of its context's name."""
    dataset = Dataset(parse(json.dumps({**document, "@context": definitions}), format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    assert lines is not None  # noqa: S101  None only when an output file is given
    return b"".join(sorted(lines.splitlines(keepends=True)))
