"""The one DynamoDB connection of a process, shared by every model, and a count of the calls made on it.

PynamoDB would make a botocore client of some 9 MB for each model; nothing else may reach for a connection.
"""

import json
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, HTTPClientError, ReadTimeoutError
from django.conf import settings
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.connection.table import TableConnection

from defiso.store.errors import trouble_of
from defiso.store.transport import OPERATIONS, Transport

CONNECT_SECONDS = 3
ANSWER_SECONDS = 10  # one hang is waited out once: a page ends within 12 s, and 503 says to come back
log = logging.getLogger("defiso.store")
_calls: ContextVar[list[str] | None] = ContextVar("dynamodb_calls", default=None)
_lock = threading.Lock()
_connection: "SharedConnection | None" = None


class SharedConnection(Connection):
    """PynamoDB's connection, counting its calls, knowing each table once, and saying when the store is in trouble."""

    transport: Transport | None = None  # None: botocore alone

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Raises VerboseClientError if this request is refused, StoreTroubleError for whatever else goes wrong."""
        calls = _calls.get()
        if calls is not None:
            calls.append(operation_name)
        if operation_name == "TransactWriteItems":  # the same token however often and by whomever it is sent
            operation_kwargs.setdefault("ClientRequestToken", str(uuid.uuid4()))
        try:
            answer = self._first_attempt(operation_name, operation_kwargs)
            return super().dispatch(operation_name, operation_kwargs) if answer is None else answer
        except (BotoCoreError, ClientError) as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            log.warning("DynamoDB did not do %s: %s", operation_name, error)
            raise trouble from error

    def _first_attempt(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any] | None:
        if self.transport is None or operation_name not in OPERATIONS:
            return None
        # Where PynamoDB looks too: the credentials that botocore refreshes. Absent ones are botocore's to complain of.
        credentials: Credentials | None = self.client._request_signer._credentials
        if credentials is None:
            return None
        return self.transport.attempt(operation_name, operation_kwargs, credentials.get_frozen_credentials())

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
                connect_timeout_seconds=CONNECT_SECONDS,
                read_timeout_seconds=ANSWER_SECONDS,
                max_pool_connections=20,
                aws_access_key_id=checked_by_nobody,
                aws_secret_access_key=checked_by_nobody,
            )
            client = fresh.client  # made here, under the lock: botocore makes clients unsafely across threads
            client.meta.events.register_first("needs-retry.dynamodb", _wait_once)
            client.meta.events.register_first("before-parse.dynamodb", _refuse_garbage)
            if settings.DYNAMODB_TRANSPORT == "fast":
                fresh.transport = Transport(
                    endpoint=client.meta.endpoint_url,
                    region=client.meta.region_name,
                    ca_file=fresh.session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE"),
                    connect_seconds=CONNECT_SECONDS,
                    seconds=ANSWER_SECONDS,
                )
            _connection = fresh
        return _connection


def _wait_once(caught_exception: Exception | None, **_others: Any) -> None:
    """For botocore: a time-out is not retried, or four of them would follow one another."""
    if isinstance(caught_exception, (ConnectTimeoutError, ReadTimeoutError)):
        raise caught_exception


def _refuse_garbage(response_dict: dict[str, Any], **_others: Any) -> None:
    """For botocore, which reads a 200 that is no JSON as an empty answer: then a row would seem not to exist."""
    if response_dict["status_code"] != 200:
        return
    try:
        json.loads(response_dict["body"])
    except ValueError as error:
        raise HTTPClientError(error=error) from error


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
