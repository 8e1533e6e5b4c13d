"""``make bench``, or ``python -m benchmarks [PART…] [--into PAGE]``: all in one run, the goals at the end.

BENCH_LARGE is the size of the large register: 100,000 takes a quarter of an hour, 20,000 some minutes.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from benchmarks import (
    bench_audit,
    bench_calls,
    bench_credentials,
    bench_dashboard,
    bench_documents,
    bench_downloads,
    bench_load,
    bench_log,
    bench_register,
    bench_transport,
    bench_units,
    bench_verify,
)
from benchmarks.report import Report
from benchmarks.scene import LARGE, prepared_scene, stop

ON_THE_COPY = {
    "verify": bench_verify,
    "dashboard": bench_dashboard,
    "downloads": bench_downloads,
    "calls": bench_calls,
    "audit": bench_audit,
}  # after the registers were loaded
ALONE = {
    "engine": bench_register,
    "credentials": bench_credentials,
    "transport": bench_transport,
    "log": bench_log,
    "documents": bench_documents,
}
PARTS = ("load", *ON_THE_COPY, "units", *ALONE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all of them if none is named"
    )
    parser.add_argument("--into", type=Path, metavar="PAGE", help="put the figures between the marks of this page too")
    arguments = parser.parse_args()
    wanted = set(arguments.parts or PARTS)
    if strange := wanted - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(strange))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))  # so that all that was started is stopped
    report, started = Report(), time.monotonic()
    _run(wanted, report)
    report.goals()
    report.say(f"{LARGE:,} certificates in the large register; {(time.monotonic() - started) / 60:.0f} minutes in all.")
    if arguments.into:
        report.paste_into(arguments.into)


def _run(wanted: set[str], report: Report) -> None:
    for name, part in ALONE.items():
        if name in wanted:
            part.measure(report)
    if wanted <= set(ALONE):
        return
    with prepared_scene() as scene:
        if "units" in wanted:
            bench_units.measure(scene, report)
        if wanted & {"load", *ON_THE_COPY}:
            bench_load.measure(scene, report)
        worker = scene.manage("worker")
        try:
            for name, part in ON_THE_COPY.items():
                if name in wanted:
                    part.measure(scene, report)
        finally:
            stop(worker)


if __name__ == "__main__":
    main()
