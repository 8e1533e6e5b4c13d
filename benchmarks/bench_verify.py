"""Verify requests/s and p99 against a bare Django view and a Django ORM look-up on SQLite, in one run.

Each server is granian with 2 workers of 4 threads. The load comes from the same machine, so read the ratios.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Load, press
from tests.conftest import free_port, wait_for_port
from tests.running_copy import ROOT, RunningCopy, granian, running_copy

REGISTER = ROOT / "tests/data/register.csv"
CERTIFICATES = 400


def main() -> None:
    with running_copy() as copy, tempfile.TemporaryDirectory() as folder:
        numbers = _issue(copy, Path(folder))
        with _yardstick(Path(folder), numbers, _credential_of(copy, numbers[0])) as yardstick:
            host = f"acme.localhost:{copy.port}"
            pages = [f"/certificates/{number}" for number in numbers]
            runs = {
                "bare Django view": press(yardstick, ["/bare"], host="localhost"),
                "Django ORM on SQLite, JSON": press(yardstick, pages, host="localhost"),
                "verdict.json": press(copy.port, [f"{page}/verdict.json" for page in pages], host=host),
                "public page, HTML": press(copy.port, pages, host=host),
                "bare Django view, again": press(yardstick, ["/bare"], host="localhost"),
            }
    _print(runs)


def _issue(copy: RunningCopy, folder: Path) -> list[str]:
    """Load the active rows among the first of the register, wait until one of the last is anchored."""
    copy.add_tenant("acme", "Acme Certification")
    with REGISTER.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["Certification Status"] == "Active"][:CERTIFICATES]
    with (folder / "part.csv").open("w", encoding="utf-8", newline="") as part:
        writer = csv.DictWriter(part, fieldnames=rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    copy.manage("load_register", "--tenant", "acme", str(folder / "part.csv"))
    numbers = [row["Certificate Number"] for row in rows]
    deadline = time.monotonic() + 60
    while copy.get_json(f"/certificates/{numbers[-1]}/verdict.json", "acme")["overall"] != "valid":
        if time.monotonic() > deadline:
            raise RuntimeError("the certificates were not anchored within 60 s")
        time.sleep(0.5)
    return numbers


def _credential_of(copy: RunningCopy, number: str) -> str:
    return json.dumps(copy.get_json(f"/certificates/{number}/credential.json", "acme"))


@contextmanager
def _yardstick(folder: Path, numbers: list[str], credential: str) -> Iterator[int]:
    environment = os.environ | {"YARDSTICK_DATABASE": str(folder / "yardstick.sqlite"), "PYTHONPATH": str(ROOT)}
    given = json.dumps([numbers, credential])
    fill = "import json, sys; from benchmarks.bare import fill; fill(*json.load(sys.stdin))"
    subprocess.run([sys.executable, "-c", fill], env=environment, input=given, text=True, check=True)
    port = free_port()
    server = subprocess.Popen(granian("benchmarks.bare:application", port), env=environment, cwd=ROOT)
    try:
        wait_for_port(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _print(runs: dict[str, Load]) -> None:
    bare = runs["bare Django view"]
    print(f"{'':28}{'requests/s':>12}{'median ms':>11}{'p99 ms':>9}{'of bare':>9}")
    for name, run in runs.items():
        print(f"{name:28}{run.rate:>12.0f}{run.median:>11.1f}{run.p99:>9.1f}{run.rate / bare.rate:>9.2f}")


if __name__ == "__main__":
    main()
