"""A real server process for tests, and raw connections to it: those that trickle and those that ask at once."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from defiso.engines import BASE_DIR
from defiso.server.__main__ import WORKERS
from tests.conftest import free_port, wait_for_port
from tests.waiting import PATIENCE, wait_until


@contextmanager
def serving(engine: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """``python -m defiso.server`` at the DynamoDB engine with this URL: its port and its process."""
    port = free_port()
    environment = {"DJANGO_SETTINGS_MODULE": "tests.server.settings", "PYTHONPATH": str(BASE_DIR), "PORT": str(port)}
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "defiso.server"],
            cwd=BASE_DIR,
            env={**os.environ, **environment, "ENGINE_OF_THE_TEST": engine, "TMPDIR": folder},
        )
        try:
            wait_for_port(port)
            wait_for_first_beats(server.pid)
            yield port, server
        finally:
            server.terminate()
            server.wait(PATIENCE)


def wait_for_first_beats(pid: int) -> None:
    """Until every worker of the server with this process id has begun: each touches a file of its own from then on."""
    wait_until(lambda: len([worker for worker in children_of(pid) if has_beaten(pid, worker)]) == WORKERS)


def has_beaten(server: int, worker: int) -> bool:
    settings = dict(line.split(b"=", 1) for line in Path(f"/proc/{server}/environ").read_bytes().split(b"\0") if line)
    return any(Path(settings[b"TMPDIR"].decode()).glob(f"defiso-heartbeats-*/{worker}"))


def connect(port: int, seconds: float = 15) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=seconds)


def trickle(port: int, path: str = "/staff/login", host: str = "acme.localhost", cookie: str = "") -> socket.socket:
    """A POST whose head is whole and whose body of 1,000 bytes has only begun."""
    connection = connect(port)
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
    connection.sendall(f"{head}\r\nemail=".encode())
    return connection


def status_of(connection: socket.socket) -> int:
    """The status of the answer that comes next on this connection."""
    return int(connection.makefile("rb").readline().split()[1])


def get(port: int, path: str, host: str, method: str = "GET", head: str = "") -> tuple[int, bytes, float]:
    """Status, everything after the status line, and the seconds it took."""
    started = time.monotonic()
    with connect(port) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}Connection: close\r\n\r\n".encode())
        first, _, rest = connection.makefile("rb").read().partition(b"\r\n")
    return int(first.split()[1]), rest, time.monotonic() - started


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
