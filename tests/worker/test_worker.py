"""The worker itself: one at a time, taking over, resting, stopping when told, as an object and as a process."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from defiso.anchoring.sealing import MOST_SECONDS
from defiso.outbox.hold import LEASE_NAME, LEASE_SECONDS
from defiso.store.connection import SharedConnection
from defiso.store.errors import DatabaseUnavailableError, StoreBusyError
from defiso.store.lease import is_held, read_lease
from defiso.worker import process as worker_process
from defiso.worker.process import IDLE_SECONDS, LONGEST_PAUSE, Worker
from tests.anchoring.kit import RULES, assert_anchored_exactly_once, assert_honestly_pending, issue
from tests.anchoring.test_chain_faults import anvil_down, later
from tests.waiting import PATIENCE, wait_until


def run_until_idle(worker: Worker, anvil) -> None:
    for _ in range(40):
        rest = worker.run_once()
        anvil.settle()
        if rest:
            return
    raise AssertionError("the worker does not come to rest")


def test_a_worker_anchors_and_then_rests(anvil, chain, tenants):
    leaf = issue("acme", "FM-1")
    worker = Worker(chain, RULES)

    run_until_idle(worker, anvil)
    run_until_idle(worker, anvil)

    assert_anchored_exactly_once(anvil, [leaf])
    assert worker.run_once() == IDLE_SECONDS <= 1


def test_only_the_holder_of_the_lease_works(anvil, chain, tenants):
    first, second = Worker(chain, RULES), Worker(chain, RULES)
    first.run_once()
    leaf = issue("acme", "FM-1")

    second.run_once()
    assert_honestly_pending([leaf])
    run_until_idle(first, anvil)
    run_until_idle(first, anvil)

    assert_anchored_exactly_once(anvil, [leaf])


def test_another_worker_takes_over_once_it_has_seen_the_lease_unrenewed(anvil, chain, tenants, stopwatch):
    first, second = Worker(chain, RULES, lease_seconds=15), Worker(chain, RULES, lease_seconds=15)
    first.run_once()
    leaf = issue("acme", "FM-1")
    assert second.run_once() == 1.5

    stopwatch.now += 16
    run_until_idle(second, anvil)
    run_until_idle(second, anvil)
    first.run_once()

    assert read_lease(LEASE_NAME).holder == second.holder
    assert_anchored_exactly_once(anvil, [leaf])


@pytest.mark.parametrize("hours", [1, -1])
def test_the_lease_of_a_dead_worker_whose_clock_was_wrong_is_taken_as_soon_as_any(
    anvil, chain, tenants, stopwatch, hours
):
    with later(3600 * hours):
        Worker(chain, RULES).run_once()
    leaf = issue("acme", "FM-1")
    second = Worker(chain, RULES)
    rests = [second.run_once()]

    for _ in range(10):
        stopwatch.now += rests[-1]
        rests.append(second.run_once())
    run_until_idle(second, anvil)
    run_until_idle(second, anvil)

    assert rests[:10] == [LEASE_SECONDS / 10] * 10
    assert_anchored_exactly_once(anvil, [leaf])


def test_two_workers_that_both_believe_they_hold_the_lease_do_no_harm(anvil, chain, tenants, stopwatch, monkeypatch):
    """The first is suspended in the middle of a pass for longer than its lease."""
    first, second = Worker(chain, RULES), Worker(chain, RULES)
    first.run_once()
    leaves = [issue("acme", f"FM-{number}") for number in range(3)]
    original = worker_process.run_pass

    def run_after_a_long_sleep(*arguments):
        monkeypatch.setattr(worker_process, "run_pass", original)
        second.run_once()
        stopwatch.now += 60
        run_until_idle(second, anvil)
        leaves.append(issue("globex", "FM-9"))
        return original(*arguments)

    monkeypatch.setattr(worker_process, "run_pass", run_after_a_long_sleep)
    first.run_once()
    run_until_idle(second, anvil)
    run_until_idle(second, anvil)

    assert read_lease(LEASE_NAME).holder == second.holder
    assert_anchored_exactly_once(anvil, leaves)


def test_rests_grow_while_the_chain_is_out_of_reach_and_end_with_it(anvil, chain, tenants):
    worker = Worker(anvil_down(), RULES, lease_seconds=120)
    issue("acme", "FM-1")

    rests = [worker.run_once() for _ in range(9)]
    worker.chain = chain
    run_until_idle(worker, anvil)

    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_PAUSE
    assert worker.run_once() == IDLE_SECONDS


def test_a_rest_never_outlasts_the_lease(tenants):
    worker = Worker(anvil_down(), RULES, lease_seconds=6)
    issue("acme", "FM-1")

    assert max(worker.run_once() for _ in range(9)) <= 2


def test_an_unreachable_store_is_waited_out_and_told_of_once(anvil, chain, tenants, monkeypatch, caplog):
    leaf = issue("acme", "FM-1")
    worker = Worker(chain, RULES)
    worker.run_once()
    asked = []

    def refuse(*request):
        asked.append(request)
        raise DatabaseUnavailableError

    with monkeypatch.context() as patch, caplog.at_level("INFO"):
        patch.setattr(SharedConnection, "dispatch", refuse)
        rests = [worker.run_once() for _ in range(8)]
        patch.undo()
        run_until_idle(worker, anvil)
    run_until_idle(worker, anvil)

    for rest, longest in zip(rests, [0.5, 1, 2, *[LEASE_SECONDS / 3] * 5], strict=True):
        assert 0.75 * longest <= rest <= longest
    assert len(set(rests)) == 8, "rests are jittered"
    assert len(asked) == 8, "a pass ends at the first sign of trouble"
    told = [record.getMessage() for record in caplog.records if "store" in record.getMessage()]
    assert [message.split(" ", 1)[1] for message in told] == [
        f"store problem: {DatabaseUnavailableError.sentence_for_people}",
        "store answers again",
    ]
    assert worker.run_once() == IDLE_SECONDS
    assert_anchored_exactly_once(anvil, [leaf])


def test_throttling_of_some_rows_holds_up_no_other_step_and_backs_the_pass_off(anvil, chain, tenants, monkeypatch):
    anchored = issue("acme", "FM-1")
    worker = Worker(chain, RULES)
    worker.run_once()
    dispatch = SharedConnection.dispatch

    def throttle(connection, operation, request):
        if operation == "Query" and "PENDING#" in str(request):
            raise StoreBusyError
        return dispatch(connection, operation, request)

    with monkeypatch.context() as patch, later(MOST_SECONDS):
        patch.setattr(SharedConnection, "dispatch", throttle)
        rests = []
        for _ in range(6):
            rests.append(worker.run_once())
            anvil.settle()

    assert 0.375 <= min(rests) <= 0.5 < 1.5 < max(rests) <= LEASE_SECONDS / 3
    assert_anchored_exactly_once(anvil, [anchored])


def test_rests_begin_anew_after_the_store_has_answered(anvil, chain, tenants, monkeypatch):
    worker = Worker(chain, RULES)
    longest = []

    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(SharedConnection, "dispatch", _refuse)
            longest.append(max(worker.run_once() for _ in range(3)))
        run_until_idle(worker, anvil)

    assert longest[1] <= 2


def _refuse(*_, **__):
    raise StoreBusyError


def test_stopping_gives_the_lease_back(anvil, chain, tenants):
    worker = Worker(chain, RULES)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: is_held(read_lease(LEASE_NAME)))

    worker.stop()
    thread.join(PATIENCE)

    assert not thread.is_alive()
    assert not is_held(read_lease(LEASE_NAME))


def test_the_process_anchors_stops_on_sigterm_and_logs_no_secret(anvil, tenants, settings, tmp_path):
    leaf = issue("acme", "FM-1")
    log = tmp_path / "worker.log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "defiso.settings",
        "DYNAMODB_ENDPOINT_URL": settings.DYNAMODB_ENDPOINT_URL,
        "CHAIN_RPC_URLS": anvil.url,
        "BATCH_SECONDS": "0",
        "LOG_LEVEL": "DEBUG",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=django_settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until(lambda: "state=anchored" in log.read_text() or process.poll() is not None)
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
        finally:
            process.kill()

    assert code == 0
    assert_anchored_exactly_once(anvil, [leaf])
    assert not is_held(read_lease(LEASE_NAME))
    written = log.read_text()
    assert django_settings.CHAIN_ACCOUNT_KEY.removeprefix("0x") not in written
    assert django_settings.MASTER_KEY not in written
    assert django_settings.PLATFORM_KEY not in written
    assert "Traceback" not in written


def test_without_the_accounts_private_key_no_worker_starts_and_it_says_so(settings):
    settings.CHAIN_ACCOUNT_KEY, settings.CHAIN_ACCOUNT = "", "0x" + "11" * 20

    with pytest.raises(CommandError, match="CHAIN_ACCOUNT_KEY is not set: without it anchors can be checked"):
        call_command("worker")
