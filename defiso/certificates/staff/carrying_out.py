"""From an act's name to its typed service: the one line of each act that says which values it is given."""

from collections.abc import Callable, Mapping
from datetime import date

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.table import ISSUE, RESTORE, SUSPEND, WITHDRAW, Act
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.models import Certificate
from defiso.certificates.staff.act_forms import Given


def carry_out(act: Act, *, request: StaffRequest, number: str, given: Given) -> Certificate:
    """The certificate as the act left it. Raises what the act's service raises."""
    return _SERVICES[act.verb](request, number, given)


def _issue(request: StaffRequest, number: str, given: Given) -> Certificate:
    who, version = given.decided_by, given.version
    return issue_certificate(tenant=request.tenant, actor=request.actor, number=number, decided_by=who, version=version)


def _suspend(request: StaffRequest, number: str, given: Given) -> Certificate:
    return suspend_certificate(
        tenant=request.tenant,
        actor=request.actor,
        number=number,
        reason=given.reason,
        review_on=given.review_on or date.min,
        justification=given.justification,
        version=given.version,
    )


def _restore(request: StaffRequest, number: str, given: Given) -> Certificate:
    reason, version = given.reason, given.version
    return restore_certificate(
        tenant=request.tenant, actor=request.actor, number=number, reason=reason, version=version
    )


def _withdraw(request: StaffRequest, number: str, given: Given) -> Certificate:
    return withdraw_certificate(
        tenant=request.tenant,
        actor=request.actor,
        number=number,
        reason=given.reason,
        version=given.version,
        confirming=given.confirming,
    )


_SERVICES: Mapping[str, Callable[[StaffRequest, str, Given], Certificate]] = {
    ISSUE.verb: _issue,
    SUSPEND.verb: _suspend,
    RESTORE.verb: _restore,
    WITHDRAW.verb: _withdraw,
}
