"""Checking a certificate against yardsticks: a bare Django view, and the same look-up by Django's ORM, JSON and page.

Warm: the same certificates again and again. Cold: each one once, never asked for before. The rounds are interleaved, so
that whatever else the machine does falls on all alike; the middle one of each is told.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.databases import Database, postgresql, sqlite
from benchmarks.load import Load, generator, press
from benchmarks.processes import ProcessorTime
from benchmarks.report import Report
from benchmarks.scene import SMALL, Scene
from tests.conftest import free_port, wait_for_port
from tests.running_copy import ROOT, granian

ROUNDS = 3
WARM_SECONDS, COLD_SECONDS = 3, 2
BARE = 20_000  # requests of a walk, more than are answered in its time


@dataclass(frozen=True)
class Asked:
    """What is asked, where, and which processes answer: ``serving`` and, if it is another process, ``store``."""

    port: int
    host: str
    warm: list[str]
    cold: list[list[str]]  # for each round
    processes: dict[str, int]


@dataclass(frozen=True)
class Measured:
    """``used`` are microseconds of processor time a request, of ``serving`` and ``store``."""

    load: Load
    used: dict[str, float]


def measure(scene: Scene, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="defiso-yardstick-") as folder, ExitStack() as stack:
        subjects = _product(scene)
        subjects |= _yardsticks(scene, "SQLite", stack.enter_context(_served(scene, sqlite(Path(folder)))))
        if database := stack.enter_context(postgresql()):
            subjects |= _yardsticks(scene, "PostgreSQL", stack.enter_context(_served(scene, database)))
        else:
            report.say(
                "PostgreSQL is not installed (Debian's `postgresql`): its rows, and what it measures, are left out."
            )
        warm, cold = _rounds(subjects)
    report.section("Checking a certificate")
    report.say(f"Load by {generator()}. Of `serving` are the processor times; the store's are beside it.", "")
    _tell(report, "warm", warm)
    _tell(report, "cold", cold)
    _compare(report, warm, cold)


def _product(scene: Scene) -> dict[str, Asked]:
    processes = {"serving": scene.pid("web"), "store": scene.pid("dynamodb")}
    host = scene.host(scene.large)
    warm, cold = _apart(scene)
    return {
        name: Asked(
            scene.copy.port,
            host,
            [path + ending for path in warm],
            [[path + ending for path in cold[2 * turn + part :: 2 * ROUNDS]] for turn in range(ROUNDS)],
            processes,
        )
        for part, (name, ending) in enumerate((("verdict.json", "/verdict.json"), ("page", "")))
    }


def _yardsticks(scene: Scene, name: str, server: tuple[int, dict[str, int]]) -> dict[str, Asked]:
    port, processes = server
    warm, cold = _apart(scene)
    found = {}
    if name == "SQLite":
        found["bare Django"] = Asked(port, "localhost", ["/bare"], [["/bare"] * BARE] * ROUNDS, processes)
    for kind in ("JSON", "page"):
        walks = [[f"{path}/{kind}" for path in cold[turn::ROUNDS]] for turn in range(ROUNDS)]
        found[f"ORM on {name}, {kind}"] = Asked(
            port, "localhost", [f"{path}/{kind}" for path in warm], walks, processes
        )
    return found


def _apart(scene: Scene) -> tuple[list[str], list[str]]:
    """The certificates asked for again and again, and those asked for once: those have not been seen before."""
    paths = scene.large.paths()
    return paths[-SMALL:], paths[:-SMALL]


@contextmanager
def _served(scene: Scene, database: Database) -> Iterator[tuple[int, dict[str, int]]]:
    """The yardstick filled and served as the product is, 2 workers of 4 threads: its port and its processes."""
    environment = os.environ | {"YARDSTICK_DATABASE": json.dumps(database.settings), "PYTHONPATH": str(ROOT)}
    numbers = json.dumps(scene.large.numbers)
    fill = "import json, sys; from benchmarks.yardstick import fill; fill(json.load(sys.stdin))"
    subprocess.run([sys.executable, "-c", fill], env=environment, input=numbers, text=True, check=True, cwd=ROOT)
    port = free_port()
    server = subprocess.Popen(granian("benchmarks.yardstick:application", port), env=environment, cwd=ROOT)
    try:
        wait_for_port(port)
        yield port, {"serving": server.pid} | ({"store": database.pid} if database.pid else {})
    finally:
        server.terminate()
        server.wait(20)


def _rounds(subjects: dict[str, Asked]) -> tuple[dict[str, list[Measured]], dict[str, list[Measured]]]:
    warm: dict[str, list[Measured]] = {name: [] for name in subjects}
    cold: dict[str, list[Measured]] = {name: [] for name in subjects}
    for asked in subjects.values():
        press(asked.port, asked.warm, host=asked.host, seconds=1)
    for turn in range(ROUNDS):
        for name, asked in subjects.items():
            cold[name].append(_press(asked, asked.cold[turn], seconds=COLD_SECONDS, once=True))
        for name, asked in subjects.items():
            press(asked.port, asked.warm, host=asked.host, seconds=1)
            warm[name].append(_press(asked, asked.warm, seconds=WARM_SECONDS, once=False))
    return warm, cold


def _press(asked: Asked, paths: list[str], *, seconds: float, once: bool) -> Measured:
    times = ProcessorTime(**asked.processes)
    load = press(asked.port, paths, host=asked.host, seconds=seconds, once=once)
    return Measured(load, {name: used / load.requests * 1e6 for name, used in times.used().items()})


def _tell(report: Report, temperature: str, rounds: dict[str, list[Measured]]) -> None:
    rows = []
    for name, runs in rounds.items():
        rate = f"{_middle(runs, 'rate'):,.0f}" if temperature == "warm" else ""
        rows.append(
            (
                name,
                rate,
                f"{_middle(runs, 'median'):.1f}",
                f"{_middle(runs, 'p99'):.1f}",
                _used(runs, "serving"),
                _used(runs, "store"),
            )
        )
    report.table((temperature, "requests/s", "median ms", "p99 ms", "serving, µs a request", "store, µs"), rows)


def _used(runs: list[Measured], who: str) -> str:
    return f"{_microseconds(runs, who):,.0f}" if who in runs[0].used else ""


def _microseconds(runs: list[Measured], who: str) -> float:
    return statistics.median(run.used[who] for run in runs)


def _middle(runs: list[Measured], figure: str) -> float:
    return statistics.median(getattr(run.load, figure) for run in runs)


def _compare(report: Report, warm: dict[str, list[Measured]], cold: dict[str, list[Measured]]) -> None:
    """Each against the same kind of answer by the ORM; ratios within each round, the middle one told."""
    rows = []
    for name, kind in (("verdict.json", "JSON"), ("page", "page")):
        for yardstick in (
            "bare Django",
            f"ORM on SQLite, {kind}",
            f"ORM on PostgreSQL, {kind}",
            "ORM on PostgreSQL, JSON",
        ):
            if yardstick not in warm or (name, yardstick) in [row[:2] for row in rows]:
                continue
            pairs, cold_pairs = (
                list(zip(warm[name], warm[yardstick], strict=True)),
                list(zip(cold[name], cold[yardstick], strict=True)),
            )
            rate = statistics.median(ours.load.rate / theirs.load.rate for ours, theirs in pairs)
            p99 = statistics.median(ours.load.p99 / theirs.load.p99 for ours, theirs in pairs)
            used, used_cold = (
                statistics.median(ours.used["serving"] / theirs.used["serving"] for ours, theirs in some)
                for some in (pairs, cold_pairs)
            )
            rows.append((name, yardstick, f"{rate:.2f}", f"{p99:.2f}", f"{used:.1f}", f"{used_cold:.1f}"))
            if yardstick.startswith("ORM on PostgreSQL"):
                short = name.removesuffix(".json")
                beside = "" if yardstick.endswith(kind) else " of JSON"
                report.measure(f"{short} warm{beside}", rate)
                report.measure(f"{short} cold{beside}", used_cold)
                if short == "verdict":
                    report.measure("verdict warm p99", p99)
    report.table(("", "as a multiple of", "requests/s, warm", "p99, warm", "CPU, warm", "CPU, cold"), rows)
