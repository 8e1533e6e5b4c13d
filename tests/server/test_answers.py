"""What goes back over a real socket: whole, in parts, nothing at all; and a process that hangs."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from defiso.engines import dynamodb_command
from defiso.server.__main__ import WORKERS
from defiso.tenants.models import Tenant
from tests.conftest import free_port, wait_for_port
from tests.server.serving import children_of, connect, get, serving, wait_for_first_beats
from tests.waiting import wait_until

LARGE = "large-answer-of-a-test.txt"


@pytest.fixture(scope="module")
def served(dynamodb: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    large = Path(settings.STATIC_ROOT, LARGE)
    large.write_bytes(b"0123456789" * 1_000_000)
    with serving(dynamodb) as served:
        yield served
    large.unlink()


@pytest.fixture
def port(served: tuple[int, subprocess.Popen[bytes]]) -> int:
    return served[0]


def test_this_process_answers_livez_on_any_host_without_asking_anybody(port: int) -> None:
    assert [get(port, "/livez", host)[0] for host in ("127.0.0.1", "nobody.example")] == [200, 200]


def test_head_has_the_length_and_no_body(port: int) -> None:
    status, rest, _ = get(port, "/", "localhost", method="HEAD")
    head, _, body = rest.partition(b"\r\n\r\n")

    assert (status, body) == (200, b"")
    assert b"content-length: 0" not in head.lower()


def test_a_static_file_of_many_parts_arrives_whole(port: int) -> None:
    status, rest, _ = get(port, f"/static/{LARGE}", "localhost")
    head, _, body = rest.partition(b"\r\n\r\n")

    assert status == 200
    assert b"content-length: 10000000" in head.lower()
    assert body == b"0123456789" * 1_000_000


def test_an_answer_not_modified_has_no_body(port: int) -> None:
    _, rest, _ = get(port, f"/static/{LARGE}", "localhost", method="HEAD")
    modified = next(line for line in rest.decode().split("\r\n") if line.lower().startswith("last-modified"))
    since = modified.partition(":")[2]

    status, rest, _ = get(port, f"/static/{LARGE}", "localhost", head=f"If-Modified-Since:{since}\r\n")

    assert (status, rest.partition(b"\r\n\r\n")[2]) == (304, b"")


def test_clients_that_never_read_hold_no_thread(port: int, tenant: Tenant) -> None:
    deaf = [connect(port) for _ in range(20)]
    for connection in deaf:
        connection.sendall(f"GET /static/{LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    status, _, seconds = get(port, "/", "acme.localhost")
    for connection in deaf:
        connection.close()

    assert status == 200
    assert seconds < 5


def is_replaced(server: subprocess.Popen[bytes], worker: int) -> bool:
    workers = children_of(server.pid)
    return worker not in workers and len(workers) == WORKERS


def test_a_worker_that_dies_is_replaced(served: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, server = served
    killed, other = children_of(server.pid)
    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: is_replaced(server, killed), "it was not replaced")

    assert other in children_of(server.pid)
    assert get(port, "/livez", "localhost")[0] == 200


def test_a_worker_that_hangs_is_replaced(served: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, server = served
    wait_for_first_beats(server.pid)
    hung, other = children_of(server.pid)
    os.kill(hung, signal.SIGSTOP)

    wait_until(lambda: is_replaced(server, hung), "it was not replaced", within=25)

    assert other in children_of(server.pid)
    assert {get(port, "/livez", "localhost")[0] for _ in range(8)} == {200}


def test_while_the_database_hangs_a_request_ends_within_twelve_seconds_and_livez_is_answered_at_once() -> None:
    engine_port = free_port()
    engine = subprocess.Popen(dynamodb_command(port=engine_port), stdout=subprocess.DEVNULL)
    try:
        wait_for_port(engine_port)
        with serving(f"http://127.0.0.1:{engine_port}") as (port, _):
            engine.send_signal(signal.SIGSTOP)
            waiting = [connect(port) for _ in range(12)]
            started = time.monotonic()
            for number, connection in enumerate(waiting):
                connection.sendall(f"GET / HTTP/1.1\r\nHost: body-{number}.localhost\r\n\r\n".encode())
            time.sleep(0.5)
            live, _, quick = get(port, "/livez", "127.0.0.1")
            statuses = [int(connection.makefile("rb").readline().split()[1]) for connection in waiting]
            seconds = time.monotonic() - started
            for connection in waiting:
                connection.close()
    finally:
        engine.kill()
        engine.wait()

    assert (live, quick < 2) == (200, True)
    assert statuses == [503] * 12
    assert seconds < 12
