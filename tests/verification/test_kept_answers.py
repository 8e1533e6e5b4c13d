"""An answer is given again for a moment, while the whole head is equal; what changes with time never is."""

import json
from datetime import timedelta

import pytest
import time_machine

from defiso.certificates.acts.suspend import suspend_certificate
from defiso.core.clock import now, today
from defiso.credentials import services
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants
from defiso.verification import answers
from tests.anchoring.anvil import Anvil
from tests.issuing import OWNER, anchor_everything, issue
from tests.staff import browser_at
from tests.verification.stored import HEAD, NUMBER, REVISION, change, replace_in_document, set_text

PAGE = f"/certificates/{NUMBER}"
VERDICT = f"{PAGE}/verdict.json"
NOON = now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The certificates that were worked out, rather than answered again."""
    checked: list[str] = []
    verify = answers.verify_records
    monkeypatch.setattr(
        answers, "verify_records", lambda **given: (checked.append(given["records"].slug), verify(**given))[1]
    )
    return checked


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme)
    anchor_everything()
    return acme


@pytest.mark.parametrize("address", [PAGE, VERDICT])
def test_within_ten_seconds_it_is_worked_out_once_and_the_head_is_read_each_time(
    anchored: Tenant, made: list[str], address: str
) -> None:
    browser = browser_at(anchored)
    with time_machine.travel(NOON, tick=False) as clock:
        browser.get(address)
        clock.shift(9)
        with counted_calls() as calls:
            again = browser.get(address)
        count = len(made)
        clock.shift(2)
        browser.get(address)

    assert again.status_code == 200
    assert calls == ["BatchGetItem"]
    assert (count, len(made)) == (1, 2)


@pytest.mark.parametrize("address", [PAGE, VERDICT])
def test_the_time_of_the_check_is_always_now(anchored: Tenant, address: str) -> None:
    browser = browser_at(anchored)
    with time_machine.travel(NOON, tick=False) as clock:
        browser.get(address)
        clock.shift(7)
        again = browser.get(address).content.decode()

    assert "T12:00:07.000Z" in again
    assert "T12:00:00.000Z" not in again
    assert answers.TIME_OF_CHECK not in again


@pytest.mark.parametrize("column", ["status", "status_seal", "organisation_name", "since"])
def test_any_change_of_the_head_shows_at_once(anchored: Tenant, made: list[str], column: str) -> None:
    browser = browser_at(anchored)
    browser.get(VERDICT)

    change(HEAD, set_text(column, "Something else"))
    body = browser.get(VERDICT).json()

    assert len(made) == 2
    assert body["overall"] == ("valid" if column == "organisation_name" else "not_genuine")


def test_an_act_shows_at_once(anchored: Tenant) -> None:
    browser = browser_at(anchored)
    browser.get(PAGE)

    review_on = today() + timedelta(days=30)
    suspend_certificate(tenant=anchored, actor=OWNER, number=NUMBER, reason="Late", review_on=review_on)

    assert 'data-overall="suspended"' in browser.get(PAGE).content.decode()


def test_another_day_is_another_answer(anchored: Tenant, made: list[str]) -> None:
    browser = browser_at(anchored)
    with time_machine.travel(NOON.replace(hour=23, minute=59, second=57), tick=False) as clock:
        browser.get(VERDICT)
        clock.shift(5)
        browser.get(VERDICT)

    assert len(made) == 2


def test_a_tenant_read_anew_is_another_answer(anchored: Tenant, made: list[str]) -> None:
    browser = browser_at(anchored)
    browser.get(PAGE)

    forget_cached_tenants()
    browser.get(PAGE)

    assert len(made) == 2


def test_what_waits_for_its_anchor_is_looked_at_anew(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    browser = browser_at(acme)
    before = browser.get(VERDICT).json()["overall"]
    anchor_everything()

    assert (before, browser.get(VERDICT).json()["overall"]) == ("pending_anchor", "valid")


def test_a_look_at_what_waits_is_one_read(acme: Tenant, anvil: Anvil) -> None:
    issue(acme)
    browser = browser_at(acme)
    browser.get(PAGE)

    with counted_calls() as calls:
        look = browser.get(PAGE, headers={"HX-Request": "true"})

    assert look.status_code == 204
    assert len(calls) == 1


@pytest.mark.parametrize("address", [PAGE, VERDICT])
def test_whoever_has_it_as_of_this_minute_is_told_so(anchored: Tenant, address: str) -> None:
    browser = browser_at(anchored)
    with time_machine.travel(NOON, tick=False) as clock:
        etag = browser.get(address)["ETag"]
        clock.shift(30)
        same = browser.get(address, headers={"If-None-Match": etag})
        clock.shift(30)
        later = browser.get(address, headers={"If-None-Match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert later.status_code == 200
    assert later["ETag"] != etag


def test_a_changed_certificate_is_never_answered_304(anchored: Tenant) -> None:
    browser = browser_at(anchored)
    with time_machine.travel(NOON, tick=False):
        etag = browser.get(VERDICT)["ETag"]
        change(HEAD, set_text("status", "withdrawn"))

        assert browser.get(VERDICT, headers={"If-None-Match": etag}).status_code == 200


def test_a_kept_page_is_gzipped_for_those_who_take_it(anchored: Tenant) -> None:
    browser = browser_at(anchored)
    plain = browser.get(PAGE)

    packed = browser.get(PAGE, headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert packed["Vary"] == plain["Vary"]


def test_verdict_json_keeps_the_form_that_scripts_read(anchored: Tenant) -> None:
    text = browser_at(anchored).get(VERDICT).content.decode()

    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def test_a_document_that_waits_for_its_anchor_is_canonicalised_once(
    acme: Tenant, anvil: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(acme)
    read: list[int] = []
    read_credential = services.read_credential
    monkeypatch.setattr(services, "read_credential", lambda text: (read.append(1), read_credential(text))[1])
    browser = browser_at(acme)

    for _look in range(3):
        assert browser.get(VERDICT).json()["overall"] == "pending_anchor"
    change(REVISION, replace_in_document("grey iron", "gold"))

    assert browser.get(VERDICT).json()["overall"] == "not_genuine"
    assert len(read) == 2
