from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from defiso.store.connection import SharedConnection, connection, forget_connection

Connect = Callable[..., SharedConnection]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Makes this process's connection go over a transport, to an endpoint if one is named, until the test is over."""

    def connect(transport: str, endpoint: str | None = None) -> SharedConnection:
        monkeypatch.setattr(settings, "DYNAMODB_TRANSPORT", transport)
        if endpoint:
            monkeypatch.setattr(settings, "DYNAMODB_ENDPOINT_URL", endpoint)
        forget_connection()
        return connection()

    yield connect
    monkeypatch.undo()
    forget_connection()
