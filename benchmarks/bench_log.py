"""The log and the map alone: how fast the worker appends and records, and what a proof of inclusion reads.

On an engine of its own, in a process of its own: ``python -m benchmarks.bench_log FOLDER`` prints JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.bench_register import engine_for, environment_of
from benchmarks.report import Report
from benchmarks.scene import LARGE

TOGETHER = 33  # events of one transaction, as a load writes them
PROOFS = 200


def measure(report: Report) -> None:
    """Appending, recording and proofs."""
    with tempfile.TemporaryDirectory(prefix="defiso-log-") as folder:
        command = [sys.executable, "-m", "benchmarks.bench_log", folder]
        done = subprocess.run(command, env=environment_of(folder), stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    report.section("The log and the map")
    report.table(("step", "events/s"), [(step, f"{rate:,.0f}") for step, rate in found["rates"].items()])
    report.say(f"{LARGE:,} events, {TOGETHER} together, each of a certificate that is new to the map.", "")
    report.measure("log", found["rates"]["appended and recorded"])
    report.measure("reads of a proof", found["reads"])


def measure_inside(folder: Path) -> dict[str, Any]:
    import django

    django.setup()
    with engine_for(folder / "log.sqlite"):
        return _append_and_record()


def _append_and_record() -> dict[str, Any]:
    from defiso.outbox.draining import drain_outbox
    from defiso.outbox.hold import LEASE_NAME, Hold
    from defiso.store.connection import counted_calls
    from defiso.store.lease import acquire_lease
    from defiso.transparency.appending import Appending
    from defiso.transparency.map_rows import forget_map_nodes
    from defiso.transparency.tree_rows import inclusion_of
    from defiso.worker.lanes import new_recorder
    from tests.staff import make_tenant
    from tests.transparency.kit import state_of, tell_together

    make_tenant("umbra")
    numbers = [f"A-{number}" for number in range(LARGE)]
    for start in range(0, LARGE, TOGETHER):
        tell_together(*[state_of(number) for number in numbers[start : start + TOGETHER]])
    lease = acquire_lease(LEASE_NAME, holder="this benchmark", seconds=3600)
    assert lease
    hold, recorder = Hold(lease), new_recorder()
    seconds, events = {"appended": 0.0, "recorded": 0.0}, 0
    checkpoint, appending = None, Appending()
    while True:
        started = time.perf_counter()
        drained = drain_outbox(hold, [appending])
        middle = time.perf_counter()
        if not drained.events:
            break
        checkpoint = recorder.record(hold, "umbra")
        seconds["appended"] += middle - started
        seconds["recorded"] += time.perf_counter() - middle
        events += drained.events
    assert checkpoint
    calls = []
    for number in range(0, LARGE, max(1, LARGE // PROOFS)):
        with counted_calls() as read:
            forget_map_nodes()
            inclusion_of("umbra", number, checkpoint.size)
        calls.append(len(read))
    rates = {step: events / taken for step, taken in seconds.items()}
    rates["appended and recorded"] = events / sum(seconds.values())
    return {"rates": rates, "reads": mean(calls), "most": max(calls)}


if __name__ == "__main__":
    print(json.dumps(measure_inside(Path(sys.argv[1]))))
