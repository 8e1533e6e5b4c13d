from collections.abc import Callable, Iterator

import pytest
from botocore.loaders import create_loader
from botocore.session import Session, get_session
from django.conf import settings

from defiso.store.connection import SharedConnection, connection, forget_connection

Connect = Callable[..., SharedConnection]
BOTOCORES_DATA = create_loader()  # read once: most of what a client costs


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Makes this process's connection go over a transport, to an endpoint if one is named, until the test is over."""

    def session() -> Session:
        fresh = get_session()
        fresh.register_component("data_loader", BOTOCORES_DATA)
        return fresh

    def connect(transport: str, endpoint: str | None = None) -> SharedConnection:
        monkeypatch.setattr(settings, "DYNAMODB_TRANSPORT", transport)
        if endpoint:
            monkeypatch.setattr(settings, "DYNAMODB_ENDPOINT_URL", endpoint)
        forget_connection()
        return connection()

    monkeypatch.setattr("pynamodb.connection.base.get_session", session)
    yield connect
    monkeypatch.undo()
    forget_connection()
