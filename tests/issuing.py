"""Certificates for tests, made through the services and anchored by the worker's own pass on a real chain."""

from typing import Any

from defiso.audit.actors import Actor
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.models import Certificate
from defiso.chain.client import configured_chain
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from defiso.worker.lanes import projections
from tests.anchoring.kit import work
from tests.certificates.making import content

OWNER = Actor("OWNER", "user", "Owner at Acme")


def issue(tenant: Tenant, number: str = "ISO9001-2026-ABC123", **changes: Any) -> Certificate:
    draft_certificate(tenant=tenant, actor=OWNER, content=content(number=number, **changes))
    submit_certificate(tenant=tenant, actor=OWNER, number=number)
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
    drain_outbox(Hold(lease), projections())
