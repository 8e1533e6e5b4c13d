"""The table of rules: whole, shown to everybody, and each rule held by an example of both sides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from defiso.audit.actors import Actor
from defiso.certificates.acts.certify_again import certify_again
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.reduce import reduce_certificate
from defiso.certificates.acts.renew import renew_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.restore_expired import restore_expired_certificate
from defiso.certificates.acts.revise import revise_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.transfer_out import transfer_out_certificate
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.models import Certificate
from defiso.certificates.rules import table
from defiso.certificates.rules.table import RULES, Rule
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.core.clock import today
from defiso.core.dates import months_after, years_after
from defiso.core.errors import DomainError
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, in_days, make_certificate, make_draft, make_expired
from tests.conftest import every_row
from tests.staff import browser_at

Case = Callable[[Tenant, bool], Callable[[], Any]]
MAJOR = {"grade": "major", "text": "No calibration."}


@dataclass(frozen=True)
class Given:
    """What an act is given: the certificate's number, the tenant and who acts."""

    tenant: Tenant
    number: str
    actor: Actor = DECIDER

    def __call__(self, service: Callable[..., Certificate], **values: Any) -> Callable[[], Certificate]:
        return lambda: service(tenant=self.tenant, actor=self.actor, number=self.number, **values)


def audit(day: date, **more: Any) -> Any:
    return {"date": day.isoformat(), "auditors": ["Anna Bergstrøm"], **more}


def yesterday() -> date:
    return today() - timedelta(days=1)


def issuing(tenant: Tenant, **changes: Any) -> Callable[[], Any]:
    """To decide on a draft that says this: submitted already if it can be."""
    make_draft(tenant, **changes)
    return lambda: make_certificate_of_draft(tenant)


def make_certificate_of_draft(tenant: Tenant) -> Certificate:
    number = "ISO9001-2026-ABC123"
    submit_certificate(tenant=tenant, actor=ISSUER, number=number)
    return issue_certificate(tenant=tenant, actor=DECIDER, number=number)


def active(tenant: Tenant, status: Status = Status.ACTIVE, **changes: Any) -> Given:
    return Given(tenant, make_certificate(tenant, status=status, **changes).number)


