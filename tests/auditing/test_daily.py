"""The worker's own full check: a piece at a time, once a day, told to people."""

import logging
from datetime import timedelta

import pytest

from defiso.audit.services import PLATFORM
from defiso.auditing import daily
from defiso.auditing.daily import (
    EVERY,
    FIRST_AFTER_SECONDS,
    DailyCheck,
    forget_last_checks,
    read_last_check,
    round_of_checks,
)
from defiso.tenants.services import get_tenant
from defiso.verification.health import forget_health, is_well, read_health
from defiso.worker.process import Worker
from tests.anchoring.kit import RULES
from tests.anchoring.test_chain_faults import later
from tests.auditing.kit import delete, every
from tests.memory import forget_everything
from tests.staff import log_in_as, make_user


def check_all(chain) -> None:
    forget_everything()
    for _ in round_of_checks(chain):
        pass


def test_every_log_is_checked_and_the_row_says_so(register):
    check_all(register)

    last = {slug: read_last_check(slug) for slug in ("acme", "globex", PLATFORM)}
    assert {slug: row.findings for slug, row in last.items() if row} == dict.fromkeys(last, 0)
    assert last["acme"].events > 40
    assert last[PLATFORM].everywhere == 0


def test_what_is_found_is_logged_and_told(register, caplog):
    delete(every("CERT#FM-1")[0])

    with caplog.at_level(logging.ERROR):
        check_all(register)

    assert any("The head of FM-1 is gone" in record.getMessage() for record in caplog.records)
    row = read_last_check("acme")
    assert row.findings == 1
    assert row.told[0].startswith("The head of FM-1 is gone")
    forget_health()
    health = read_health()
    assert health["register"] == "the last full check found 1 thing: see manage.py audit_register"
    assert is_well({"dynamodb": "ok", "chain": "ok", "worker": "ok", "register": health["register"]})


def test_a_log_is_checked_once_a_day_by_whichever_worker(register, monkeypatch):
    check_all(register)
    first = read_last_check("acme").finished_at

    check_all(register)
    assert read_last_check("acme").finished_at == first

    with later((EVERY + timedelta(minutes=1)).total_seconds()):
        check_all(register)
    assert read_last_check("acme").finished_at > first


def test_a_round_broken_off_goes_on_with_the_logs_not_checked_yet(register, monkeypatch):
    checked = []
    audit_log = daily.audit_log

    def noting(slug, committed):
        checked.append(slug)
        return audit_log(slug, committed)

    monkeypatch.setattr(daily, "audit_log", noting)
    first = round_of_checks(register)
    while "globex" not in checked:
        next(first)
    del first

    check_all(register)

    assert checked == ["acme", "globex", "globex", PLATFORM]


def test_a_piece_takes_little_time_and_the_worker_makes_one_when_nothing_moves(register, stopwatch, monkeypatch):
    delete(every("METADATA", of="LEASE#")[0])
    worker = Worker(register, RULES)
    taken = []
    monkeypatch.setattr(DailyCheck, "work", lambda check: taken.append(check))

    rests = [worker.run_once() for _ in range(3)]

    assert len(taken) == sum(rest > 0 for rest in rests) > 0


def test_the_first_check_of_a_worker_waits_and_each_piece_is_bounded(register, stopwatch):
    check = DailyCheck(register)
    check.work()
    assert check._round is None

    stopwatch.now += FIRST_AFTER_SECONDS
    pieces = 0
    real = round_of_checks(register)

    def slow():
        for _ in real:
            stopwatch.now += 0.02
            yield

    check._round = slow()
    while check._round is not None:
        before = stopwatch.now
        check.work()
        assert stopwatch.now - before <= daily.PIECE_SECONDS + 0.02
        pieces += 1
    assert pieces > 3
    assert read_last_check(PLATFORM).findings == 0


def test_what_fails_ends_the_round_and_not_the_worker(register, stopwatch, monkeypatch, caplog):
    check = DailyCheck(register)
    stopwatch.now += FIRST_AFTER_SECONDS
    monkeypatch.setattr(daily, "audit_batches", lambda *_: 1 / 0)

    check.work()

    assert check._round is None
    assert "the full check was broken off" in caplog.text


def test_staff_read_on_the_audit_page_what_the_last_check_of_their_log_said(register):
    tenant = get_tenant("acme")
    browser = log_in_as(make_user(tenant), tenant)
    assert b"last full check" not in browser.get("/staff/audit/").content
    check_all(register)
    forget_last_checks()

    page = browser.get("/staff/audit/").content.decode()

    assert "The last full check of this log was on" in page
    assert "nothing was found." in page


def test_staff_read_there_that_something_is_wrong(register):
    tenant = get_tenant("acme")
    browser = log_in_as(make_user(tenant), tenant)
    delete(every("CERT#FM-1")[0])
    check_all(register)
    forget_last_checks()

    assert "it found 1 thing wrong." in browser.get("/staff/audit/").content.decode()


@pytest.fixture(autouse=True)
def fresh_health():
    forget_health()
    yield
    forget_health()
