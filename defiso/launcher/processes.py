"""The processes of one copy: each started again alone when it dies, and all ended in order when the launcher is.

Supervisor and circus do this for servers of a whole machine, with files of their own; here is only what a copy needs.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast

from defiso.engines import BASE_DIR
from defiso.launcher.preflight import CannotStartError
from defiso.leash import end_with_parent

ENGINES = ("dynamodb", "chain")  # end last: the others still write
STOP_SECONDS = 4.0  # to finish what is begun
MOST_DEATHS, WITHIN_SECONDS = 5, 60.0
FIRST_PAUSE = 0.2  # seconds before it is started again; doubled with each death of the last minute


class Kept:
    """One command that is kept running. ``deaths`` are the monotonic times of the last minute's."""

    def __init__(self, name: str, command: str, *, environment: dict[str, str], folder: Path) -> None:
        self.name = name
        self.deaths: list[float] = []
        self._command = command
        self._environment = environment
        self._folder = folder
        self._running: Running | None = None

    async def run_once(self) -> int:
        """Start it, pass on what it says, and return its exit code; what it left in its group is killed."""
        transport, self._running = await asyncio.get_running_loop().subprocess_shell(
            lambda: Running(self.name),
            self._command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=self._environment,
            cwd=self._folder,
            start_new_session=True,
            preexec_fn=begin_child,
        )
        await self._running.exited.wait()
        kill_group(transport.get_pid())
        await self._running.wait_for_last_words()
        transport.close()
        return transport.get_returncode() or 0

    def pause_after_death(self) -> float:
        now = time.monotonic()
        self.deaths = [*(moment for moment in self.deaths if now - moment < WITHIN_SECONDS), now]
        return float(FIRST_PAUSE * 2 ** (len(self.deaths) - 1))

    async def end(self) -> None:
        if self._running:
            await self._running.end()


class Running(asyncio.SubprocessProtocol):
    """One life of a command. Its exit counts, not the end of its output, which a child of it may hold open."""

    def __init__(self, name: str) -> None:
        self.exited = asyncio.Event()
        self._silent = asyncio.Event()
        self._name = name
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, _descriptor: int, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            say(self._name, line.decode(errors="replace"))

    def pipe_connection_lost(self, _descriptor: int, _error: Exception | None) -> None:
        if self._rest:
            say(self._name, self._rest.decode(errors="replace"))
        self._silent.set()

    def process_exited(self) -> None:
        self.exited.set()

    async def wait_for_last_words(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._silent.wait(), 1)

    async def end(self) -> None:
        """SIGTERM to it alone, as a web server would replace workers that are told too; after STOP_SECONDS SIGKILL."""
        if not self.exited.is_set():
            with suppress(ProcessLookupError):
                self._transport.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.exited.wait(), STOP_SECONDS)
            kill_group(self._transport.get_pid())
            await self.exited.wait()


class Processes:
    """``run`` starts them all and returns when all have ended: after ``stop``, or with a ``failure``."""

    def __init__(self, commands: dict[str, str], *, environment: dict[str, str], folder: Path = BASE_DIR) -> None:
        self.failure = ""
        self._kept = [Kept(name, command, environment=environment, folder=folder) for name, command in commands.items()]
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self, *, when_started: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        keeping = [asyncio.create_task(self._keep(kept)) for kept in self._kept]
        when_started()
        told = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([told, *keeping], return_when=asyncio.FIRST_COMPLETED)
        self.stop()
        await self._end(kept for kept in self._kept if kept.name not in ENGINES)
        await self._end(kept for kept in self._kept if kept.name in ENGINES)
        await asyncio.gather(*keeping)

    async def _keep(self, kept: Kept) -> None:
        while not self._stopping.is_set():
            code = await kept.run_once()
            if self._stopping.is_set():
                return
            pause = kept.pause_after_death()
            if len(kept.deaths) >= MOST_DEATHS:
                self.failure = (
                    f"{kept.name} ended {MOST_DEATHS} times within a minute, last with exit code {code}; "
                    "its last lines are above."
                )
                self.stop()
                return
            say(kept.name, f"ended by itself (exit code {code}); it is started again in {pause:.1f} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _end(self, group: Iterable[Kept]) -> None:
        await asyncio.gather(*(kept.end() for kept in group))


def say(name: str, line: str) -> None:
    """One line to our own output. If nobody reads that any more, the copy goes on in silence."""
    try:
        print(f"{name:<8} | {line}", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def read_procfile(path: Path) -> dict[str, str]:
    """The commands by their names."""
    return dict(re.findall(r"^([A-Za-z0-9_-]+):\s*(.+)$", path.read_text(), re.MULTILINE))


def begin_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()


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
