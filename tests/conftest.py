"""Every test: the embedded DynamoDB engine, one for each test process and emptied between tests, and two tenants."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import hypothesis
import pytest
from django.conf import settings
from playwright.sync_api import Browser

from defiso.accounts.models import User
from defiso.engines import dynamodb_command
from defiso.store.connection import connection
from defiso.store.items import TABLES
from defiso.store.schema import create_tables
from defiso.tenants.models import Tenant
from tests.chromium import running_chromium
from tests.memory import forget_everything
from tests.staff import make_tenant, make_user
from tests.waiting import wait_until

hypothesis.settings.register_profile("whatever else the machine does", deadline=None)
hypothesis.settings.load_profile("whatever else the machine does")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, *, host: str = "127.0.0.1") -> None:
    wait_until(lambda: _answers(host, port), f"nothing listens on port {port}")


def _answers(host: str, port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex((host, port)) == 0


@pytest.fixture(scope="session", autouse=True)
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The engine's address; tables exist. On a file, so that it keeps its pace as in a running copy."""
    port = free_port()
    database = tmp_path_factory.mktemp("engine") / "dynamodb.sqlite"
    engine = subprocess.Popen(dynamodb_command(port=port, database=database), stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{port}"
        create_tables()
        yield settings.DYNAMODB_ENDPOINT_URL
    finally:
        engine.kill()
        engine.wait()


@pytest.fixture(autouse=True)
def empty_tables(dynamodb: str) -> Iterator[None]:
    """Leave no row for the next test. Only here may a table be scanned."""
    yield
    client = connection().client
    for table in TABLES:
        name = table.Meta.table_name
        while rows := client.scan(TableName=name, Limit=25, ProjectionExpression="PK,SK")["Items"]:
            client.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": row}} for row in rows]})


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    forget_everything()
    yield
    forget_everything()


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock that nobody sets, standing still unless its ``now`` is moved."""
    stopwatch = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("defiso.core.clock.monotonic", lambda: stopwatch.now)
    return stopwatch


@pytest.fixture
def tenant() -> Tenant:
    """The body of most tests, with its signing key."""
    return make_tenant("acme")


@pytest.fixture
def other() -> Tenant:
    return make_tenant("globex")


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant)


def every_row() -> list[dict[str, object]]:
    """All rows of all tables as stored, to prove that a refused action wrote nothing."""
    client = connection().client
    return [row for table in TABLES for row in client.scan(TableName=table.Meta.table_name)["Items"]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a test process: Playwright's synchronous side cannot run twice in one."""
    with running_chromium() as chromium:
        yield chromium
