"""honcho's manager, taught that children never outlive us, that engines stop last, and to say when all run."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from honcho.manager import Manager
from honcho.process import Popen, Process

from defiso.engines import BASE_DIR
from defiso.launcher.preflight import CannotStartError
from defiso.leash import end_with_parent

ENGINES = ("dynamodb", "chain")
STOP_SECONDS = 4.0  # for web and worker to finish what they do; honcho kills what is left after 5


class LeashedPopen(Popen):  # type: ignore[misc]
    def __init__(self, command: str, **options: Any) -> None:
        super().__init__(command, preexec_fn=begin_child, **options)


def begin_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()


class LeashedProcess(Process):  # type: ignore[misc]
    """honcho forks one of these beside each command, to read its output."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._child_ctor = LeashedPopen

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_with_parent(signal.SIGKILL)
        super().run(events, ignore_signals)


class Processes(Manager):  # type: ignore[misc]
    """``loop`` starts every added process, calls ``when_started``, and returns when all have ended."""

    def __init__(self, when_started: Callable[[], None]) -> None:
        multiprocessing.set_start_method("fork", force=True)
        super().__init__()
        self._terminating = False
        self.first_to_end: tuple[str, int] | None = None
        self._process_ctor = LeashedProcess
        self._when_started = when_started

    def terminate(self) -> None:
        """Begin to stop: because of a signal, or because a process has ended, which is then ``first_to_end``."""
        if not self._terminating:
            self._terminating = True
            for name, process in self._processes.items():
                if "returncode" in process:
                    self.first_to_end = (name, process["returncode"])
            threading.Thread(target=self._stop_in_order, daemon=True).start()

    def sweep(self) -> None:
        """Kill what a dead process has left in its group, such as the workers of a web server that was killed."""
        for process in self._processes.values():
            if "pid" in process:
                kill_group(process["pid"])

    def _start(self) -> None:
        super()._start()
        self._when_started()

    def _stop_in_order(self) -> None:
        engines = [process for name, process in self._processes.items() if name in ENGINES]
        clients = [process for name, process in self._processes.items() if name not in ENGINES]
        for group in (clients, engines):
            asked: set[int] = set()
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline and any("returncode" not in process for process in group):
                started = {process["pid"] for process in group if "pid" in process}
                ask_to_stop(started - asked)
                asked = started
                time.sleep(0.02)

    def _killall(self, force: bool = False) -> None:
        for process in self._processes.values():
            if "pid" in process and "returncode" not in process:
                kill_group(process["pid"])


def ask_to_stop(processes: set[int]) -> None:
    """SIGTERM to each, not to its group: a web server would replace its workers."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def manage(*arguments: str, environment: dict[str, str]) -> None:
    """Run a ``manage.py`` command to its end, on our leash. Raises CannotStartError with the last it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=begin_child,
    )
    if done.returncode:
        last = (done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise CannotStartError(f"`manage.py {' '.join(arguments)}` failed: {last}")
