"""The one DynamoDB connection of a process, shared by every model, and a count of the calls made on it.

PynamoDB would make a botocore client of some 9 MB for each model; nothing else may reach for a connection.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.exceptions import HTTPClientError
from django.conf import settings
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection

from defiso.core.errors import UnavailableError

_calls: ContextVar[list[str] | None] = ContextVar("dynamodb_calls", default=None)
_lock = threading.Lock()
_connection: "SharedConnection | None" = None


class DatabaseUnavailableError(UnavailableError):
    """DynamoDB did not answer in time, after botocore's own retries."""

    def __init__(self) -> None:
        super().__init__("The registry's database does not answer just now. Please try again in a moment.")


class SharedConnection(Connection):
    """PynamoDB's connection, counting its calls, knowing each table once, and saying so when nobody answers."""

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        calls = _calls.get()
        if calls is not None:
            calls.append(operation_name)
        try:
            return super().dispatch(operation_name, operation_kwargs)
        except (BotocoreConnectionError, HTTPClientError) as error:
            raise DatabaseUnavailableError from error

    def table(self, meta_table: MetaTable) -> TableConnection:
        with _lock:
            if meta_table.table_name not in self._tables:
                self.add_meta_table(meta_table)
        return _TableOfShared(meta_table.table_name, self)


class _TableOfShared(TableConnection):
    def __init__(self, table_name: str, shared: SharedConnection) -> None:
        self.table_name = table_name
        self.connection = shared


def connection() -> SharedConnection:
    """The connection of this process, made at first use from the settings."""
    global _connection
    with _lock:
        if _connection is None:
            checked_by_nobody = None if settings.USE_DYNAMODB else "embedded"
            fresh = SharedConnection(
                region=settings.AWS_REGION,
                host=settings.DYNAMODB_ENDPOINT_URL or None,
                connect_timeout_seconds=3,
                read_timeout_seconds=10,
                max_pool_connections=20,
                aws_access_key_id=checked_by_nobody,
                aws_secret_access_key=checked_by_nobody,
            )
            fresh.client  # noqa: B018  made here, under the lock: botocore makes clients unsafely across threads
            _connection = fresh
        return _connection


def forget_connection() -> None:
    """Let the next call read the settings again: after a fork, or when tests start another engine."""
    global _connection
    with _lock:
        _connection = None


@contextmanager
def counted_calls() -> Iterator[list[str]]:
    """Collect the names of the DynamoDB operations made inside, in order. Retries of botocore count once."""
    calls: list[str] = []
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)
