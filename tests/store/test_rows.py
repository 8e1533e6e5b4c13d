"""A row becomes the same model as PynamoDB's own way makes of it, and a model the same row."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from defiso.core.errors import DomainError
from defiso.store.errors import DamagedRowError
from defiso.store.items import LookupsItem, WholeNumber
from defiso.store.rows import row_of
from defiso.store.transactions import Writes


class Row(LookupsItem):
    text = UnicodeAttribute(null=True)
    renamed = UnicodeAttribute(null=True, attr_name="stored_as")
    number = NumberAttribute(default=7)
    flag = BooleanAttribute(default=False)
    made = UnicodeSetAttribute(default=lambda: {"fresh"})
    only_when_new = UnicodeAttribute(default_for_new="new")
    expires_at = TTLAttribute(null=True)
    data = BinaryAttribute(null=True, legacy_encoding=False)
    structure = JSONAttribute(null=True)


class Counted(LookupsItem):
    count = WholeNumber()


KEY = {"PK": {"S": "ROW"}, "SK": {"S": "1"}}
FULL = {
    **KEY,
    "operation": {"S": "01"},
    "text": {"S": "Ä"},
    "stored_as": {"S": "there"},
    "number": {"N": "12345678901234567890"},
    "flag": {"BOOL": True},
    "made": {"SS": ["a", "b"]},
    "only_when_new": {"S": "old"},
    "expires_at": {"N": "1790000000"},
    "data": {"B": b"\x00\xff"},
    "structure": {"S": '{"a": [1, null]}'},
    "of_another_model": {"S": "ignored"},
}


@pytest.mark.parametrize(
    "raw",
    [FULL, KEY, {**KEY, "text": {"NULL": True}, "number": {"NULL": True}}, {**KEY, "text": {"S": ""}}],
    ids=["full", "bare", "null", "empty"],
)
def test_a_row_becomes_what_pynamodb_makes_of_it(raw: dict[str, Any]) -> None:
    ours, theirs = Row.from_raw_data(raw), Model.from_raw_data.__func__(Row, raw)  # type: ignore[attr-defined]

    assert ours.attribute_values == theirs.attribute_values
    assert ours.serialize(null_check=False) == theirs.serialize(null_check=False)


@pytest.mark.parametrize("raw", [FULL, {**KEY, "only_when_new": {"S": ""}}], ids=["full", "bare"])
def test_a_model_becomes_the_row_that_pynamodb_makes_of_it(raw: dict[str, Any]) -> None:
    row = Row.from_raw_data(raw)

    assert row_of(row) == row.serialize(null_check=True)


def test_a_model_without_what_its_rows_must_have_becomes_no_row() -> None:
    with pytest.raises(AttributeNullError, match="count"):
        row_of(Counted("ROW", "1"))


def test_a_row_is_created_on_the_condition_that_pynamodb_makes_of_its_words() -> None:
    writes, row = Writes(), Row("ROW", "1", text="Ä")

    writes.create(row, otherwise=DomainError("there"))
    writes.put(row, given=Row.PK.does_not_exist(), otherwise=DomainError("there"))

    created, put = (part.request for part in writes._parts)
    assert created == put


def test_the_values_are_python_objects() -> None:
    row = Row.from_raw_data(FULL)

    assert (row.renamed, row.number, row.made, row.structure) == (
        "there",
        12345678901234567890,
        {"a", "b"},
        {"a": [1, None]},
    )
    assert row.expires_at == datetime.fromtimestamp(1790000000, UTC)


def test_two_rows_share_no_default() -> None:
    one, two = Row.from_raw_data(KEY), Row.from_raw_data(KEY)

    one.made.add("more")

    assert two.made == {"fresh"}


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises(DamagedRowError, match="the number of a row"):
        Row.from_raw_data({**KEY, "number": {"S": "seven"}})


def test_a_value_of_the_right_type_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(DamagedRowError, match="the structure of a row"):
        Row.from_raw_data({**KEY, "structure": {"S": "{"}})


def test_a_whole_row_has_every_attribute_that_such_rows_have() -> None:
    assert Counted.whole({**KEY, "count": {"N": "1"}}).count == 1
    with pytest.raises(DamagedRowError, match="the count of a counted"):
        Counted.whole(KEY)
    Counted.from_raw_data(KEY)  # of an index, which may leave it out
