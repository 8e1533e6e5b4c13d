"""Two tenants with staff of every role, certificates, drafts and batches: what the walk of the portal walks through."""

from dataclasses import dataclass, field
from typing import Any

from defiso.accounts.models import User
from defiso.accounts.permissions import Role
from defiso.accounts.sessions import hash_of
from defiso.anchoring.hold import LEASE_NAME, Hold
from defiso.anchoring.models import Share
from defiso.anchoring.outbox import drain_outbox
from defiso.anchoring.sealing import seal_due_batches
from defiso.certificates.states import Status
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from tests.certificates.making import make_certificate
from tests.conftest import every_row
from tests.staff import begin_session_of, make_tenant, make_user

SHARED_NUMBER = "QM 2026/1"  # both tenants have issued a certificate of this number
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI3PK", "tenant_slug")


@dataclass
class Place:
    """One tenant and what it owns. ``name`` is an organisation's that nobody but this tenant certifies."""

    tenant: Tenant
    name: str
    active: str
    suspended: str
    draft: str
    batch_id: str
    staff: dict[str, User] = field(default_factory=dict)

    def another_session(self, role: str) -> str:
        """The key of a fresh session of this tenant's member of staff, such as a form could name."""
        return hash_of(begin_session_of(self.staff[role], self.tenant))


def make_place(slug: str) -> Place:
    tenant = make_tenant(slug)
    name = f"Only {slug.capitalize()} Foundry"
    with_name = {"organisation__legalName": name, "organisation__englishName": name}
    numbers = {status: f"{slug.upper()}-{status.value}" for status in (Status.ACTIVE, Status.SUSPENDED, Status.DRAFT)}
    for status, number in numbers.items():
        make_certificate(tenant, status=status, number=number, **with_name)
    make_certificate(tenant, number=SHARED_NUMBER, **with_name)
    return Place(
        tenant=tenant,
        name=name,
        active=numbers[Status.ACTIVE].upper(),
        suspended=numbers[Status.SUSPENDED].upper(),
        draft=numbers[Status.DRAFT].upper(),
        batch_id=_batch_of(tenant),
        staff={role: make_user(tenant, role) for role in Role},
    )


def rows_of(tenant: Tenant) -> list[dict[str, Any]]:
    """Every stored row whose keys name this tenant."""
    marks = (f"TENANT#{tenant.slug}", tenant.host)
    return [
        row
        for row in every_row()
        if any(mark in str(row.get(key, "")) for key in KEYS for mark in marks)
        or row.get("tenant_slug") == {"S": tenant.slug}
    ]


def _batch_of(tenant: Tenant) -> str:
    """Collect and seal what this tenant has issued so far, so that its batch is its own."""
    lease = acquire_lease(LEASE_NAME, holder="walk", seconds=60)
    assert lease is not None
    hold = Hold(lease)
    drain_outbox(hold)
    seal_due_batches(hold, batch_seconds=0, outbox_is_quiet=True)
    share = Share.query(f"TENANT#{tenant.slug}", Share.SK.startswith("BATCH#")).next()
    return str(share.batch_id)
