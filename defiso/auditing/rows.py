"""Rows as a check reads them: consistently, page by page, and one that cannot be read is told, not raised."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from defiso.audit.models import Event, event_key
from defiso.store.errors import DamagedRowError
from defiso.store.items import BATCH_GET_LIMIT, Item, Row, find_rows
from defiso.store.keys import tenant_key

T = TypeVar("T", bound=Item)


def read_some(keys: Sequence[tuple[type[T], str, str]]) -> Iterator[T | DamagedRowError | None]:
    """The rows of any number of keys, in their order: one BatchGetItem for every hundred."""
    for start in range(0, len(keys), BATCH_GET_LIMIT):
        some = keys[start : start + BATCH_GET_LIMIT]
        for (model, _pk, _sk), row in zip(some, find_rows(some, consistent=True), strict=True):
            yield whole_or_damaged(model, row) if row else None


def read_events(slug: str, ids: Sequence[str]) -> Iterator[Event | DamagedRowError | None]:
    return read_some([(Event, tenant_key(slug), event_key(event_id)) for event_id in ids])


def whole_or_damaged(model: type[T], row: Row) -> T | DamagedRowError:
    try:
        return model.whole(row)
    except DamagedRowError as error:
        return error


def rows_between(model: type[T], pk: str, first: str, last: str, *, page_size: int) -> Iterator[list[Row]]:
    """The raw rows of a stretch of a partition, a page at a time."""
    found = model.query(pk, model.SK.between(first, last), consistent_read=True, page_size=page_size)
    for page in found.page_iter:
        yield page["Items"]
