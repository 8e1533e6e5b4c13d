"""A full check of the register, ``audit_register``, on the copy that the registers were loaded into."""

import time
from typing import Any

from benchmarks.processes import peak_memory
from benchmarks.report import Report
from benchmarks.scene import Scene

POLL_SECONDS = 0.05


def measure(scene: Scene, report: Report) -> None:
    """A full check of the large register and of the small one; what grows is time alone."""
    small, large = (_audit(scene, body.slug) for body in (scene.small, scene.large))
    report.section("A full check")
    rows = [
        (f"{found['events']:,}", f"{found['seconds']:.1f} s", f"{found['peak']:.0f} MB") for found in (small, large)
    ]
    report.table(("events", "time", "memory at most"), rows)
    more, seconds = large["events"] - small["events"], large["seconds"] - small["seconds"]  # both start as long
    report.measure("audit", 100_000 * seconds / more)
    report.measure("audit memory", large["peak"] / small["peak"])


def _audit(scene: Scene, slug: str) -> dict[str, Any]:
    started, peak = time.perf_counter(), 0.0
    process = scene.manage("audit_register", "--tenant", slug)
    while process.poll() is None:
        peak = max(peak, peak_memory(process.pid))
        time.sleep(POLL_SECONDS)
    printed = process.communicate()[0].decode()
    if process.returncode:
        raise RuntimeError(f"the check of {slug} found: {printed[:2000]}")
    return {"events": int(printed.split()[0].replace(",", "")), "seconds": time.perf_counter() - started, "peak": peak}
