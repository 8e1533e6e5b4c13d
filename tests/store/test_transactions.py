import threading
from collections.abc import Callable

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from defiso.core.errors import ChangedMeanwhileError, RefusedError
from defiso.store import transactions
from defiso.store.connection import SharedConnection, counted_calls
from defiso.store.items import LookupsItem, TenantsItem, find_all
from defiso.store.transactions import Writes, transaction
from tests.conftest import every_row


class Row(LookupsItem):
    text = UnicodeAttribute()
    number = NumberAttribute(null=True)


IN_USE = RefusedError("in use")


def create(sk: str, text: str = "x") -> None:
    with transaction() as writes:
        writes.create(Row("ROW", sk, text=text), otherwise=IN_USE)


def test_a_transaction_writes_all_parts_in_one_call() -> None:
    with counted_calls() as calls, transaction() as writes:
        writes.create(Row("ROW", "1", text="a"), otherwise=IN_USE)
        writes.create(Row("ROW", "2", text="b"), otherwise=IN_USE)

    assert calls == ["TransactWriteItems"]
    assert [row.text for row in Row.query("ROW")] == ["a", "b"]


def test_a_failed_condition_raises_that_parts_refusal_and_writes_nothing() -> None:
    create("2", "old")
    before = every_row()

    with pytest.raises(RefusedError, match="two"), transaction() as writes:
        writes.create(Row("ROW", "1", text="a"), otherwise=RefusedError("one"))
        writes.create(Row("ROW", "2", text="b"), otherwise=RefusedError("two"))

    assert every_row() == before


def test_parts_of_every_kind_keep_their_refusals_apart() -> None:
    for sk in ("1", "2", "3"):
        create(sk, "old")

    with pytest.raises(RefusedError, match="check"), transaction() as writes:
        writes.update(Row("ROW", "1"), [Row.text.set("new")], given=Row.text == "old", otherwise=RefusedError("update"))
        writes.delete(Row("ROW", "2"), given=Row.text == "old", otherwise=RefusedError("delete"))
        writes.check(Row, "ROW", "3", given=Row.text == "else", otherwise=RefusedError("check"))

    assert [row.text for row in Row.query("ROW")] == ["old", "old", "old"]


def test_nothing_is_sent_when_the_block_raises() -> None:
    with pytest.raises(KeyError), transaction() as writes:
        writes.create(Row("ROW", "1", text="a"), otherwise=IN_USE)
        raise KeyError

    assert Row.find("ROW", "1") is None


def test_a_lost_acknowledgement_is_recognised_by_its_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    create("1", "old")
    writes = Writes()
    writes.update(Row("ROW", "1"), [Row.text.set("new")], given=Row.text == "old", otherwise=IN_USE)
    send = SharedConnection.dispatch

    def send_twice_with_the_token_forgotten(self: SharedConnection, name: str, request: dict[str, object]) -> object:
        send(self, name, {**request, "ClientRequestToken": "first-try"})
        return send(self, name, {**request, "ClientRequestToken": "second-try"})

    monkeypatch.setattr(SharedConnection, "dispatch", send_twice_with_the_token_forgotten)
    writes.commit()
    monkeypatch.undo()

    row = Row.find("ROW", "1")
    assert row is not None
    assert row.text == "new"


def test_of_many_racers_for_one_key_exactly_one_wins() -> None:
    results: list[str] = []

    def race(name: str) -> None:
        try:
            create("1", name)
            results.append(name)
        except RefusedError:
            results.append("lost")

    racers = [threading.Thread(target=race, args=(f"racer {n}",)) for n in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert results.count("lost") == 7
    row = Row.find("ROW", "1")
    assert row is not None
    assert row.text in results


def test_two_people_changing_one_row_at_once_one_is_told() -> None:
    create("1", "old")

    def change() -> None:
        with transaction() as writes:
            writes.update(
                Row("ROW", "1"), [Row.text.set("new")], given=Row.text == "old", otherwise=ChangedMeanwhileError("told")
            )

    change()
    with pytest.raises(ChangedMeanwhileError, match="told"):
        change()


def test_the_hundred_and_first_part_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="at most 100"), transaction() as writes:
        for n in range(transactions.MOST_PARTS + 1):
            writes.create(Row("ROW", str(n), text="x"), otherwise=IN_USE)

    assert list(Row.query("ROW")) == []


def test_items_of_several_tables_come_in_one_call_in_the_order_asked() -> None:
    create("1")
    create("2")

    with counted_calls() as calls:
        found = find_all([(Row, "ROW", "2"), (TenantsItem, "TENANT#none", "METADATA"), (Row, "ROW", "1")])

    assert [item and item.SK for item in found] == ["2", None, "1"]
    assert calls == ["BatchGetItem"]


def test_no_model_can_be_scanned() -> None:
    with pytest.raises(NotImplementedError, match="no code path scans"):
        Row.scan()


@pytest.mark.parametrize("blindly", [Row.save, Row.update, Row.delete])
def test_no_row_writes_itself(blindly: Callable[..., object]) -> None:
    with pytest.raises(NotImplementedError, match="written by transactions"):
        blindly(Row("ROW", "1", text="a"))

    assert every_row() == []
