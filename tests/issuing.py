"""Certificates for tests, made through the services and anchored by the worker's own pass on a real chain."""

import copy
from datetime import timedelta
from typing import Any

from defiso.anchoring.chain import configured_chain
from defiso.anchoring.hold import LEASE_NAME, Hold
from defiso.anchoring.outbox import drain_outbox
from defiso.audit.actors import Actor
from defiso.certificates.models import Certificate
from defiso.certificates.services import draft_certificate, issue_certificate
from defiso.core.clock import today
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from tests.anchoring.kit import work

OWNER = Actor("OWNER", "user", "Owner at Acme")
CONTENT: dict[str, Any] = {
    "organisation": {
        "legalName": "Gießerei Müller GmbH & Co. KG",
        "legalIds": [{"scheme": "VAT", "value": "DE123456789"}],
        "address": "Hüttenstraße 1, 44135 Dortmund",
        "country": "DE",
    },
    "sites": [{"name": "Works 2", "address": "Hafenweg 5, Dortmund", "country": "DE", "main": False}],
    "standard": {"code": "9001", "edition": "2015", "title": "ISO 9001:2015", "name": "Quality management systems"},
    "scope": "Casting of grey iron and machining",
    "scopeLanguage": "en",
    "iafCodes": ["17"],
    "certificationType": "Management system",
    "accreditation": {"accredited": True, "body": "UKAS"},
}


def content_of(number: str, **changes: Any) -> Any:
    """A complete dictionary: certified a year ago, for three years less a day. ``changes`` replace members."""
    start = today() - timedelta(days=365)
    dates = {
        "originalCertificationDate": start.isoformat(),
        "decisionDate": start.isoformat(),
        "effectiveDate": start.isoformat(),
        "issueDate": start.isoformat(),
        "expiryDate": (start + timedelta(days=1094)).isoformat(),
    }
    return {"number": number, **copy.deepcopy(CONTENT), **dates, **changes}


def issue(tenant: Tenant, number: str = "ISO9001-2026-ABC123", **changes: Any) -> Certificate:
    draft_certificate(tenant=tenant, actor=OWNER, content=content_of(number, **changes))
    return issue_certificate(tenant=tenant, actor=OWNER, number=number)


def anchor_everything() -> None:
    """What the worker does until nothing is left to do."""
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    work(Hold(lease), configured_chain())


def drain_events() -> None:
    """What the worker makes of events without a chain: look-ups, counts, leaves collected."""
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    drain_outbox(Hold(lease))
