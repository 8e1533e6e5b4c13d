"""From an act's name to its typed service, which is given what the fields of its form hold."""

from collections.abc import Callable, Mapping

from defiso.accounts.requests import StaffRequest
from defiso.certificates.acts import table
from defiso.certificates.acts.cancel import cancel_certificate
from defiso.certificates.acts.certify_again import certify_again
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.reduce import reduce_certificate
from defiso.certificates.acts.refuse import refuse_certificate
from defiso.certificates.acts.renew import renew_certificate
from defiso.certificates.acts.restore import restore_certificate
from defiso.certificates.acts.restore_expired import restore_expired_certificate
from defiso.certificates.acts.return_draft import return_certificate
from defiso.certificates.acts.revise import revise_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.table import Act
from defiso.certificates.acts.transfer_out import transfer_out_certificate
from defiso.certificates.acts.void import void_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.models import Certificate
from defiso.certificates.staff.act_forms import Given

SERVICES: Mapping[str, Callable[..., Certificate]] = {
    table.SUBMIT.verb: submit_certificate,
    table.RETURN.verb: return_certificate,
    table.REFUSE.verb: refuse_certificate,
    table.ISSUE.verb: issue_certificate,
    table.REVISE.verb: revise_certificate,
    table.RENEW.verb: renew_certificate,
    table.SUSPEND.verb: suspend_certificate,
    table.RESTORE.verb: restore_certificate,
    table.REDUCE.verb: reduce_certificate,
    table.RESTORE_EXPIRED.verb: restore_expired_certificate,
    table.CERTIFY_AGAIN.verb: certify_again,
    table.CANCEL.verb: cancel_certificate,
    table.TRANSFER_OUT.verb: transfer_out_certificate,
    table.WITHDRAW.verb: withdraw_certificate,
    table.VOID.verb: void_certificate,
}
# Field of a form -> what the service calls it, where that is another name; None for what the form alone needs.
ARGUMENTS = {"audit_date": "audit", "audit_team": "audit", "findings": "audit", "confirmation": None}


def carry_out(act: Act, *, request: StaffRequest, number: str, given: Given) -> Certificate:
    """The certificate as the act left it. Raises what the act's service raises."""
    named = {ARGUMENTS.get(field, field) for field in act.fields} - {None}
    values = {name: getattr(given, name) for name in named if name}
    if act.second_person:
        values["confirming"] = given.confirming
    service = SERVICES[act.verb]
    return service(tenant=request.tenant, actor=request.actor, number=number, version=given.version, **values)
