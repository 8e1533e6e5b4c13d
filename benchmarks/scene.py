"""The running copy that all is measured on: a body with 400 certificates and one with BENCH_LARGE, none loaded yet."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.running_copy import ROOT, RunningCopy, running_copy

REGISTER = ROOT / "tests/data/register.csv"
SMALL, COUNTED = 400, 330  # ten full transactions of a load
LARGE = int(os.environ.get("BENCH_LARGE", "20000"))
LONGEST_SECONDS = 1800  # of any one step
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Body:
    """A certification body and the register it loads. ``active`` are the numbers of its certificates in force."""

    slug: str
    register: Path
    numbers: list[str]
    active: list[str]

    def paths(self) -> list[str]:
        return [f"/certificates/{number}" for number in self.numbers]


@dataclass(frozen=True)
class Scene:
    copy: RunningCopy
    small: Body
    large: Body
    counted: Body
    single: Body

    @cached_property
    def engine_file(self) -> Path:
        return self.copy.data_dir / "dynamodb.sqlite"

    def pid(self, process: str) -> int:
        return self.copy.processes[process].pid

    def host(self, body: Body) -> str:
        return f"{body.slug}.localhost:{self.copy.port}"

    def manage(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A ``manage.py`` command on this copy, started."""
        return self.start("manage.py", *arguments)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Python with these arguments, on this copy; what it logs goes to a file beside the copy's."""
        command = [sys.executable, *arguments]
        with (self.copy.data_dir / "benchmark.log").open("a") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.copy.environment, stdout=subprocess.PIPE, stderr=log)

    def wait_until_anchored(self, body: Body) -> None:
        """Three of its certificates in force, and so those between."""
        for number in (body.active[-1], body.active[len(body.active) // 2], body.active[0]):
            path = f"/certificates/{number}/verdict.json"
            wait_until(lambda path=path: self.copy.get_json(path, body.slug)["overall"] == "valid")


@contextmanager
def prepared_scene() -> Iterator[Scene]:
    """The copy without its worker, so that each measurement starts one when it wants one."""
    with running_copy() as copy, tempfile.TemporaryDirectory(prefix="defiso-registers-") as folder:
        stop(copy.processes["worker"])
        wanted = {
            "small": ("acme", SMALL),
            "large": ("zenith", LARGE),
            "counted": ("midway", COUNTED),
            "single": ("solo", 1),
        }
        bodies = {name: _body(Path(folder), slug, size) for name, (slug, size) in wanted.items()}
        for body in bodies.values():
            copy.add_tenant(body.slug, f"{body.slug.capitalize()} Certification")
        yield Scene(copy, **bodies)


def finish(process: "subprocess.Popen[bytes]") -> bytes:
    """What the process printed, once it has ended well."""
    printed, _nothing = process.communicate(timeout=LONGEST_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return printed


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {LONGEST_SECONDS} s in vain")
        time.sleep(POLL_SECONDS)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(60)


def _body(folder: Path, slug: str, size: int) -> Body:
    """The register of the tests, again and again with other numbers until there are enough."""
    with REGISTER.open(encoding="utf-8", newline="") as source:
        given = list(csv.DictReader(source))
    rows = [_renumbered(given[turn % len(given)], turn // len(given)) for turn in range(size)]
    register = folder / f"{slug}.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=given[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    numbers = [row["Certificate Number"] for row in rows]
    active = [row["Certificate Number"] for row in rows if row["Certification Status"] == "Active"]
    return Body(slug, register, numbers, active)


def _renumbered(row: dict[str, str], lap: int) -> dict[str, str]:
    numbered = ("Certificate Number", "Certification Identity Number")
    return row if lap == 0 else row | {column: f"{row[column]}-{lap}" for column in numbered if row[column]}
