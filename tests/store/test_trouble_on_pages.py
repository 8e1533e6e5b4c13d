"""The store's trouble as the web tells it, and what real engines do when they hang or their disk is full."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from pynamodb.attributes import UnicodeAttribute

from defiso.core.errors import RefusedError
from defiso.engines import dynamodb_command
from defiso.store import connection as connecting
from defiso.store.errors import DatabaseUnavailableError, StoreTroubleError
from defiso.store.items import LookupsItem, TenantsItem
from defiso.store.schema import create_tables
from defiso.store.transactions import transaction
from tests.conftest import free_port, wait_for_port
from tests.staff import browser_at
from tests.store.conftest import Connect
from tests.store.faulty_server import Behaviour, says, serving

PAGE = "/certificates/"


class Row(LookupsItem):
    text = UnicodeAttribute()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None, time=time.time))


@contextmanager
def engine(folder: Path, prepare: Callable[[], None] | None = None) -> Iterator[tuple[str, int]]:
    """A DynamoDB engine of its own: its address and process id."""
    port = free_port()
    process = subprocess.Popen(
        dynamodb_command(port=port, database=folder / "dynamodb.sqlite"),
        stdout=subprocess.DEVNULL,
        preexec_fn=prepare,
        restore_signals=False,
    )
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param(says(400, "ThrottlingException"), "5", id="throttled"),
        pytest.param(says(500, "InternalServerError"), "30", id="full disk"),
        pytest.param(says(400, "AccessDeniedException"), "60", id="denied"),
    ],
)
def test_a_page_is_503_and_says_when_to_come_back(fault: Behaviour, seconds: str, connect: Connect) -> None:
    with serving(fault) as server:
        connect("fast", server.address)
        page = browser_at(None).get(PAGE, {"number": "QM-1"})

    assert page.status_code == 503
    assert page["Retry-After"] == seconds
    assert f"try again in {seconds} seconds" in page.content.decode()


@pytest.mark.parametrize("way", ["fast", "botocore"])
def test_during_a_hang_of_the_engine_a_page_waits_once(
    way: str, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connecting.ANSWER_SECONDS <= 10, "so that a page ends within 12 s"
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 2)

    with engine(tmp_path) as (address, process):
        connect(way, address)
        os.kill(process, signal.SIGSTOP)
        started = time.monotonic()
        page = browser_at(None).get(PAGE, {"number": "QM-1"})

    assert page.status_code == 503
    assert page["Retry-After"]
    assert time.monotonic() - started < 4  # twice would be more


def test_a_full_disk_is_trouble_and_reading_goes_on(connect: Connect, tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails, as on a full disk

    with engine(tmp_path, little_room) as (address, _process):
        connect("fast", address)
        create_tables()
        with pytest.raises(StoreTroubleError) as raised:
            for number in range(100):
                with transaction() as writes:
                    row = Row("ROW", f"{number:03}", text="y" * 200_000)
                    writes.create(row, otherwise=RefusedError("in use"))

        assert type(raised.value) is StoreTroubleError
        assert TenantsItem.find("TENANT#acme", "METADATA") is None


def test_an_engine_that_is_gone_does_not_answer(connect: Connect, tmp_path: Path) -> None:
    with engine(tmp_path) as (address, _process):
        connect("fast", address)

    with pytest.raises(DatabaseUnavailableError):
        TenantsItem.find("TENANT#acme", "METADATA")
