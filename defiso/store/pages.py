"""Lists a page at a time, with cursors that are signed, opaque and bound to one list of one tenant."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from defiso.core.errors import InvalidError
from defiso.store.items import Item

PAGE_SIZE = 25
T = TypeVar("T", bound=Item)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Up to ``size`` items and the cursor of the next page, None on the last."""

    items: list[T]
    next_cursor: str | None


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

    ``scope`` names the list, tenant included; a cursor of another list raises InvalidError.
    """
    results = source.query(
        hash_key,
        range_key_condition=range_condition,
        filter_condition=filter_condition,
        scan_index_forward=not newest_first,
        last_evaluated_key=_key_of(cursor, scope),
        limit=size,
        page_size=size,
    )
    items = list(results)
    key = results.last_evaluated_key
    return Page(items, signing.dumps(key, salt=_salt(scope), compress=True) if key else None)


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
