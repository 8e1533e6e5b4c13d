"""Lists a page at a time, with cursors that are signed, opaque and bound to one list of one tenant."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from django.core import signing
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.pagination import PageIterator

from defiso.core.errors import InvalidError
from defiso.store.items import Item

PAGE_SIZE = 25
READ_BEHIND_A_FILTER = 1000  # rows a call looks through when a filter leaves most of them out
MOST_CALLS = 25
T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Up to ``size`` items and the cursor of the next page, None on the last."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True)
class Counted:
    """``number`` is exact unless ``and_more``: then counting stopped there."""

    number: int
    and_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.and_more else str(self.number)


def fetch_page(
    source: type[T] | GlobalSecondaryIndex[Any],
    hash_key: str,
    *,
    scope: str,
    cursor: str | None = None,
    range_condition: Condition | None = None,
    filter_condition: Condition | None = None,
    newest_first: bool = False,
    size: int = PAGE_SIZE,
) -> Page[T]:
    """One page of a query; one call unless a filter leaves the page short.

    ``scope`` names the list, tenant included; a cursor of another list raises InvalidError. Behind a filter at most
    ``MOST_CALLS`` calls are made: only then may a page be short, even empty, and yet have a next one.
    """
    results = source.query(
        hash_key,
        range_key_condition=range_condition,
        filter_condition=filter_condition,
        scan_index_forward=not newest_first,
        last_evaluated_key=_key_of(cursor, scope),
        page_size=size + 1 if filter_condition is None else READ_BEHIND_A_FILTER,
    )
    rows, key = _read(results.page_iter, size)
    model = cast(type[T], source if isinstance(source, type) else source._model)
    next_cursor = signing.dumps(key, salt=_salt(scope), compress=True) if key else None
    return Page([model.from_raw_data(row) for row in rows], next_cursor)


def count_newest(
    model: type[Item],
    hash_key: str,
    *,
    range_condition: Condition,
    filter_condition: Condition | None = None,
    most: int,
) -> Counted:
    """How many of the last ``most`` rows of a stretch pass the filter: one call, which looks at no others."""
    page = model._get_connection().query(
        hash_key,
        range_key_condition=range_condition,
        filter_condition=filter_condition,
        scan_index_forward=False,
        select="COUNT",
        limit=most,
    )
    return Counted(page["Count"], "LastEvaluatedKey" in page)


def _read(pages: PageIterator[Any], size: int) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Up to ``size`` rows, and the key after which the next page starts; None if nothing comes after them."""
    rows: list[dict[str, Any]] = []
    for page in islice(pages, MOST_CALLS):
        rows += page["Items"]
        if len(rows) > size:
            return rows[:size], {name: rows[size - 1][name] for name in pages.key_names}
    return rows, pages.last_evaluated_key


def _key_of(cursor: str | None, scope: str) -> dict[str, Any] | None:
    if not cursor:
        return None
    try:
        key: dict[str, Any] = signing.loads(cursor[:4096], salt=_salt(scope))
    except signing.BadSignature:
        raise InvalidError("This page link is not valid for this list. Go back to its first page.") from None
    return key


def _salt(scope: str) -> str:
    return f"defiso.store.pages:{scope}"
