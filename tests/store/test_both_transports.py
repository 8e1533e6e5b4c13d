"""On the real engine both ways give the same: rows, binary attributes, refusals and their reasons, signatures."""

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.conf import settings
from pynamodb.attributes import BinaryAttribute, BinarySetAttribute, UnicodeAttribute
from pynamodb.exceptions import VerboseClientError

from defiso.core.errors import RefusedError
from defiso.store.errors import StoreDeniedError
from defiso.store.items import LookupsItem, find_all
from defiso.store.signing import CONTENT_TYPE, signed_headers
from defiso.store.transactions import transaction
from tests.store.conftest import Connect

TABLE = "defiso-lookups"
ROW = {
    "PK": {"S": "ROW"},
    "SK": {"S": "1"},
    "B": {"B": b"\x00\xff named like a type"},
    "set": {"BS": [b"\x01", b"\xfe"]},
    "nested": {"M": {"B": {"L": [{"B": b"\x80"}, {"S": "Ä"}, {"NULL": True}]}, "empty": {"B": b""}}},
    "number": {"N": "12345678901234567890.5"},
    "yes": {"BOOL": True},
    "words": {"SS": ["a", "b"]},
}
SAME_ROW = {"PK": {"S": "ROW"}, "SK": {"S": "1"}}


class Row(LookupsItem):
    data = BinaryAttribute(legacy_encoding=False)
    many = BinarySetAttribute(legacy_encoding=False)
    text = UnicodeAttribute(null=True)


def put(row: dict[str, Any], **conditions: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": row, **conditions}}


@pytest.mark.parametrize("writer", ["fast", "botocore"])
def test_a_row_of_every_type_is_read_as_it_was_written(writer: str, connect: Connect) -> None:
    connect(writer).dispatch("TransactWriteItems", {"TransactItems": [put(ROW)]})

    assert _rows_as_read(connect, "fast") == _rows_as_read(connect, "botocore")
    for row in _rows_as_read(connect, "fast"):
        assert {**row, "set": {"BS": sorted(row["set"]["BS"])}, "words": {"SS": sorted(row["words"]["SS"])}} == ROW


def _rows_as_read(connect: Connect, way: str) -> list[dict[str, Any]]:
    """The row by each operation that reads."""
    shared = connect(way)
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "ROW"}},
    }
    return [
        shared.dispatch("GetItem", {"TableName": TABLE, "Key": SAME_ROW})["Item"],
        shared.dispatch("Query", query)["Items"][0],
        shared.dispatch("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [SAME_ROW]}}})["Responses"][TABLE][0],
        shared.dispatch("TransactGetItems", {"TransactItems": [{"Get": {"TableName": TABLE, "Key": SAME_ROW}}]})[
            "Responses"
        ][0]["Item"],
    ]


@pytest.mark.parametrize("way", ["fast", "botocore"])
def test_a_models_binary_attributes_are_bytes(way: str, connect: Connect) -> None:
    connect(way)
    with transaction() as writes:
        row = Row("ROW", "1", data=b"\x00\xff", many={b"\x01", b"\x02"})
        writes.create(row, otherwise=RefusedError("in use"))

    found, [also] = Row.find("ROW", "1"), find_all([(Row, "ROW", "1")])

    assert found is not None
    assert isinstance(also, Row)
    assert found.data == also.data == b"\x00\xff"
    assert found.many == also.many == {b"\x01", b"\x02"}


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a condition": (
        "TransactWriteItems",
        {
            "TransactItems": [
                put({"PK": {"S": "ROW"}, "SK": {"S": "2"}}),
                put(
                    SAME_ROW,
                    ConditionExpression="attribute_not_exists(PK)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                ),
            ]
        },
    ),
    "a malformed key": ("GetItem", {"TableName": TABLE, "Key": {"PK": {"S": "ROW"}}}),
    "two parts of one row": ("TransactWriteItems", {"TransactItems": [put(SAME_ROW), put(SAME_ROW)]}),
    "no such table": ("GetItem", {"TableName": "defiso-elsewhere", "Key": SAME_ROW}),
    "a token used before": (
        "TransactWriteItems",
        {"TransactItems": [put({**SAME_ROW, "SK": {"S": "3"}})], "ClientRequestToken": "used-before"},
    ),
}


@pytest.mark.parametrize(("operation", "request_"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_the_same_on_both_ways(operation: str, request_: dict[str, Any], connect: Connect) -> None:
    first = {"TransactItems": [put(ROW)], "ClientRequestToken": "used-before"}
    connect("botocore").dispatch("TransactWriteItems", first)

    by_fast = _refusal(connect, "fast", operation, request_)

    assert by_fast == _refusal(connect, "botocore", operation, request_)


def _refusal(connect: Connect, way: str, operation: str, request: dict[str, Any]) -> tuple[Any, ...]:
    """What a caller may look at; the text without the id of the request."""
    with pytest.raises(VerboseClientError) as raised:
        connect(way).dispatch(operation, dict(request))
    error = raised.value
    return error.response, error.cancellation_reasons, error.operation_name, str(error).partition("on table")[2]


@pytest.mark.parametrize("way", ["fast", "botocore"])
def test_a_failed_condition_shows_the_row_it_met(way: str, connect: Connect) -> None:
    shared = connect(way)
    shared.dispatch("TransactWriteItems", {"TransactItems": [put(ROW)]})

    with pytest.raises(VerboseClientError) as raised:
        shared.dispatch(*REFUSED["a condition"])

    nothing, reason = raised.value.cancellation_reasons
    assert nothing is None
    assert reason is not None
    assert reason.code == "ConditionalCheckFailed"
    assert reason.raw_item is not None
    assert reason.raw_item["nested"] == ROW["nested"]


@pytest.mark.parametrize("way", ["fast", "botocore"])
def test_without_credentials_the_trouble_is_the_stores(
    way: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "USE_DYNAMODB", True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(StoreDeniedError):
        connect(way).dispatch("GetItem", {"TableName": TABLE, "Key": SAME_ROW})


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize(
    "address", ["https://dynamodb.eu-west-2.amazonaws.com/", "http://127.0.0.1:8001/", "http://local:80/a b/"]
)
@pytest.mark.parametrize("moment", [datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)])
def test_a_request_is_signed_as_botocore_signs_it(moment: datetime, address: str, token: str | None) -> None:
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    url, body, target = urlsplit(address), '{"Key": "Ä"}'.encode(), "DynamoDB_20120810.GetItem"
    theirs = AWSRequest("POST", address, {"Content-Type": CONTENT_TYPE, "X-Amz-Target": target}, body)
    host = (url.hostname or "") if url.port in (None, 80) else url.netloc

    with time_machine.travel(moment, tick=False):
        SigV4Auth(credentials, "dynamodb", "eu-west-2").add_auth(theirs)
        ours = signed_headers(
            credentials=credentials.get_frozen_credentials(),
            region="eu-west-2",
            host=host,
            path=url.path,
            target=target,
            body=body,
        )

    assert dict(line.split(":", 1) for line in ours if not line.startswith("host:")) == {
        name.lower(): value for name, value in theirs.headers.items()
    }
