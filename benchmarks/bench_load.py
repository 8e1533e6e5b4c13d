"""How fast a register loads while the web runs, how fast the worker then empties the outbox, and what is kept of it."""

import subprocess
import time

from benchmarks.engine_file import bytes_by_table, pending_events
from benchmarks.processes import ProcessorTime, peak_memory
from benchmarks.report import Report
from benchmarks.scene import Body, Scene, finish, stop

POLL_SECONDS = 0.1


def measure(scene: Scene, report: Report) -> None:
    """Load and anchor the small register, then the large one; each with a worker of its own."""
    report.section(f"Loading and anchoring {len(scene.large.numbers):,} certificates")
    small_peak = _drain(scene, scene.small, loaded=_load(scene, scene.small)).peak
    before = bytes_by_table(scene.engine_file)
    loaded = _load(scene, scene.large)
    drained = _drain(scene, scene.large, loaded)
    report.measure("load", loaded.rate)
    report.measure("worker", drained.rate)
    report.measure("worker memory", drained.peak / small_peak)
    rows = [("load, the web running and the worker stopped", f"{loaded.rate:,.0f} certificates/s", loaded.processor())]
    rows += [("worker, until the outbox is empty", f"{drained.rate:,.0f} events/s", drained.processor())]
    report.table(("step", "rate", "processor time"), rows)
    report.say(
        f"The worker took at most {drained.peak:.0f} MB with {drained.number:,} events pending, {small_peak:.0f} MB"
        f" with {len(scene.small.numbers)}; anchored {drained.until_anchored:.1f} s after the outbox was empty.",
        "",
    )
    _tell_bytes(scene, report, before)


class _Step:
    """Something done ``number`` times in ``seconds``, by processes whose processor time is known."""

    def __init__(self, number: int, seconds: float, used: dict[str, float]) -> None:
        self.number, self.rate, self.used = number, number / seconds, used
        self.peak = self.until_anchored = 0.0

    def processor(self) -> str:
        return ", ".join(f"{name} {seconds / self.number * 1000:.2f} ms" for name, seconds in self.used.items())


def _load(scene: Scene, body: Body) -> _Step:
    started = time.perf_counter()
    loader = scene.manage("load_register", "--tenant", body.slug, str(body.register))
    times = ProcessorTime(loader=loader.pid, engine=scene.pid("dynamodb"))
    used = times.used()
    while loader.poll() is None:
        used = times.used()
        time.sleep(POLL_SECONDS)
    finish(loader)
    return _Step(len(body.numbers), time.perf_counter() - started, used)


def _drain(scene: Scene, body: Body, loaded: _Step) -> _Step:
    """Start a worker, wait until it has emptied the outbox and anchored; it is stopped then."""
    pending = pending_events(scene.engine_file)
    worker = scene.manage("worker")
    try:
        _wait_until_fewer(scene, worker, pending)
        times, started = ProcessorTime(worker=worker.pid, engine=scene.pid("dynamodb")), time.perf_counter()
        _wait_until_fewer(scene, worker, 1)
        step = _Step(pending, time.perf_counter() - started, times.used())
        scene.wait_until_anchored(body)
        step.until_anchored = time.perf_counter() - started - pending / step.rate
        step.peak = peak_memory(worker.pid)
    finally:
        stop(worker)
    return step


def _wait_until_fewer(scene: Scene, worker: "subprocess.Popen[bytes]", than: int) -> None:
    while pending_events(scene.engine_file) >= than:
        if worker.poll() is not None:
            raise RuntimeError("the worker ended")
        time.sleep(POLL_SECONDS)


def _tell_bytes(scene: Scene, report: Report, before: dict[str, int]) -> None:
    after = bytes_by_table(scene.engine_file)
    number = len(scene.large.numbers)
    grown = {table: (size - before.get(table, 0)) / number for table, size in after.items()}
    report.measure("bytes", sum(grown.values()))
    rows = [(table.removeprefix("defiso-"), f"{size:,.0f}") for table, size in grown.items() if abs(size) >= 1]
    report.table(("kept in the engine's file", "bytes a certificate"), [*rows, ("all", f"{sum(grown.values()):,.0f}")])
