import pytest
from pynamodb.attributes import UnicodeAttribute

from defiso.core.errors import InvalidError, RefusedError
from defiso.store.connection import counted_calls
from defiso.store.items import LookupsItem
from defiso.store.pages import fetch_page
from defiso.store.transactions import transaction


class Row(LookupsItem):
    text = UnicodeAttribute()


def fill(count: int) -> None:
    with transaction() as writes:
        for n in range(count):
            writes.create(Row("ROW", f"{n:03}", text=str(n)), otherwise=RefusedError("in use"))


def test_pages_follow_each_other_without_gap_or_repeat_at_one_query_each() -> None:
    fill(60)
    seen: list[str] = []
    cursor = None

    for size in (25, 25, 10):
        with counted_calls() as calls:
            page = fetch_page(Row, "ROW", scope="acme:rows", cursor=cursor)
        seen += [row.text for row in page.items]
        cursor = page.next_cursor
        assert (len(page.items), calls) == (size, ["Query"])

    assert seen == [str(n) for n in range(60)]
    assert cursor is None


@pytest.mark.parametrize("forge", [lambda cursor: cursor[:-1], lambda cursor: "x", lambda cursor: "x" * 100_000])
def test_a_forged_cursor_is_refused(forge: object) -> None:
    fill(30)
    cursor = fetch_page(Row, "ROW", scope="acme:rows").next_cursor

    with pytest.raises(InvalidError):
        fetch_page(Row, "ROW", scope="acme:rows", cursor=forge(cursor))  # type: ignore[operator]


def test_a_cursor_of_another_tenants_list_is_refused() -> None:
    fill(30)
    cursor = fetch_page(Row, "ROW", scope="acme:rows").next_cursor

    with pytest.raises(InvalidError):
        fetch_page(Row, "ROW", scope="globex:rows", cursor=cursor)
