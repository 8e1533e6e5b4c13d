"""Verifying corrections: on which day each open finding of a recorded audit was seen to be corrected."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.certificates.acts.changing import changed
from defiso.certificates.acts.record_audit import require_audited
from defiso.certificates.content import Finding
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate
from defiso.certificates.surveillance import RecordedAudit, recorded_audits
from defiso.core.clock import today
from defiso.core.dates import write_day
from defiso.core.errors import InvalidError
from defiso.store.transactions import MOST_PARTS, transaction
from defiso.tenants.models import Tenant


class OpenFinding(NamedTuple):
    """``key`` names it among those of its certificate: the row of its audit, and its place there."""

    key: str
    audit: RecordedAudit
    finding: Finding


def open_findings(head: Certificate) -> list[OpenFinding]:
    """Those of recorded audits whose correction was not verified yet, oldest first: one query."""
    return [
        OpenFinding(f"{row.SK}/{place}", row, finding)
        for row in recorded_audits(head)
        for place, finding in enumerate(row.audit.get("findings", []))
        if not finding.get("verifiedOn")
    ]


def verify_findings(*, tenant: Tenant, actor: Actor, number: str, verified: Mapping[str, date]) -> Certificate:
    """Keep the day on which the correction of each of these findings was verified, with one event for all.

    Raises NotFoundError, TransitionRefusedError, InvalidError (``fields`` by key), ChangedMeanwhileError.
    Source: ISO/IEC 17021-1:2015, 9.4.10 and 9.5.2.
    """
    head = get_certificate(tenant=tenant, number=number, consistent=True)
    require_audited(head)
    findings = {found.key: found for found in open_findings(head)}
    _refuse_unfit(head, verified, findings)
    rows = {found.audit.SK: found.audit for key, found in findings.items() if key in verified}
    with transaction() as writes:
        for row in rows.values():
            days = {key: day for key, day in verified.items() if key.rpartition("/")[0] == row.SK}
            fresh = RecordedAudit(**{**row.attribute_values, "audit": _with_days(row, days)})
            writes.put(fresh, given=RecordedAudit.operation == row.operation, otherwise=changed(head))
        record_event(
            writes,
            tenant_slug=tenant.slug,
            actor=actor,
            action=Action.CERTIFICATE_FINDINGS_VERIFIED,
            target_kind="CERT",
            target_id=head.slug,
            after={
                "verified": [
                    {**findings[key].finding, "verifiedOn": day.isoformat()} for key, day in sorted(verified.items())
                ]
            },
            generation=head.generation,
        )
    return head


def _refuse_unfit(head: Certificate, verified: Mapping[str, date], findings: Mapping[str, OpenFinding]) -> None:
    if not verified or len(verified) >= MOST_PARTS:
        raise InvalidError("Give the day of one finding at least.")
    if any(key not in findings for key in verified):
        raise changed(head)
    problems = {}
    for key, day in verified.items():
        held = date.fromisoformat(findings[key].audit.audit["date"])
        if day > today():
            problems[key] = "This day is still to come."
        elif day < held:
            problems[key] = f"The audit that found it was on {write_day(held)}."
    if problems:
        raise InvalidError(f"Nothing was saved. {' '.join(problems.values())}"[:2000], problems)


def _with_days(row: RecordedAudit, days: Mapping[str, date]) -> dict[str, object]:
    found = [dict(finding) for finding in row.audit["findings"]]
    for key, day in days.items():
        found[int(key.rpartition("/")[2])]["verifiedOn"] = day.isoformat()
    return {**row.audit, "findings": found}
