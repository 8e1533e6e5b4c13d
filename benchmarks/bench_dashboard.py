"""The staff's dashboard over a large register against a small one, and what others' reads suffer meanwhile."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.load import press
from benchmarks.report import Report
from benchmarks.scene import Body, Scene
from tests.running_copy import LOG_IN_EMAIL, LOG_IN_PASSWORD

TURNS, ROUNDS, SECONDS = 10, 2, 4
DASHBOARD = "/staff/"


def measure(scene: Scene, report: Report) -> None:
    report.section("Dashboard")
    small, large = Staff(scene, scene.small), Staff(scene, scene.large)
    walls: dict[Staff, list[float]] = {small: [], large: []}
    for turn in range(TURNS + 1):
        for staff in (small, large):
            took = staff.ask_dashboard()
            if turn:  # the first fills what is kept in memory
                walls[staff].append(took)
    ratio = statistics.median(walls[large]) / statistics.median(walls[small])
    report.measure("dashboard wall", ratio)
    rows = [
        (f"{len(staff.body.numbers):,}", f"{statistics.median(wall):.1f}", f"{max(wall):.1f}")
        for staff, wall in walls.items()
    ]
    report.table(("certificates", "median ms", "longest ms"), rows)
    _others(scene, report, small, large)


class Staff:
    """Somebody logged in at a body, with one kept connection."""

    def __init__(self, scene: Scene, body: Body) -> None:
        self.body = body
        self.headers = {"Host": scene.host(body), "Origin": f"http://{scene.host(body)}"}
        self.connection = http.client.HTTPConnection("127.0.0.1", scene.copy.port, timeout=60)
        self.cookies: SimpleCookie = SimpleCookie()
        self._ask("GET", "/staff/login")
        token = next(morsel.value for name, morsel in self.cookies.items() if "csrf" in name)
        form = {"email": LOG_IN_EMAIL, "password": LOG_IN_PASSWORD, "csrfmiddlewaretoken": token}
        status = self._ask("POST", "/staff/login", urlencode(form))
        assert status == 302, f"the log-in was answered {status}"

    def ask_dashboard(self) -> float:
        """Milliseconds."""
        started = time.perf_counter()
        status = self._ask("GET", DASHBOARD)
        assert status == 200, f"{DASHBOARD} answered {status}"
        return (time.perf_counter() - started) * 1000

    def _ask(self, method: str, path: str, body: str | None = None) -> int:
        headers = self.headers | {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        for value in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(value)
        return answer.status


def _others(scene: Scene, report: Report, small: Staff, large: Staff) -> None:
    """One reader asks for ``verdict.json`` of certificates in turn, while a dashboard is asked for again and again."""
    paths = [f"{path}/verdict.json" for path in scene.small.paths()]
    p99: dict[str, list[float]] = {"nothing else": [], "the small dashboard": [], "the large dashboard": []}
    press(scene.copy.port, paths, host=scene.host(scene.small), seconds=1, clients=1)
    for _turn in range(ROUNDS):
        for name, staff in zip(p99, (None, small, large), strict=True):
            with _asking(staff):
                p99[name].append(
                    press(scene.copy.port, paths, host=scene.host(scene.small), seconds=SECONDS, clients=1).p99
                )
    middle = {name: statistics.median(runs) for name, runs in p99.items()}
    report.measure("dashboard others", middle["the large dashboard"] / middle["nothing else"])
    report.table(("another's reads beside", "p99 ms"), [(name, f"{value:.1f}") for name, value in middle.items()])


@contextmanager
def _asking(staff: Staff | None) -> Iterator[None]:
    """The dashboard again and again, by one person."""
    if staff is None:
        yield
        return
    enough = threading.Event()
    failures: list[Exception] = []

    def ask() -> None:
        while not enough.is_set() and not failures:
            try:
                staff.ask_dashboard()
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()
    if failures:
        raise failures[0]
