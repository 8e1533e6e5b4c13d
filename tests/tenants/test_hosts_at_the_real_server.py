"""What granian makes of odd requests on the wire, and that each is refused: the test client cannot send them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT), "PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "defiso.server"], cwd=ROOT, env={**os.environ, **environment})
    try:
        wait_for_port(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def status_of(port: int, head: str) -> int:
    """The status the server answers to these raw lines."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\nConnection: close\r\n\r\n")
        return int(connection.makefile("rb").readline().split()[1])


def test_one_good_host_is_answered(port: int) -> None:
    assert status_of(port, "GET / HTTP/1.1\nHost: localhost") == 200


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\nHost: localhost\nHost: acme.localhost",
        "GET / HTTP/1.1\nHost: localhost\nHost: localhost",
        "GET / HTTP/1.1\nHost: localhost\nhOST: evil.example",
        "GET / HTTP/1.1\nHost:",
        "GET / HTTP/1.1\nAccept: */*",
        "GET / HTTP/1.0",
        "GET / HTTP/1.1\nHost: acmé.localhost",
        "GET / HTTP/1.1\nHost: staff@localhost",
        "GET / HTTP/1.1\nHost: localhost, acme.localhost",
        "GET http://localhost/ HTTP/1.1\nHost: acme.localhost,localhost",
    ],
)
def test_a_missing_doubled_or_malformed_host_is_refused(port: int, head: str) -> None:
    assert status_of(port, head) == 400


def test_the_host_header_counts_and_not_the_request_target(port: int) -> None:
    assert status_of(port, "GET http://evil.example/ HTTP/1.1\nHost: localhost") == 200
    assert status_of(port, "GET http://localhost/ HTTP/1.1\nHost: a b") == 400
