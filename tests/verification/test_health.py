import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.connection import counted_calls
from defiso.store.lease import acquire_lease
from defiso.verification import health
from defiso.verification.health import MEGABYTE, forget_health, read_health


def test_health_is_found_out_once_a_second_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(health, "chain_problem", lambda: asked.append(1))
    forget_health()

    with counted_calls() as calls, ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: read_health(), range(40)))
        again = read_health()
    forget_health()

    assert len(asked) == 1
    assert calls == []
    assert all(answer == again for answer in answers)


def worker_as_seen() -> str:
    health._kept = None
    return read_health()["worker"]


@pytest.fixture
def clock(stopwatch: SimpleNamespace) -> Iterator[SimpleNamespace]:
    forget_health()
    yield stopwatch
    forget_health()


def test_a_worker_that_renews_and_passes_is_ok_however_far_ahead_its_clock_is(clock: SimpleNamespace) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        hold = Hold(acquire_lease(LEASE_NAME, holder="ahead", seconds=10))
        hold.note_pass()
        hold.keep()

    assert worker_as_seen() == "ok"


def test_a_lease_nobody_renews_is_told_also_if_its_holder_was_an_hour_ahead(clock: SimpleNamespace) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        acquire_lease(LEASE_NAME, holder="ahead", seconds=10)
    assert worker_as_seen() == "ok"

    clock.now += 11

    assert worker_as_seen() == "has not renewed its lease for 11 seconds"


def test_an_old_lease_is_told_at_the_first_look(clock: SimpleNamespace) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        acquire_lease(LEASE_NAME, holder="gone", seconds=10)

    assert worker_as_seen().startswith("has not renewed its lease for 36")


def test_a_worker_that_renews_and_ends_no_pass_is_told(clock: SimpleNamespace) -> None:
    hold = Hold(acquire_lease(LEASE_NAME, holder="stuck", seconds=10))
    hold.note_pass()
    hold.keep()
    assert worker_as_seen() == "ok"

    for _ in range(7):
        clock.now += 9
        time.sleep(0.002)  # so that the time that is written differs
        hold.keep()
        seen = worker_as_seen()

    assert seen == "has not come to the end of a pass for 63 seconds"
    hold.note_pass()
    clock.now += 4
    hold.keep()
    assert worker_as_seen() == "ok"


def test_a_lease_given_back_is_told_at_once(clock: SimpleNamespace) -> None:
    lease = acquire_lease(LEASE_NAME, holder="stopping", seconds=10)
    assert lease
    assert worker_as_seen() == "ok"

    lease.release()

    assert worker_as_seen() == "has stopped, and no other works"


def test_a_disk_with_no_room_is_told_where_the_engine_is_embedded(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_bavail=3, f_frsize=MEGABYTE))
    forget_health()
    settings.DYNAMODB_IS_EMBEDDED = True
    embedded = read_health()["dynamodb"]
    forget_health()
    settings.DYNAMODB_IS_EMBEDDED = False

    assert embedded == "the disk is full: 3 MB are left"
    assert read_health()["dynamodb"] == "ok"
    forget_health()
