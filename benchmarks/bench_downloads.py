"""Downloads of the PDF from a running copy by one person: made for them, made before, unchanged; beside the page."""

import http.client
import statistics
import time
from collections.abc import Iterable

from benchmarks.report import Report
from benchmarks.scene import Scene

COLD = 60


def measure(scene: Scene, report: Report) -> None:
    report.section("Downloading the PDF")
    host = scene.host(scene.large)
    numbers = scene.large.active[100 : 100 + COLD]
    pdfs = [f"/certificates/{number}/certificate.pdf" for number in numbers]
    pages = [f"/certificates/{number}" for number in numbers]
    connection = http.client.HTTPConnection("127.0.0.1", scene.copy.port, timeout=60)
    runs = {
        "made for them": _milliseconds(connection, host, pdfs),
        "made before": _milliseconds(connection, host, pdfs),
        "made before, again": _milliseconds(connection, host, pdfs),
        "the page": _milliseconds(connection, host, pages),
        "the page, warm": _milliseconds(connection, host, pages),
    }
    connection.close()
    rows = [[name, f"{statistics.median(run):.1f}", f"{_late(run):.1f}"] for name, run in runs.items()]
    report.table(("", "median ms", "p95 ms"), rows)
    cold, warm, page = (
        statistics.median(runs[name]) for name in ("made for them", "made before, again", "the page, warm")
    )
    report.measure("pdf cold", cold)
    report.measure("pdf warm", warm / page)


def _late(run: list[float]) -> float:
    return sorted(run)[int(len(run) * 0.95)]


def _milliseconds(connection: http.client.HTTPConnection, host: str, paths: Iterable[str]) -> list[float]:
    taken = []
    for path in paths:
        started = time.perf_counter()
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, (path, answer.status)
    return taken
