"""Contents and certificates for tests, complete unless a test takes something away."""

import copy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine

from defiso.audit.actors import Actor
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.content import Content
from defiso.certificates.figures import read_figures
from defiso.certificates.models import Certificate
from defiso.certificates.services import history_of
from defiso.certificates.states import Status
from defiso.core.clock import today
from defiso.core.dates import years_after
from defiso.tenants.models import Tenant

ISSUER = Actor("01ISSUER", "user", "Issuer at Acme")
DECIDER = Actor("01DECIDER", "user", "Decision-maker at Acme")


def content(**changes: Any) -> Content:
    """A complete content; ``changes`` are members, or paths such as ``organisation__country``. None takes away."""
    first = today() - timedelta(days=10)
    whole: dict[str, Any] = {
        "number": "ISO9001-2026-ABC123",
        "organisation": {
            "legalName": "Gießerei Müller GmbH & Co. KG",
            "englishName": "Mueller Foundry",
            "clientId": "CL-1",
            "legalIds": [{"scheme": "VAT", "value": "DE123456789"}],
            "address": "Hüttenstraße 1, 44135 Dortmund",
            "country": "DE",
        },
        "sites": [{"name": "Works 2", "address": "Hafenweg 5, Dortmund", "country": "DE", "main": False}],
        "standard": {"code": "9001", "edition": "2015", "title": "ISO 9001:2015", "name": "Quality management systems"},
        "scope": "Casting and machining of grey iron",
        "scopeLanguage": "en",
        "iafCodes": ["17"],
        "naceCodes": ["24.51"],
        "certificationType": "Management system",
        "accreditation": {"accredited": True, "body": "DAkkS", "number": "D-ZM-1", "arrangement": "IAF MLA"},
        "originalCertificationDate": "2020-03-02",
        "decisionDate": first.isoformat(),
        "effectiveDate": first.isoformat(),
        "issueDate": first.isoformat(),
        "expiryDate": (first + timedelta(days=3 * 365)).isoformat(),
        "audits": [{"type": "initial", "date": "2026-02-10", "auditors": ["Lead auditor at Acme"]}],
        "decidedBy": "Decision-maker at Acme",
        "confidential": False,
    }
    for path, value in changes.items():
        place = whole
        *way, last = path.split("__")
        for step in way:
            place = place.setdefault(step, {})
        if value is None:
            del place[last]
        else:
            place[last] = copy.deepcopy(value)
    return whole  # type: ignore[return-value]


def make_draft(tenant: Tenant, **changes: Any) -> Certificate:
    return draft_certificate(tenant=tenant, actor=ISSUER, content=content(**changes))


def make_certificate(tenant: Tenant, *, status: Status = Status.ACTIVE, **changes: Any) -> Certificate:
    """A certificate walked to its status through the services."""
    head = make_draft(tenant, **changes)
    if status is not Status.DRAFT:
        head = submit_certificate(tenant=tenant, actor=ISSUER, number=head.number)
    if status not in (Status.DRAFT, Status.UNDER_REVIEW):
        head = issue_certificate(tenant=tenant, actor=DECIDER, number=head.number)
    if status is Status.SUSPENDED:
        head = suspend_certificate(
            tenant=tenant, actor=ISSUER, number=head.number, reason="Audit overdue.", review_on=in_days(60)
        )
    if status is Status.WITHDRAWN:
        head = withdraw_certificate(tenant=tenant, actor=DECIDER, number=head.number, reason="Not corrected.")
    return head


def make_expired(tenant: Tenant, days_ago: int, **changes: Any) -> Certificate:
    """A certificate that was issued in its time and ran out so many days ago."""
    expires = today() - timedelta(days=days_ago)
    with time_machine.travel(datetime.combine(years_after(expires, -3) + timedelta(days=20), time(9, 0, tzinfo=UTC))):
        return make_certificate(tenant, **{"expiryDate": expires.isoformat()} | changes)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def counts_of(tenant: Tenant) -> dict[str, int]:
    """How many certificates stand how today, as of the events handled so far; what is zero is left out."""
    counts = read_figures(tenant=tenant, today=today(), expiring_days=90).counts
    return {status.value: number for status, number in counts.items() if number}


def actions_on(tenant: Tenant, certificate: Certificate) -> list[str]:
    return [event.action for event in history_of(tenant=tenant, certificate=certificate)]
