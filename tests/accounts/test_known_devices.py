"""A browser that has logged in to an account is never kept out of it by what strangers do."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings

from defiso.accounts.authentication import Begun, log_in
from defiso.accounts.devices import LONGEST, MOST_ACCOUNTS, known_device, remember_device
from defiso.accounts.errors import LockedOutError
from defiso.accounts.models import Failures, User
from defiso.accounts.services import change_user, deactivate_user, reactivate_user, reset_password
from defiso.audit.actors import OPERATOR, Actor
from defiso.core.clock import now
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.staff import PASSWORD, actions_of, browser_at, make_user

LOG_IN = "/staff/login"


def attempt(
    tenant: Tenant, email: str, password: str = "wrong", *, device: str = "", ip: str = "192.0.2.1"
) -> Begun | None:
    actor = Actor("anonymous", "user", "Not logged in", ip=ip)
    return log_in(tenant=tenant, actor=actor, email=email, password=password, device=device)


def device_of(tenant: Tenant, user: User, device: str = "") -> str:
    begun = attempt(tenant, user.email, PASSWORD, device=device)
    assert begun
    return begun.device


def lock(tenant: Tenant, email: str, *, ip: str = "192.0.2.1") -> None:
    """Guess from an address until the account keeps strangers waiting."""
    with pytest.raises(LockedOutError):
        for _ in range(6):
            attempt(tenant, email, ip=ip)


def counts() -> list[dict[str, object]]:
    return [row for row in every_row() if "FAILURES#" in str(row["PK"])]


def test_a_strangers_guesses_at_the_account_keep_other_strangers_out_and_no_known_device(
    tenant: Tenant, owner: User
) -> None:
    device = device_of(tenant, owner)

    lock(tenant, owner.email, ip="203.0.113.9")

    with pytest.raises(LockedOutError):
        attempt(tenant, owner.email, PASSWORD)
    assert attempt(tenant, owner.email, PASSWORD, device=device)


def test_a_strangers_guesses_from_the_same_address_keep_no_known_device_out(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)
    for number in range(20):
        attempt(tenant, f"guess-{number}@acme.example")

    with pytest.raises(LockedOutError):
        attempt(tenant, owner.email, PASSWORD)
    assert attempt(tenant, owner.email, PASSWORD, device=device)


def test_a_log_in_from_a_known_device_gives_strangers_no_new_guesses(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)
    lock(tenant, owner.email)

    assert attempt(tenant, owner.email, PASSWORD, device=device)

    with pytest.raises(LockedOutError):
        attempt(tenant, owner.email)


def test_a_known_device_counts_for_itself_alone_and_waits_too(tenant: Tenant, owner: User) -> None:
    device, another = device_of(tenant, owner), device_of(tenant, owner)

    with time_machine.travel(now(), tick=False) as traveller:
        for _ in range(5):
            assert attempt(tenant, owner.email, device=device) is None
        with pytest.raises(LockedOutError) as refusal:
            attempt(tenant, owner.email, PASSWORD, device=device)
        assert refusal.value.retry_after == 30
        assert attempt(tenant, owner.email, PASSWORD, device=another)
        assert attempt(tenant, owner.email) is None
        traveller.shift(timedelta(seconds=31))
        assert attempt(tenant, owner.email, PASSWORD, device=device)
    assert actions_of(tenant).count("device.locked_out") == 1
    assert "user.locked_out" not in actions_of(tenant)


def test_a_log_in_forgets_the_failures_of_its_device(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)
    for _ in range(4):
        attempt(tenant, owner.email, device=device)
    assert attempt(tenant, owner.email, PASSWORD, device=device)

    for _ in range(4):
        assert attempt(tenant, owner.email, device=device) is None
    assert attempt(tenant, owner.email, PASSWORD, device=device)


def test_a_device_is_known_for_its_own_account_at_its_own_tenant_only(
    tenant: Tenant, other: Tenant, owner: User
) -> None:
    colleague, twin = make_user(tenant, "viewer"), make_user(other, email=owner.email)
    device = device_of(tenant, owner)

    lock(tenant, colleague.email)
    lock(other, twin.email)

    for place, user in ((tenant, colleague), (other, twin)):
        with pytest.raises(LockedOutError):
            attempt(place, user.email, PASSWORD, device=device)


def test_guesses_from_everywhere_at_one_account_are_slowed_to_a_hundred_a_day(tenant: Tenant, owner: User) -> None:
    tried, waits = 0, [0]
    with time_machine.travel(now(), tick=False) as traveller:
        end = now() + timedelta(days=1)
        while now() < end:
            try:
                attempt(tenant, owner.email, ip=f"198.51.{tried // 250}.{tried % 250}")
                tried += 1
            except LockedOutError as refusal:
                waits.append(refusal.retry_after)
                traveller.shift(timedelta(seconds=waits[-1]))

    assert tried <= 106
    assert max(waits) == 15 * 60
    assert len(counts()) == tried + 1


def test_an_attempt_that_must_wait_makes_no_row_however_often_it_is_made(tenant: Tenant, owner: User) -> None:
    lock(tenant, owner.email)
    before = every_row()

    for number in range(30):
        with pytest.raises(LockedOutError):
            attempt(tenant, owner.email, ip=f"192.0.2.{number}", device="made up " * number)

    assert every_row() == before


def test_the_cookie_is_replaced_at_each_log_in_and_stored_nowhere(tenant: Tenant, owner: User) -> None:
    first = device_of(tenant, owner)
    second = device_of(tenant, owner, first)

    ids = {known_device(cookie, tenant_slug="acme", user_id=owner.id) for cookie in (first, second)}
    assert len(ids) == 2
    assert not any(str(part) in repr(every_row()) for part in (*ids, first, second))


def test_a_browser_that_several_people_share_is_known_for_each_of_the_last_five(tenant: Tenant) -> None:
    people = [make_user(tenant, "viewer", email=f"person-{number}@acme.example") for number in range(MOST_ACCOUNTS + 1)]
    cookie = ""
    for person in people:
        cookie = device_of(tenant, person, cookie)

    known = [known_device(cookie, tenant_slug="acme", user_id=person.id) for person in people]
    assert known[0] is None
    assert len({device for device in known[1:] if device}) == MOST_ACCOUNTS
    assert len(cookie) < LONGEST / 1.5


def test_a_device_is_forgotten_after_a_year(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)

    with time_machine.travel(now() + timedelta(days=364)):
        assert known_device(device, tenant_slug="acme", user_id=owner.id)
    with time_machine.travel(now() + timedelta(days=366)):
        assert known_device(device, tenant_slug="acme", user_id=owner.id) is None


@pytest.mark.parametrize("made_up", ["", ".", "....", "x", "a:b:c", "é" * 50, "\0", "x" * 100_000, "." * 900])
def test_a_cookie_that_we_did_not_sign_makes_no_device(tenant: Tenant, owner: User, made_up: str) -> None:
    genuine = device_of(tenant, owner)
    changed = ("A" if genuine[0] != "A" else "B") + genuine[1:]

    for cookie in (made_up, changed, genuine[:-1], remember_device("", tenant_slug="acme", user_id="somebody")):
        assert known_device(cookie, tenant_slug="acme", user_id=owner.id) is None
    assert attempt(tenant, owner.email, PASSWORD, device=made_up)


def test_a_cookie_made_up_of_ids_makes_no_counter_of_its_own(tenant: Tenant, owner: User) -> None:
    for number in range(5):
        attempt(tenant, owner.email, device=f"{'A' * 43}:{number}aaaaa:{'B' * 43}")

    with pytest.raises(LockedOutError):
        attempt(tenant, owner.email, PASSWORD, device=f"{'A' * 43}:aaaaaa:{'B' * 43}")
    assert len(counts()) == 2


def test_a_new_password_starts_the_devices_count_anew_and_the_accounts(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)
    for _ in range(5):
        attempt(tenant, owner.email, device=device)
    lock(tenant, owner.email)

    reset_password(tenant=tenant, actor=OPERATOR, user_id=owner.id, new="a different set of words")

    assert attempt(tenant, owner.email, "a different set of words", device=device)
    assert attempt(tenant, owner.email, "a different set of words", ip="192.0.2.77")


def test_a_known_device_opens_no_closed_account(tenant: Tenant, owner: User) -> None:
    viewer = make_user(tenant, "viewer")
    device = device_of(tenant, viewer)
    deactivate_user(tenant=tenant, actor=OPERATOR, user_id=viewer.id, reason="left")

    assert attempt(tenant, viewer.email, PASSWORD, device=device) is None
    reactivate_user(tenant=tenant, actor=OPERATOR, user_id=viewer.id, reason="came back")
    change_user(tenant=tenant, actor=OPERATOR, user_id=viewer.id, role="auditor")
    assert attempt(tenant, viewer.email, PASSWORD, device=device)


def test_a_browser_is_known_again_at_the_form_after_log_out_while_strangers_wait(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner)
    browser.post("/staff/logout")
    stranger = browser_at(tenant)
    for _ in range(6):
        answer = enter(stranger, owner, "not the right password")
    assert answer == 429

    assert enter(browser, owner) == 302
    assert enter(browser_at(tenant), owner) == 429


def test_who_is_logged_in_changes_the_password_whatever_strangers_guess(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner)
    lock(tenant, owner.email, ip="127.0.0.1")
    new = "a different set of words"

    answer = browser.post("/staff/password", {"current": PASSWORD, "new": new, "repeated": new})

    assert answer.status_code == 302


def test_the_device_cookie_is_for_this_host_only_out_of_reach_of_scripts_and_for_a_year(
    tenant: Tenant, owner: User
) -> None:
    browser = browser_at(tenant)
    enter(browser, owner)

    cookie = browser.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Strict")
    assert (cookie["httponly"], cookie["secure"], cookie["max-age"]) == (True, "", 365 * 24 * 3600)


@override_settings(
    HTTPS=True, DEVICE_COOKIE_NAME="__Host-device", SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)
def test_under_https_it_is_secure_and_bound_to_its_host_by_name(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner)

    cookie = browser.cookies["__Host-device"]
    assert (cookie["secure"], cookie["domain"], cookie["path"]) == (True, "", "/")


def test_a_failed_log_in_and_public_pages_set_no_device_cookie(tenant: Tenant, owner: User) -> None:
    browser = browser_at(tenant)
    enter(browser, owner, "not the right password")
    browser.get("/")

    assert settings.DEVICE_COOKIE_NAME not in browser.cookies


def test_the_counts_of_devices_carry_a_time_to_live(tenant: Tenant, owner: User) -> None:
    device = device_of(tenant, owner)
    attempt(tenant, owner.email, device=device)

    (row,) = counts()
    stored = Failures.get(str(row["PK"]["S"]), "METADATA")  # type: ignore[index]
    assert timedelta(hours=23) < stored.expires_at - now() <= timedelta(hours=24)


def enter(browser: Client, user: User, password: str = PASSWORD) -> int:
    return int(browser.post(LOG_IN, {"email": user.email, "password": password}).status_code)
