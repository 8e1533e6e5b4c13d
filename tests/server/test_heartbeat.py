"""Whom the watch over web workers ends, and whom it spares."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from defiso.server import heartbeat
from defiso.server.heartbeat import SILENT_SECONDS, Watch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(heartbeat, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def beat(folder: Path, pid: int, written: float) -> None:
    (folder / str(pid)).touch()
    os.utime(folder / str(pid), (written, written))


def test_only_the_worker_that_stopped_beating_is_ended(tmp_path: Path, clock: SimpleNamespace) -> None:
    watch = Watch(tmp_path)
    beat(tmp_path, 1, 500)
    silent: list[int] = []
    for second in range(int(SILENT_SECONDS) + 2):
        beat(tmp_path, 2, 500 + second)
        silent = watch.silent_of([1, 2, 3])
        clock.now += 1

    assert silent == [1]


def test_nobody_is_ended_because_the_machine_slept(tmp_path: Path, clock: SimpleNamespace) -> None:
    watch = Watch(tmp_path)
    beat(tmp_path, 1, 500)
    watch.silent_of([1])

    clock.now += 3600

    assert watch.silent_of([1]) == []


def test_nobody_is_ended_because_a_clock_was_set(tmp_path: Path, clock: SimpleNamespace) -> None:
    watch = Watch(tmp_path)
    for written in (500, 4100, 4101, 9, 10):
        beat(tmp_path, 1, written)
        clock.now += 1

        assert watch.silent_of([1]) == []
