"""A process that dies is started again alone; whatever ends the copy, none of its processes is left."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from defiso.engines import BASE_DIR
from tests.waiting import PATIENCE, wait_until

# Each process has a child, as a web server has; it notes both ids, and when it was asked to stop.
COMMAND = """sleep 300 & echo $$ $! > {folder}/{name}.ids
trap 'date +%s.%N > {folder}/{name}.stopped; kill $!; exit 0' TERM; wait"""

START = """
import asyncio, os, sys
from pathlib import Path
from defiso.launcher.processes import Processes
folder = Path(sys.argv[1])
commands = {name: (folder / (name + ".sh")).read_text() for name in sys.argv[2:]}
processes = Processes(commands, environment=dict(os.environ), folder=folder)
asyncio.run(processes.run(when_started=(folder / "started").touch))
print("failure:", processes.failure)
"""
NAMES = ("dynamodb", "chain", "web", "worker")


class Copy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in NAMES:
            (folder / f"{name}.sh").write_text(COMMAND.format(folder=folder, name=name))
        self.launcher = subprocess.Popen(
            [sys.executable, "-c", START, str(folder), *NAMES], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        wait_until(lambda: len(self.ids()) == 8)

    def ids(self) -> list[int]:
        return [int(number) for file in self.folder.glob("*.ids") for number in file.read_text().split()]

    def ids_of(self, name: str) -> list[int]:
        return [int(number) for number in (self.folder / f"{name}.ids").read_text().split()]

    def living(self) -> list[int]:
        return [number for number in self.ids() if is_alive(number)]

    def stopped_at(self, name: str) -> float:
        return float((self.folder / f"{name}.stopped").read_text())


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    copy = Copy(tmp_path)
    yield copy
    copy.launcher.kill()
    copy.launcher.wait()
    for number in copy.living():
        os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_the_engines_last(copy: Copy, number: signal.Signals) -> None:
    copy.launcher.send_signal(number)
    output, _ = copy.launcher.communicate(timeout=PATIENCE)

    assert copy.living() == []
    assert output.splitlines()[-1] == "failure: "
    clients, engines = ("web", "worker"), ("dynamodb", "chain")
    assert max(map(copy.stopped_at, clients)) < min(map(copy.stopped_at, engines))


def test_a_killed_launcher_takes_everything_with_it(copy: Copy) -> None:
    copy.launcher.kill()

    wait_until(lambda: copy.living() == [])


@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_is_killed_is_started_again_alone(copy: Copy, name: str) -> None:
    before, others = copy.ids_of(name), [copy.ids_of(other) for other in NAMES if other != name]
    os.kill(before[0], signal.SIGKILL)

    wait_until(lambda: copy.ids_of(name) not in (before, []) and all(map(is_alive, copy.ids_of(name))))

    assert not any(map(is_alive, before)), "what it had started is gone with it"
    assert [copy.ids_of(other) for other in NAMES if other != name] == others
    assert all(is_alive(number) for ids in others for number in ids)


def test_a_process_that_dies_five_times_in_a_minute_stops_the_copy_with_one_sentence(copy: Copy) -> None:
    for _ in range(5):
        before = copy.ids_of("worker")
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda last=before: copy.ids_of("worker") not in (last, []) or copy.launcher.poll() is not None)

    output, _ = copy.launcher.communicate(timeout=PATIENCE)

    assert copy.living() == []
    assert re.findall(r"started again in (\S+) s", output) == ["0.2", "0.4", "0.8", "1.6"]
    assert output.splitlines()[-1] == (
        "failure: worker ended 5 times within a minute, last with exit code -9; its last lines are above."
    )


def test_a_copy_whose_output_nobody_reads_goes_on_and_still_ends_when_told(copy: Copy) -> None:
    assert copy.launcher.stdout
    copy.launcher.stdout.close()
    before = copy.ids_of("web")
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: copy.ids_of("web") not in (before, []))

    copy.launcher.send_signal(signal.SIGINT)
    copy.launcher.wait(PATIENCE)

    assert copy.living() == []


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
