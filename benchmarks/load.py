"""A bounded load on an address of this machine: some threads with kept connections, for some seconds."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """``rate`` in requests/s, latencies in milliseconds."""

    requests: int
    rate: float
    median: float
    p99: float


def press(port: int, paths: list[str], *, host: str, seconds: float = 6, clients: int = 8) -> Load:
    """Ask for the paths in turn from ``clients`` threads; every answer must be 200."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    failures: list[str] = []
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        turn = number
        while time.perf_counter() < until and not failures:
            started = time.perf_counter()
            connection.request("GET", paths[turn % len(paths)], headers={"Host": host})
            response = connection.getresponse()
            response.read()
            latencies[number].append((time.perf_counter() - started) * 1000)
            if response.status != 200:
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
    return Load(len(every), len(every) / seconds, statistics.median(every), every[int(len(every) * 0.99)])
