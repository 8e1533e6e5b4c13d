"""How the product may speak to DynamoDB, read from its own source: no scan, no blind write, no addition."""

import ast
from collections.abc import Iterator

from defiso.engines import BASE_DIR

# Ways past ``Item.scan`` and ``Item.save``, which raise, and past "every write states what must be true first".
FORBIDDEN = {"scan", "batch_write", "batch_write_item", "put_item", "update_item", "delete_item", "execute_statement"}
SOURCES = sorted((BASE_DIR / "defiso").rglob("*.py"))


def calls() -> Iterator[tuple[str, str]]:
    """(file, ``object.method``) of every call of a method."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path.relative_to(BASE_DIR).as_posix(), ast.unparse(node.func)


CALLS = list(calls())


def methods(names: set[str]) -> set[tuple[str, str]]:
    return {(file, call) for file, call in CALLS if call.rpartition(".")[2] in names}


def test_nothing_scans_and_nothing_writes_past_the_transactions() -> None:
    assert methods(FORBIDDEN) == set()


def test_no_attribute_is_added_to_blindly() -> None:
    """``ADD`` doubles when an acknowledgement is lost; ``set`` to a value under a condition does not."""
    rows = {call for _file, call in methods({"add"}) if call.partition(".")[0][:1].isupper()}

    assert rows == set()


def test_only_the_store_asks_for_the_connection() -> None:
    users = {file for file, call in CALLS if call in ("connection().dispatch", "connection().client")}

    assert {file for file in users if not file.startswith("defiso/store/")} == set()
