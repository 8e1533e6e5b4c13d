"""How a certificate stands is judged once, for staff, public and scripts; a day that nobody told us is not shown."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from defiso.accounts.models import User
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.models import Certificate, certificate_key
from defiso.certificates.states import Status, status_of
from defiso.core.clock import now, today
from defiso.core.dates import write_day
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from defiso.verification.services import verify_certificate
from defiso.verification.verdicts import Verification
from tests.anchoring.anvil import Anvil
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at, log_in_as
from tests.verification.stored import HEAD, NUMBER, change

REGISTER = Path(__file__).parent.parent / "imports/data/register-120.csv"


@pytest.fixture
def suspended(acme: Tenant, anvil: Anvil) -> Certificate:
    """Suspended today, with sixty days to its expiry."""
    issue(acme, expiryDate=(today() + timedelta(days=60)).isoformat())
    anchor_everything()
    review_on = today() + timedelta(days=90)
    return suspend_certificate(tenant=acme, actor=OWNER, number=NUMBER, reason="Major", review_on=review_on)


def test_suspended_and_past_its_expiry_it_is_expired_for_staff_public_and_scripts(
    acme: Tenant, suspended: Certificate, owner: User
) -> None:
    with time_machine.travel(now() + timedelta(days=61)):
        staff = log_in_as(owner, acme).get(f"/staff/certificates/{NUMBER}").content.decode()
        public = browser_at(acme).get(f"/certificates/{NUMBER}").content.decode()
        verdict = browser_at(acme).get(f"/certificates/{NUMBER}/verdict.json").json()
        listed = list_certificates(tenant=acme, filters=Filters(status=Status.EXPIRED), today=today()).items

    assert 'data-overall="expired"' in public
    assert (verdict["overall"], verdict["verdicts"]["status"]["result"]) == ("expired", "fail")
    assert verdict["verdicts"]["status"]["reason"].startswith("Expired on ")
    assert [head.number for head in listed] == [NUMBER]
    assert "Expired" in staff
    assert "Suspended since" not in staff
    assert "Suspended since" not in public


def test_on_its_last_day_a_suspended_one_is_suspended(acme: Tenant, suspended: Certificate) -> None:
    with time_machine.travel(now() + timedelta(days=60)):
        assert verify_certificate(tenant=acme, number=NUMBER).overall == "suspended"


def test_a_past_day_is_judged_by_the_same_function(acme: Tenant, suspended: Certificate) -> None:
    with time_machine.travel(now() + timedelta(days=90)):
        last_day, day_after = (today() - timedelta(days=days) for days in (30, 29))

        assert verify_certificate(tenant=acme, number=NUMBER, on=last_day).overall == "suspended"
        assert verify_certificate(tenant=acme, number=NUMBER, on=day_after).overall == "expired"


@pytest.mark.parametrize("stored", ["", None, "no such", "ACTIVE"])
def test_what_is_called_no_status_is_unknown_to_everybody(stored: str | None) -> None:
    assert status_of(stored, "2020-01-01", date(2026, 1, 1)) is Status.UNKNOWN


@pytest.fixture
def register(acme: Tenant, anvil: Anvil) -> Tenant:
    call_command("load_register", str(REGISTER), tenant="acme")
    anchor_everything()
    return acme


def of_status(status: str) -> Certificate:
    heads = Certificate.query(tenant_key("acme"), Certificate.SK.startswith(certificate_key("")))
    today_ = today().isoformat()
    return next(head for head in heads if head.status == status and (head.expires_on or "") > today_)


def verify(tenant: Tenant, head: Certificate, on: date | None = None) -> Verification:
    return verify_certificate(tenant=tenant, number=head.number, on=on)


@pytest.mark.parametrize("status", ["withdrawn", "suspended"])
def test_the_day_of_loading_is_never_shown_as_the_day_of_the_status(register: Tenant, owner: User, status: str) -> None:
    head = of_status(status)
    wrong = [f"{word} {write_day(today())}" for word in ("Withdrawn on", "Suspended since")]

    verification = verify(register, head)
    public = browser_at(register).get(f"/certificates/{head.slug}").content.decode()
    staff = log_in_as(owner, register).get(f"/staff/certificates/{head.slug}").content.decode()

    assert verification.overall == status
    assert verification.headline == f"Recorded as {status} when the register was loaded. Do not rely on it."
    assert "Since when is not known here." in verification.verdicts["status"].reason
    assert not [words for words in wrong if words in public or words in staff]
    assert f"Recorded as {status} in the register loaded on {write_day(today())}." in staff


def test_the_history_says_that_it_was_recorded_and_not_when_it_happened(register: Tenant) -> None:
    head = of_status("withdrawn")

    page = browser_at(register).get(f"/certificates/{head.slug}").content.decode()

    history = page[page.index('id="history-title"') :]
    assert "Recorded in this registry" in history
    assert "Withdrawn</" not in history


def test_what_happened_before_the_load_is_unknown_and_not_valid(register: Tenant) -> None:
    for status in ("active", "withdrawn", "suspended"):
        before = verify(register, of_status(status), on=today() - timedelta(days=1))

        assert before.overall == "could_not_check"
        assert before.verdicts["status"].result == "unknown"


def test_a_later_look_at_the_day_of_loading_says_recorded_too(register: Tenant) -> None:
    loaded_on, head = today(), of_status("withdrawn")
    with time_machine.travel(now() + timedelta(days=3)):
        forget_everything()

        verification = verify(register, head, on=loaded_on)

    assert verification.headline.startswith("Recorded as withdrawn when the register was loaded.")


def test_once_the_body_acts_itself_the_day_is_known(register: Tenant) -> None:
    head = of_status("suspended")

    restored = restore_certificate(tenant=register, actor=OWNER, number=head.number, reason="Closed")
    withdraw_certificate(tenant=register, actor=OWNER, number=head.number, reason="Client ceased trading")

    assert not restored.status_from_register
    assert verify(register, head).headline == f"Withdrawn on {write_day(today())}. Do not rely on it."


def test_taking_the_mark_of_the_load_away_breaks_the_seal(register: Tenant) -> None:
    head = of_status("withdrawn")

    change((HEAD[0], f"CERT#{head.slug}"), lambda row: row.pop("status_from_register"))

    assert verify(register, head).overall == "not_genuine"
