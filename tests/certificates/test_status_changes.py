"""Suspend, restore, withdraw: the arrows there are, and every one there is not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from defiso.audit.actors import Actor
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.table import ACTS, require_act
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.errors import TransitionRefusedError
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate, history_of
from defiso.certificates.states import FINAL, Status
from defiso.core.clock import now, today
from defiso.core.dates import months_after
from defiso.core.errors import ChangedMeanwhileError, DomainError, InvalidError
from defiso.credentials.services import check_statement
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, actions_on, in_days, make_certificate
from tests.conftest import every_row

Act = Callable[[Tenant, str], Certificate]


def suspend(tenant: Tenant, number: str, **changes: Any) -> Certificate:
    given: dict[str, Any] = {"reason": "Audit overdue.", "review_on": in_days(30)} | changes
    return suspend_certificate(tenant=tenant, actor=ISSUER, number=number, **given)


def restore(tenant: Tenant, number: str, **changes: Any) -> Certificate:
    return restore_certificate(tenant=tenant, actor=DECIDER, number=number, **{"reason": "Audit held."} | changes)


def withdraw(tenant: Tenant, number: str, **changes: Any) -> Certificate:
    return withdraw_certificate(tenant=tenant, actor=DECIDER, number=number, **{"reason": "Not corrected."} | changes)


def test_a_suspended_certificate_comes_back_and_may_then_be_withdrawn(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    for act, status in ((suspend, "suspended"), (restore, "active"), (suspend, "suspended"), (withdraw, "withdrawn")):
        changed = act(tenant, certificate.number)
        stored = get_certificate(tenant=tenant, number=certificate.number)
        assert changed.status == stored.status == status
        seal = stored.status_seal or ""
        assert check_statement(tenant=tenant, statement=stored.sealed_state.statement, signature=seal)

    assert actions_on(tenant, certificate)[3:] == [
        "certificate.suspended",
        "certificate.restored",
        "certificate.suspended",
        "certificate.withdrawn",
    ]


def test_a_change_is_one_read_and_one_transaction(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    with counted_calls() as calls:
        suspend(tenant, certificate.number)

    assert calls == ["GetItem", "TransactWriteItems"]


def test_the_event_tells_both_statuses_and_the_reason(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    suspend(tenant, certificate.number, reason="  Audit\r\noverdue. ")

    event = history_of(tenant=tenant, certificate=certificate)[-1]
    assert event.before == {"status": "active"}
    assert event.after == {"status": "suspended", "review_on": in_days(30).isoformat()}
    assert event.reason == "Audit\noverdue."
    assert event.actor["label"] == "Issuer at Acme"


@pytest.mark.parametrize(
    ("status", "act", "sentence"),
    [
        (Status.DRAFT, suspend, "it is a draft, not active"),
        (Status.DRAFT, restore, "it is a draft, not suspended"),
        (Status.DRAFT, withdraw, "it is a draft, not active or suspended"),
        (Status.ACTIVE, restore, "it is active, not suspended"),
        (Status.SUSPENDED, suspend, "it is suspended, not active"),
        (Status.WITHDRAWN, suspend, "withdrawn is final"),
        (Status.WITHDRAWN, restore, "withdrawn is final"),
        (Status.WITHDRAWN, withdraw, "withdrawn is final"),
    ],
)
def test_a_change_that_is_no_arrow_is_refused(tenant: Tenant, status: Status, act: Act, sentence: str) -> None:
    certificate = make_certificate(tenant, status=status)
    before = every_row()

    with pytest.raises(TransitionRefusedError, match=sentence):
        act(tenant, certificate.number)

    assert every_row() == before


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED])
def test_an_expired_certificate_may_be_withdrawn(tenant: Tenant, status: Status) -> None:
    certificate = make_certificate(tenant, status=status, expiryDate=in_days(70).isoformat())

    with time_machine.travel(in_days(72)):
        withdrawn = withdraw(tenant, certificate.number)

        assert withdrawn.status_today is Status.WITHDRAWN


@pytest.mark.parametrize("act", [suspend, restore])
@pytest.mark.parametrize("status", [Status.ACTIVE, Status.SUSPENDED])
def test_an_expired_certificate_is_neither_suspended_nor_restored(tenant: Tenant, act: Act, status: Status) -> None:
    certificate = make_certificate(tenant, status=status, expiryDate=in_days(70).isoformat())
    before = every_row()

    with time_machine.travel(in_days(72)), pytest.raises(TransitionRefusedError, match="it is expired"):
        act(tenant, certificate.number)

    assert every_row() == before


@pytest.mark.parametrize(
    "reason", ["", "  \n ", "...", "x" * 1001, "because\u202e"], ids=["none", "blank", "dots", "long", "hidden"]
)
@pytest.mark.parametrize("act", [suspend, withdraw])
def test_a_change_needs_a_reason_that_can_be_read(tenant: Tenant, act: Callable[..., Certificate], reason: str) -> None:
    certificate = make_certificate(tenant)
    before = every_row()

    with pytest.raises(InvalidError) as refused:
        act(tenant, certificate.number, reason=reason)

    assert list(refused.value.fields) == ["reason"]
    assert every_row() == before


def test_a_suspension_is_reviewed_within_six_months(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    last = months_after(today(), 6)

    for wrong in (today(), in_days(-1)):
        with pytest.raises(InvalidError, match="Review"):
            suspend(tenant, certificate.number, review_on=wrong)
    with pytest.raises(InvalidError, match="justified") as refused:
        suspend(tenant, certificate.number, review_on=months_after(today(), 7))

    assert list(refused.value.fields) == ["justification"]
    assert suspend(tenant, certificate.number, review_on=last).review_on == last.isoformat()


def test_a_suspension_of_over_six_months_is_justified_in_writing_for_the_audit_log(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    late = months_after(today(), 8)

    suspended = suspend(tenant, certificate.number, review_on=late, justification="The plant burnt down.")

    assert suspended.review_on == late.isoformat()
    event = history_of(tenant=tenant, certificate=suspended)[-1]
    assert event.after["justification"] == "The plant burnt down."
    assert "burnt" not in (event.reason or "")


def test_of_many_who_change_a_certificate_at_once_one_succeeds_and_the_others_are_told(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    def attempt(number: int) -> str:
        try:
            withdraw_certificate(
                tenant=tenant,
                actor=Actor(f"01{number}", "user", f"Person {number}"),
                number=certificate.number,
                reason=f"Reason {number}",
                version=int(certificate.version),
            )
        except DomainError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(8) as people:
        outcomes = list(people.map(attempt, range(8)))

    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "changed_meanwhile", "transition_refused"}
    assert actions_on(tenant, certificate).count("certificate.withdrawn") == 1


def test_a_form_of_an_earlier_version_is_told_so(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    seen = int(certificate.version)
    suspend(tenant, certificate.number)
    restore(tenant, certificate.number)
    before = every_row()

    with pytest.raises(ChangedMeanwhileError, match="Somebody changed"):
        suspend(tenant, certificate.number, version=seen)

    assert every_row() == before


def test_since_moves_with_the_status_only(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    with time_machine.travel(now().replace(microsecond=0), tick=False) as clock:
        clock.shift(3600)
        suspended = suspend(tenant, certificate.number)

    assert suspended.since > certificate.since


def test_nothing_leads_out_of_a_final_status() -> None:
    assert not [act for act in ACTS if FINAL.intersection(act.sources)]
    assert not [act for act in ACTS if act.target is Status.EXPIRED]


def test_every_refusal_is_a_sentence_that_says_why() -> None:
    offered = {(act, source) for act in ACTS for source in act.sources}

    cited = r"\((ISO/IEC 17021-1:2015|IAF MD 2:2023), [\d.]+\)"
    for act, status in {(act, status) for act in ACTS for status in Status} - offered:
        with pytest.raises(
            TransitionRefusedError,
            match=rf"^A-1 cannot be [\w ]+: .* {cited}\.$",
        ):
            require_act(act, number="A-1", status=status)


def test_months_end_where_the_month_does() -> None:
    months = [
        months_after(today().replace(year=2026, month=month, day=day), 6).isoformat()
        for month, day in [(8, 31), (12, 1)]
    ]

    assert months == ["2027-02-28", "2027-06-01"]
