"""A hung worker is replaced: each touches a file of its own every second while it is well, and who does not is ended.

granian then starts another in its place. Time is counted by the watcher as seen, so a machine that slept, or whose
clock jumped, ends nobody.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = "DEFISO_HEARTBEATS"  # in the environment of the workers
BEAT_SECONDS = 1.0
SILENT_SECONDS = 10.0


async def beat(is_well: Callable[[], bool]) -> None:
    """Touch this process's file every second, unless it is not well. For ever; at once nothing if nobody watches."""
    if FOLDER in os.environ:
        mine = Path(os.environ[FOLDER], str(os.getpid()))
        while True:
            if is_well():
                mine.touch(mode=0o600)
            await asyncio.sleep(BEAT_SECONDS)


def watch_workers(folder: Path) -> None:
    """End, in a thread, each child process that has touched its file in ``folder`` but not for SILENT_SECONDS."""
    os.environ[FOLDER] = str(folder)
    threading.Thread(target=_watch, args=[Watch(folder)], daemon=True).start()


def _watch(watch: "Watch") -> None:
    while True:
        time.sleep(BEAT_SECONDS)
        for pid in watch.silent_of(_workers()):
            _end(pid)


class Watch:
    """What was seen of each worker: the time on its file, in nanoseconds, and when that was first seen there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[int, tuple[int, float]] = {}
        self._looked = time.monotonic()

    def silent_of(self, workers: list[int]) -> list[int]:
        """Those that have beaten before, but not for SILENT_SECONDS in which we looked."""
        now = time.monotonic()
        if now - self._looked > SILENT_SECONDS / 2:  # we were held up ourselves, and so perhaps were they
            self._seen.clear()
        self._looked = now
        self._seen = {pid: last for pid in workers if (last := self._last_beat(pid, now))}
        return [pid for pid, (_, since) in self._seen.items() if now - since > SILENT_SECONDS]

    def _last_beat(self, pid: int, now: float) -> tuple[int, float] | None:
        try:
            written = (self._folder / str(pid)).stat().st_mtime_ns
        except FileNotFoundError:
            return None
        before = self._seen.get(pid)
        return before if before and before[0] == written else (written, now)


def _workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def _end(pid: int) -> None:
    """First so that it says what each of its threads is doing (faulthandler), then, a second later, for certain."""
    print(f"web worker {pid} was silent for {SILENT_SECONDS:.0f} seconds and is replaced", file=sys.stderr, flush=True)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGABRT)
        time.sleep(BEAT_SECONDS)
        os.kill(pid, signal.SIGKILL)
