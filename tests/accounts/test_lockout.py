import contextlib
import threading
from datetime import timedelta

import pytest
import time_machine

from defiso.accounts import authentication
from defiso.accounts.authentication import Begun, log_in
from defiso.accounts.errors import LockedOutError
from defiso.accounts.lockout import account_counter, network_counter
from defiso.accounts.models import Failures, User
from defiso.audit.actors import Actor
from defiso.core.clock import now
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, browser_at, make_user


def visitor(ip: str = "192.0.2.1") -> Actor:
    return Actor("anonymous", "user", "Not logged in", ip=ip)


def try_to_log_in(tenant: Tenant, email: str, password: str = "wrong", *, ip: str = "192.0.2.1") -> Begun | None:
    return log_in(tenant=tenant, actor=visitor(ip), email=email, password=password)


def wait_asked(tenant: Tenant, email: str, *, ip: str = "192.0.2.1") -> int:
    with pytest.raises(LockedOutError) as refusal:
        try_to_log_in(tenant, email, PASSWORD, ip=ip)
    return refusal.value.retry_after


@pytest.mark.parametrize("email", ["owner@acme.example", "nobody@acme.example", "no address at all"])
def test_after_five_failures_each_further_one_doubles_the_wait_whether_or_not_there_is_an_account(
    tenant: Tenant, owner: User, email: str
) -> None:
    waits = []
    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(4):
            assert try_to_log_in(tenant, email) is None
        for number in range(9):
            assert try_to_log_in(tenant, email, ip=f"192.0.2.{number}") is None
            waits.append(wait_asked(tenant, email, ip=f"192.0.2.{number}"))
            traveller.shift(timedelta(seconds=waits[-1]))

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_even_the_right_password_waits_while_locked_and_nothing_is_written(tenant: Tenant, owner: User) -> None:
    for _ in range(5):
        try_to_log_in(tenant, owner.email)
    before = every_row()

    assert 25 < wait_asked(tenant, owner.email) <= 30
    assert every_row() == before


def test_a_log_in_after_the_wait_forgets_the_failures(tenant: Tenant, owner: User) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(5):
            try_to_log_in(tenant, owner.email)
        traveller.shift(timedelta(seconds=31))
        assert try_to_log_in(tenant, owner.email, PASSWORD)
        for _ in range(4):
            assert try_to_log_in(tenant, owner.email) is None
        assert try_to_log_in(tenant, owner.email, PASSWORD)


def test_failures_are_forgotten_after_a_day_by_the_clock_though_the_row_is_still_there(
    tenant: Tenant, owner: User
) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(4):
            try_to_log_in(tenant, owner.email)
        traveller.shift(timedelta(hours=24, seconds=1))
        for _ in range(4):
            assert try_to_log_in(tenant, owner.email) is None
        assert try_to_log_in(tenant, owner.email, PASSWORD)


def test_one_network_address_is_locked_at_one_tenant_after_twenty_failures_over_its_accounts(
    tenant: Tenant, other: Tenant, owner: User
) -> None:
    neighbour = make_user(other)
    for number in range(20):
        assert try_to_log_in(tenant, f"guess-{number}@acme.example") is None

    assert 25 < wait_asked(tenant, owner.email) <= 30
    assert try_to_log_in(tenant, owner.email, PASSWORD, ip="192.0.2.2")
    assert "network.locked_out" in actions_of(tenant)
    assert try_to_log_in(other, neighbour.email, PASSWORD)
    assert "network.locked_out" not in actions_of(other)


def test_a_success_forgets_the_failures_of_its_network_address(tenant: Tenant, owner: User) -> None:
    for number in range(19):
        try_to_log_in(tenant, f"guess-{number}@acme.example")
    assert try_to_log_in(tenant, owner.email, PASSWORD)
    for number in range(19):
        try_to_log_in(tenant, f"another-{number}@acme.example")

    assert try_to_log_in(tenant, owner.email, PASSWORD)


def test_an_account_of_the_same_address_at_another_tenant_is_not_locked(tenant: Tenant, other: Tenant) -> None:
    for place in (tenant, other):
        make_user(place, email="auditor@example.org")
    for _ in range(5):
        try_to_log_in(tenant, "auditor@example.org")

    assert try_to_log_in(other, "auditor@example.org", PASSWORD)


def test_guesses_sent_at_once_count_one_by_one(tenant: Tenant, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(authentication, "is_right", lambda password, stored: (bool(looked_at.append(password)), False))

    def guess(number: int) -> None:
        with contextlib.suppress(LockedOutError):
            try_to_log_in(tenant, owner.email, f"guess {number}", ip=f"192.0.2.{number}")

    threads = [threading.Thread(target=guess, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(looked_at) <= 5
    row = Failures.find(account_counter("acme", owner.email).pk, "METADATA", consistent=True)
    assert row is not None
    assert row.failures == len(looked_at)


def test_what_was_typed_as_address_is_stored_nowhere(tenant: Tenant, owner: User) -> None:
    try_to_log_in(tenant, "my secret typed into the wrong field")

    assert "wrong field" not in repr(every_row())


def test_failures_and_lock_out_are_events_that_name_the_account_only_if_it_exists(tenant: Tenant, owner: User) -> None:
    for _ in range(5):
        try_to_log_in(tenant, owner.email)
    try_to_log_in(tenant, "nobody@acme.example")

    assert actions_of(tenant) == [
        *("tenant.created", "user.created"),
        *["user.log_in_failed"] * 5,
        "user.locked_out",
        "user.log_in_failed",
    ]
    assert "nobody@acme.example" not in repr(every_row())


def test_the_counts_carry_a_time_to_live(tenant: Tenant, owner: User) -> None:
    try_to_log_in(tenant, owner.email)

    for counter in (account_counter("acme", owner.email), network_counter("acme", "192.0.2.1")):
        row = Failures.find(counter.pk, "METADATA", consistent=True)
        assert row is not None
        assert timedelta(hours=23) < row.expires_at - now() <= timedelta(hours=24)


def test_the_page_answers_429_with_the_time_to_wait_alike_for_known_and_unknown(tenant: Tenant, owner: User) -> None:
    pages = []
    with time_machine.travel(now(), tick=False):
        for email in (owner.email, "nobody@acme.example"):
            for _ in range(6):
                response = browser_at(tenant).post("/staff/login", {"email": email, "password": "wrong password"})
            assert (response.status_code, response["Retry-After"]) == (429, "30")
            pages.append(response.content.decode().partition("Reference")[0])

    assert pages[0] == pages[1]
