"""Public checks while 200 connections each send a form slowly: the slowest hundredth, of without."""

import statistics
from contextlib import ExitStack

from benchmarks.load import Load, press
from benchmarks.report import Report
from benchmarks.scene import Scene
from tests.server.serving import trickle

ROUNDS = 3
SECONDS = 4.0  # less than a body may take, so that all trickle all the time
SLOW = 200


def measure(scene: Scene, report: Report) -> None:
    paths = [f"/certificates/{number}/verdict.json" for number in scene.small.active[:50]]
    port, host = scene.copy.port, scene.host(scene.small)
    alone: list[Load] = []
    beside: list[Load] = []
    press(port, paths, host=host, seconds=1)
    for _ in range(ROUNDS):
        alone.append(press(port, paths, host=host, seconds=SECONDS))
        with ExitStack() as stack:
            for _ in range(SLOW):
                stack.enter_context(trickle(port, host=host))
            beside.append(press(port, paths, host=host, seconds=SECONDS))
    report.section("Slow forms")
    rows = [[name, *_figures(loads)] for name, loads in (("alone", alone), (f"beside {SLOW}", beside))]
    report.table(("`verdict.json`", "requests/s", "median ms", "p99 ms"), rows)
    report.measure("slow forms", _middle(beside, "p99") / _middle(alone, "p99"))


def _figures(loads: list[Load]) -> list[str]:
    return [f"{_middle(loads, name):.1f}" for name in ("rate", "median", "p99")]


def _middle(loads: list[Load], name: str) -> float:
    return float(statistics.median(getattr(load, name) for load in loads))
