"""One base model per table: its keys, its indexes and what they project. Domains subclass these.

Reads are here; writes go through ``transactions``, so that each states what must be true first.
"""

import logging
import random
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Never, Self, TypeVar, cast

from django.conf import settings
from pynamodb.attributes import Attribute, BinaryAttribute, UnicodeAttribute
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.constants import ATTR_DEFINITIONS, GLOBAL_SECONDARY_INDEXES, KEY_SCHEMA, NUMBER, TABLE_NAME
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from defiso.store.connection import SharedConnection, connection
from defiso.store.errors import DamagedRowError, StoreBusyError
from defiso.store.rows import require_whole, values_of

LARGEST_WHOLE = 2**53 - 1  # what every reader of JSON can hold (RFC 8259, 6)
BATCH_GET_LIMIT = 100  # DynamoDB API reference, BatchGetItem
READ_ATTEMPTS = 8
AnItem = TypeVar("AnItem", bound="Item")
log = logging.getLogger(__name__)


Row = dict[str, dict[str, Any]]  # attribute -> {its type: its value}


class Item(Model):
    """A row of any table. ``operation`` names the transaction that wrote it last."""

    PK = UnicodeAttribute(hash_key=True)
    SK = UnicodeAttribute(range_key=True)
    operation = UnicodeAttribute(null=True)

    # The shared connection this class's table connection was made on; another one means the process started afresh.
    _shared: ClassVar[SharedConnection | None] = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        shared = connection()
        if cls.__dict__.get("_shared") is not shared:
            cls._connection = shared.table(cls._meta_table())
            cls._shared = shared
        return cast(TableConnection, cls._connection)

    @classmethod
    def _meta_table(cls) -> MetaTable:
        schema = cls._get_schema()
        return MetaTable(
            {
                TABLE_NAME: cls.Meta.table_name,
                KEY_SCHEMA: schema["key_schema"],
                ATTR_DEFINITIONS: schema["attribute_definitions"],
                GLOBAL_SECONDARY_INDEXES: [
                    {"IndexName": index["index_name"], KEY_SCHEMA: index["key_schema"]}
                    for index in schema["global_secondary_indexes"]
                ],
            }
        )

    @classmethod
    def scan(cls, *args: Any, **kwargs: Any) -> Never:
        raise NotImplementedError("no code path scans a table")

    def save(self, *args: Any, **kwargs: Any) -> Never:
        raise NotImplementedError("rows are written by transactions, which state what must be true first")

    update = delete = save

    @classmethod
    def find(cls, pk: str, sk: str, *, consistent: bool = False) -> Self | None:
        """One item by its key, or None: one GetItem. Raises DamagedRowError."""
        row = find_row(cls, pk, sk, consistent=consistent)
        return cls.whole(row) if row else None

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The row as PynamoDB makes it, in a third of its time."""
        row = cls.__new__(cls)
        row.attribute_values = values_of(cls, data)
        return row

    @classmethod
    def whole(cls, row: Row) -> Self:
        """The same of a row of the table, not of an index: every attribute that such rows have is there."""
        item = cls.from_raw_data(row)
        require_whole(cls, item.attribute_values)
        return item


def find_row(model: type[Item], pk: str, sk: str, *, consistent: bool = False) -> Row | None:
    """One item as DynamoDB sends it: one GetItem."""
    key = {"PK": {"S": pk}, "SK": {"S": sk}}
    request = {"TableName": model.Meta.table_name, "Key": key, "ConsistentRead": consistent}
    found: Row | None = connection().dispatch("GetItem", request).get("Item")
    return found


def find_all(keys: Sequence[tuple[type[Item], str, str]], *, consistent: bool = False) -> list[Item | None]:
    """The items of up to 100 keys, of any tables, in the order asked: one BatchGetItem (more only if throttled).

    Raises StoreBusyError if keys are left out again and again, DamagedRowError.
    """
    rows = find_rows(keys, consistent=consistent)
    return [model.whole(row) if row else None for (model, _pk, _sk), row in zip(keys, rows, strict=True)]


def find_rows(keys: Sequence[tuple[type[Item], str, str]], *, consistent: bool = False) -> list[Row | None]:
    """The same as DynamoDB sends them."""
    if len(keys) > BATCH_GET_LIMIT:
        raise ValueError(f"at most {BATCH_GET_LIMIT} keys at once")
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    wanted = {(model.Meta.table_name, pk, sk) for model, pk, sk in keys}
    request: dict[str, Any] = {}
    for table, pk, sk in sorted(wanted):
        entry = request.setdefault(table, {"Keys": [], "ConsistentRead": consistent})
        entry["Keys"].append({"PK": {"S": pk}, "SK": {"S": sk}})
    for attempt in range(READ_ATTEMPTS):
        if not request:
            return [found.get((model.Meta.table_name, pk, sk)) for model, pk, sk in keys]
        answer = connection().dispatch("BatchGetItem", {"RequestItems": request})
        for table, rows in answer["Responses"].items():
            found.update({(table, row["PK"]["S"], row["SK"]["S"]): row for row in rows})
        if request := answer.get("UnprocessedKeys", {}):
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  jitter, not a secret
    raise StoreBusyError


def readable(rows: Iterator[AnItem]) -> Iterator[AnItem]:
    """Those rows of a query that are whole; of each other one the log has a line."""
    while True:
        try:
            row = next(rows, None)
            if row is None:
                return
            require_whole(type(row), row.attribute_values)
            yield row
        except DamagedRowError as error:
            log.error("a row is passed over: %s", error.sentence)


def table_name(name: str) -> str:
    return f"{settings.DYNAMODB_TABLE_PREFIX}-{name}"


CERTIFICATE_LIST_COLUMNS = [
    "number",
    "status",
    "review_on",
    "organisation_name",
    "country",
    "identifiers",
    "standard_code",
    "standard_title",
    "expires_on",
    "surveillance_due",
    "confidential",
]
# Nothing that taking an event out of the outbox changes, so that it costs this index nothing.
EVENT_HISTORY_COLUMNS = ["occurred_at", "action", "actor", "before", "after", "reason", "state", "gen"]


class _FirstIndex(GlobalSecondaryIndex[Any]):
    GSI1PK = UnicodeAttribute(hash_key=True)
    GSI1SK = UnicodeAttribute(range_key=True)


class _SecondIndex(GlobalSecondaryIndex[Any]):
    GSI2PK = UnicodeAttribute(hash_key=True)
    GSI2SK = UnicodeAttribute(range_key=True)


class _ThirdIndex(GlobalSecondaryIndex[Any]):
    GSI3PK = UnicodeAttribute(hash_key=True)
    GSI3SK = UnicodeAttribute(range_key=True)


class AllOfGSI1(_FirstIndex):
    class Meta:
        index_name = "GSI1"
        projection = AllProjection()


class EventsGSI1(_FirstIndex):
    class Meta:
        index_name = "GSI1"
        projection = IncludeProjection(EVENT_HISTORY_COLUMNS)


class EventsGSI2(_SecondIndex):
    """The outbox. Its rows are read again before anything is done with them."""

    class Meta:
        index_name = "GSI2"
        projection = KeysOnlyProjection()


class KeysOfGSI1(_FirstIndex):
    class Meta:
        index_name = "GSI1"
        projection = KeysOnlyProjection()


class CertificatesGSI1(_FirstIndex):
    class Meta:
        index_name = "GSI1"
        projection = IncludeProjection(CERTIFICATE_LIST_COLUMNS)


class CertificatesGSI2(_SecondIndex):
    class Meta:
        index_name = "GSI2"
        projection = IncludeProjection(CERTIFICATE_LIST_COLUMNS)


class CertificatesGSI3(_ThirdIndex):
    class Meta:
        index_name = "GSI3"
        projection = IncludeProjection(CERTIFICATE_LIST_COLUMNS)


class TenantsItem(Item):
    """Tenants, their hosts and keys. Only items meant to be found by host carry GSI1 keys."""

    class Meta:
        table_name = table_name("tenants")

    GSI1PK = UnicodeAttribute(null=True)
    GSI1SK = UnicodeAttribute(null=True)
    GSI1 = AllOfGSI1()


class UsersItem(Item):
    class Meta:
        table_name = table_name("users")

    GSI1PK = UnicodeAttribute(null=True)
    GSI1SK = UnicodeAttribute(null=True)
    GSI1 = KeysOfGSI1()


class CertificatesItem(Item):
    class Meta:
        table_name = table_name("certificates")

    GSI1PK = UnicodeAttribute(null=True)
    GSI1SK = UnicodeAttribute(null=True)
    GSI2PK = UnicodeAttribute(null=True)
    GSI2SK = UnicodeAttribute(null=True)
    GSI3PK = UnicodeAttribute(null=True)
    GSI3SK = UnicodeAttribute(null=True)
    GSI1 = CertificatesGSI1()
    GSI2 = CertificatesGSI2()
    GSI3 = CertificatesGSI3()


class AuditItem(Item):
    class Meta:
        table_name = table_name("audit-logs")

    GSI1PK = UnicodeAttribute(null=True)
    GSI1SK = UnicodeAttribute(null=True)
    GSI2PK = UnicodeAttribute(null=True)
    GSI2SK = UnicodeAttribute(null=True)
    GSI1 = EventsGSI1()
    GSI2 = EventsGSI2()


class ChainItem(Item):
    class Meta:
        table_name = table_name("blockchain-transactions")

    GSI1PK = UnicodeAttribute(null=True)
    GSI1SK = UnicodeAttribute(null=True)
    GSI1 = KeysOfGSI1()


class SessionsItem(Item):
    class Meta:
        table_name = table_name("sessions")


class LookupsItem(Item):
    class Meta:
        table_name = table_name("lookups")


TABLES: tuple[type[Item], ...] = (
    TenantsItem,
    UsersItem,
    CertificatesItem,
    AuditItem,
    ChainItem,
    SessionsItem,
    LookupsItem,
)
TTL_ATTRIBUTES: dict[type[Item], str] = {SessionsItem: "expires_at"}  # epoch seconds; late by days: the clock decides


class WholeNumber(Attribute[int]):
    """A count or height. Amounts of money are text."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: Any) -> int:
        number = Decimal(value)  # 1.0 and 1E2 are numbers too, to those who write past us
        if number != number.to_integral_value() or abs(number) > LARGEST_WHOLE:
            raise ValueError(f"{value} is no count")
        return int(number)


class Octets(BinaryAttribute):
    """Bytes that others may have replaced by another kind of value: then empty, so that the row can still be read."""

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(null=null, legacy_encoding=False)

    def get_value(self, value: dict[str, Any]) -> bytes:
        found: object = value.get(self.attr_type)
        return found if isinstance(found, bytes) else b""