def _arrows(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    given = active(tenant, Status.SUSPENDED if allowed else Status.ACTIVE)
    return given(restore_certificate, reason="Audit held.")


def _final(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    if allowed:
        active(tenant, Status.WITHDRAWN)
        return lambda: make_certificate(tenant, number="ANEW 1")
    return active(tenant, Status.WITHDRAWN)(restore_certificate, reason="Again.")


def _complete(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    number = make_draft(tenant, **({} if allowed else {"scope": None})).number
    return Given(tenant, number)(submit_certificate)


def _impartial(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    given = active(tenant, Status.SUSPENDED)
    who = DECIDER if allowed else Actor("01X", "user", "Dr. Auditor at Acme, Lead")
    return Given(tenant, given.number, who)(restore_certificate, reason="Audit held.")


def _effective(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    decided = in_days(-10 if allowed else -9)
    return issuing(tenant, decisionDate=decided.isoformat())


def _first_cycle(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    last = years_after(in_days(-10), 3) + timedelta(days=not allowed)
    return issuing(tenant, originalCertificationDate=None, expiryDate=last.isoformat())


def _major_open(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    finding = {**MAJOR, "verifiedOn": in_days(-11).isoformat()} if allowed else MAJOR
    return issuing(tenant, audits=[audit(in_days(-40), type="initial", findings=[finding])])


def _stage_2_anew(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    ended = in_days(-300)
    verified = months_after(ended, 6) + timedelta(days=not allowed)
    finding = {**MAJOR, "verifiedOn": verified.isoformat()}
    return issuing(tenant, audits=[audit(ended, type="initial", findings=[finding])])


def _reason(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    return active(tenant)(suspend_certificate, reason="Late." if allowed else " ", review_on=in_days(30))


def _review(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    day = months_after(today(), 6) + timedelta(days=not allowed)
    return active(tenant)(suspend_certificate, reason="Late.", review_on=day)


def _changed(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    return active(tenant)(revise_certificate, reason="Move.", scope="Casting" if allowed else None)


def _reduced(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    more = [{"name": "Works 3", "address": "New street 1", "country": "DE"}]
    return active(tenant, Status.SUSPENDED)(reduce_certificate, reason="Failed.", sites=[] if allowed else more)


def _recertification(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    given = active(tenant)
    expires = date.fromisoformat(str(dictionary_of_number(given)["expiryDate"]))
    day = yesterday() if allowed else years_after(expires, -3)
    return given(renew_certificate, audit=audit(day))


def _renewed(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    given = active(tenant)
    expires = date.fromisoformat(str(dictionary_of_number(given)["expiryDate"]))
    latest = years_after(expires, 3) + timedelta(days=not allowed)
    return given(renew_certificate, audit=audit(yesterday()), expires_on=latest)


def _no_extension(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    number = (make_certificate(tenant) if allowed else make_expired(tenant, 1)).number
    return Given(tenant, number)(renew_certificate, audit=audit(yesterday()))


def _restored(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    number = make_expired(tenant, 100).number
    moment = months_after(in_days(-100), 6) + timedelta(days=not allowed)

    def act() -> Certificate:
        with time_machine.travel(moment):
            return Given(tenant, number)(restore_expired_certificate, audit=audit(yesterday()))()

    return act


def _lapsed(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    number = make_expired(tenant, 300).number
    return Given(tenant, number)(certify_again, audit=audit(in_days(-2 if allowed else -300)))


def _transfer_out(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    given = active(tenant, Status.ACTIVE if allowed else Status.SUSPENDED)
    return given(transfer_out_certificate, reason="To TÜV Nord.")


def _transfer_in(tenant: Tenant, allowed: bool) -> Callable[[], Any]:
    transfer = {"certificationBody": "TÜV Nord", "number": "44 100 1", "reviewDate": in_days(-20).isoformat()}
    if not allowed:
        del transfer["reviewDate"]
    return issuing(tenant, transferredFrom=transfer)


def revisions() -> list[dict[str, Any]]:
    return [row for row in every_row() if row["SK"]["S"].startswith("REV#")]


def dictionary_of_number(given: Given) -> Any:
    return dictionary_of(get_certificate(tenant=given.tenant, number=given.number))


BOTH_SIDES: dict[str, Case] = {
    "arrows": _arrows,
    "final": _final,
    "complete": _complete,
    "impartial": _impartial,
    "effective": _effective,
    "first_cycle": _first_cycle,
    "major_open": _major_open,
    "stage_2_anew": _stage_2_anew,
    "reason": _reason,
    "review": _review,
    "changed": _changed,
    "reduced": _reduced,
    "recertification": _recertification,
    "renewed": _renewed,
    "no_extension": _no_extension,
    "restored": _restored,
    "lapsed": _lapsed,
    "transfer_out": _transfer_out,
    "transfer_in": _transfer_in,
}
NAMED_BY_THE_ACT = {"arrows", "final", "no_extension", "complete"}  # the arrow's own clause, or each gap, is named


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in BOTH_SIDES], ids=lambda rule: rule.code)
def test_one_side_of_a_rule_is_refused_with_its_clause_and_signs_nothing(tenant: Tenant, rule: Rule) -> None:
    act = BOTH_SIDES[rule.code](tenant, False)
    before = revisions()

    with pytest.raises(DomainError) as refused:
        act()

    assert "(" in refused.value.sentence
    assert rule.code in NAMED_BY_THE_ACT or rule.clause in refused.value.sentence
    assert revisions() == before


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in BOTH_SIDES], ids=lambda rule: rule.code)
def test_the_other_side_of_a_rule_is_allowed(tenant: Tenant, rule: Rule) -> None:
    assert BOTH_SIDES[rule.code](tenant, True)()


def test_a_lapse_is_printed(tenant: Tenant) -> None:
    expired = make_expired(tenant, 300)

    again = certify_again(tenant=tenant, actor=DECIDER, number=expired.number, audit=audit(yesterday()))

    said = dictionary_of(again)
    assert said["previousExpiryDate"] == expired.expires_on
    assert said["recertificationDate"] == today().isoformat()
    assert said["expiryDate"] == years_after(today(), 3).isoformat()
    assert said["audits"][-1]["type"] == "initial"


def test_every_rule_has_both_sides_and_is_on_the_page_that_everybody_can_read() -> None:
    page = unescape(browser_at(None).get("/rules").content.decode())

    assert {rule.code for rule in RULES} == {*BOTH_SIDES, table.LAPSE_SHOWN.code}
    assert len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all(words in page for words in (rule.clause, rule.sentence, rule.refused, rule.allowed)), rule.code
