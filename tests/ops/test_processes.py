"""Whatever ends a copy, none of its processes is left: Ctrl-C, SIGTERM, kill -9, or one process that dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from defiso.engines import BASE_DIR

# Each process has a child, as a web server has; it notes both ids, and when it was asked to stop.
COMMAND = """sleep 300 & echo $$ $! > {folder}/{name}.ids
trap 'date +%s.%N > {folder}/{name}.stopped; kill $!; exit 0' TERM; wait"""

START = """
import sys
from defiso.launcher.processes import Processes
processes = Processes(when_started=lambda: open(sys.argv[1] + "/started", "w").close())
for name in ("dynamodb", "chain", "web", "worker"):
    processes.add_process(name, open(sys.argv[1] + "/" + name + ".sh").read(), cwd=sys.argv[1])
processes.loop()
processes.sweep()
print(processes.first_to_end)
"""


class Copy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("dynamodb", "chain", "web", "worker"):
            (folder / f"{name}.sh").write_text(COMMAND.format(folder=folder, name=name))
        self.launcher = subprocess.Popen(
            [sys.executable, "-c", START, str(folder)], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        wait_until(lambda: len(self.ids()) == 8)

    def ids(self) -> list[int]:
        return [int(number) for file in self.folder.glob("*.ids") for number in file.read_text().split()]

    def living(self) -> list[int]:
        return [number for number in self.ids() if is_alive(number)]

    def stopped_at(self, name: str) -> float:
        return float((self.folder / f"{name}.stopped").read_text())


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    copy = Copy(tmp_path)
    yield copy
    copy.launcher.kill()
    copy.launcher.communicate()
    for number in copy.living():
        os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_the_engines_last(copy: Copy, number: signal.Signals) -> None:
    copy.launcher.send_signal(number)
    output, _ = copy.launcher.communicate(timeout=10)

    assert copy.living() == []
    assert output.splitlines()[-1] == "None"
    clients, engines = ("web", "worker"), ("dynamodb", "chain")
    assert max(map(copy.stopped_at, clients)) < min(map(copy.stopped_at, engines))


def test_a_killed_launcher_takes_everything_with_it(copy: Copy) -> None:
    copy.launcher.kill()

    wait_until(lambda: copy.living() == [])


def test_a_process_that_is_killed_takes_everything_with_it(copy: Copy) -> None:
    web, its_child = (copy.folder / "web.ids").read_text().split()
    os.kill(int(web), signal.SIGKILL)
    os.kill(int(its_child), signal.SIGKILL)  # as its leash would have done

    output, _ = copy.launcher.communicate(timeout=10)

    assert copy.living() == []
    assert output.splitlines()[-1] == "('web', -9)"


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
