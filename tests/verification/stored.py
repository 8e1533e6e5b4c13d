"""Changing stored rows behind the product's back, with the engine's own API, past every rule of the product."""

import json
from collections.abc import Callable
from typing import Any

from defiso.store.connection import connection

NUMBER = "ISO9001-2026-ABC123"
HEAD = ("defiso-certificates", f"CERT#{NUMBER}")
REVISION = ("defiso-certificates", f"REV#{NUMBER}#0001")
PROOF = ("defiso-blockchain-transactions", f"PROOF#{NUMBER}#0001")
Row = dict[str, Any]


def change(place: tuple[str, str], edit: Callable[[Row], None]) -> None:
    """Rewrite a stored row with the engine's own API, past every rule of the product."""
    table, sk = place
    client = connection().client
    row = client.get_item(TableName=table, Key={"PK": {"S": "TENANT#acme"}, "SK": {"S": sk}})["Item"]
    edit(row)
    client.put_item(TableName=table, Item=row)


def set_text(name: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.update({name: {"S": value}})


def flip_hex(name: str) -> Callable[[Row], None]:
    def flip(row: Row) -> None:
        text = row[name]["S"]
        row[name] = {"S": text[:-1] + ("0" if text[-1] != "0" else "1")}

    return flip


def flip_path(row: Row) -> None:
    path = json.loads(row["path"]["S"])
    side, sibling = next(iter(path[0].items()))
    path[0][side] = ("0" if sibling[0] != "0" else "1") + sibling[1:]
    row["path"] = {"S": json.dumps(path)}


def swap_side(row: Row) -> None:
    path = json.loads(row["path"]["S"])
    side, sibling = next(iter(path[0].items()))
    path[0] = {"right" if side == "left" else "left": sibling}
    row["path"] = {"S": json.dumps(path)}


def replace_in(name: str, old: str, new: str) -> Callable[[Row], None]:
    def replace(row: Row) -> None:
        assert old in row[name]["S"]
        row[name] = {"S": row[name]["S"].replace(old, new, 1)}

    return replace
