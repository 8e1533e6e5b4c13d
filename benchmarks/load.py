"""A bounded load on an address of this machine: eight kept connections for some seconds.

By wrk where it is installed. In its place threads of this process, which take about half of a two-core machine.
"""

import http.client
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

CLIENTS = 8
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """``rate`` in requests/s, latencies in milliseconds. Asked ``once`` it may end early, and the rate be too low."""

    requests: int
    rate: float
    median: float
    p99: float


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "threads in Python (install Debian's wrk: it leaves the server more)"


def press(
    port: int, paths: list[str], *, host: str, seconds: float, once: bool = False, clients: int = CLIENTS
) -> Load:
    """Ask for the paths in turn, again and again or ``once``; every answer must be below 400."""
    by = _press_by_wrk if shutil.which("wrk") else _press_by_threads
    return by(port, paths, host, seconds, once, clients)


def _press_by_wrk(port: int, paths: list[str], host: str, seconds: float, once: bool, clients: int) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths))
        file.flush()
        options = ["--threads", "1", "--connections", str(clients), "--duration", f"{seconds:.0f}s", "--timeout", "20s"]
        given = [file.name, host, "once" if once else "again"]
        command = ["wrk", *options, "--script", str(SCRIPT), f"http://127.0.0.1:{port}/", "--", *given]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise RuntimeError(f"{paths[0]} and the like: {told['refused']} answers of 400 or more, {told['broken']} none")
    return Load(told["requests"], told["requests"] / told["seconds"], told["median"], told["p99"])


def _press_by_threads(port: int, paths: list[str], host: str, seconds: float, once: bool, clients: int) -> Load:
    latencies: list[list[float]] = [[] for _ in range(clients)]
    failures: list[str] = []
    started = time.perf_counter()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        turn = number
        while time.perf_counter() < started + seconds and not failures and not (once and turn >= len(paths)):
            asked = time.perf_counter()
            connection.request("GET", paths[turn % len(paths)], headers={"Host": host})
            response = connection.getresponse()
            response.read()
            latencies[number].append((time.perf_counter() - asked) * 1000)
            if response.status >= 400:
                failures.append(f"{paths[turn % len(paths)]} answered {response.status}")
            turn += clients
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    every = sorted(latency for one in latencies for latency in one)
    taken = time.perf_counter() - started
    return Load(len(every), len(every) / taken, statistics.median(every), every[int(len(every) * 0.99)])
