"""Changing stored rows behind the product's back, with the engine's own API, past every rule of the product."""

from collections.abc import Callable
from typing import Any

from defiso.credentials.packing import pack, unpack
from defiso.store.connection import connection

NUMBER = "ISO9001-2026-ABC123"
HEAD = ("defiso-certificates", f"CERT#{NUMBER}")
REVISION = ("defiso-certificates", f"REV#{NUMBER}#0001")
PLACE = ("defiso-blockchain-transactions", f"PROOF#{NUMBER}#0001")
BATCH, TOP, LEAVES = (("defiso-blockchain-transactions", sk) for sk in ("METADATA", "TOP", "LEAVES#0000"))
DAMAGED = ("root", "tx_hash", "confirmed_at")
Row = dict[str, Any]


def key_of(place: tuple[str, str]) -> Row:
    """Of a row of the tenant's, or of the batch that its certificate is in."""
    pk = "TENANT#acme"
    if place in (BATCH, TOP, LEAVES):
        pk = f"BATCH#{connection().client.get_item(TableName=PLACE[0], Key=key_of(PLACE))['Item']['batch_id']['S']}"
    return {"PK": {"S": pk}, "SK": {"S": place[1]}}


def remove(place: tuple[str, str]) -> None:
    connection().client.delete_item(TableName=place[0], Key=key_of(place))


def change(place: tuple[str, str], edit: Callable[[Row], None]) -> None:
    """Rewrite a stored row with the engine's own API, past every rule of the product."""
    client = connection().client
    row = client.get_item(TableName=place[0], Key=key_of(place))["Item"]
    edit(row)
    client.put_item(TableName=place[0], Item=row)


def set_text(name: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.update({name: {"S": value}})


def flip_hex(name: str) -> Callable[[Row], None]:
    def flip(row: Row) -> None:
        text = row[name]["S"]
        row[name] = {"S": text[:-1] + ("0" if text[-1] != "0" else "1")}

    return flip


def flip_digest(position: int) -> Callable[[Row], None]:
    """Change one of the digests in a row of a tree."""

    def flip(row: Row) -> None:
        digests = bytearray(row["digests"]["B"])
        digests[32 * position] ^= 1
        row["digests"] = {"B": bytes(digests)}

    return flip


def swap_digests(row: Row) -> None:
    digests = row["digests"]["B"]
    row["digests"] = {"B": digests[32:] + digests[:32]}


def set_whole_number(name: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.update({name: {"N": value}})


def set_document(text: str) -> Callable[[Row], None]:
    return lambda row: row.update(credential={"B": pack(text)})


def set_octets(value: bytes) -> Callable[[Row], None]:
    return lambda row: row.update(credential={"B": value})


def replace_in_document(old: str, new: str) -> Callable[[Row], None]:
    def replace(row: Row) -> None:
        text = unpack(row["credential"]["B"])
        assert old in text
        row["credential"] = {"B": pack(text.replace(old, new, 1))}

    return replace
