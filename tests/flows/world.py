"""Two tenants with staff of every role, certificates, drafts and batches: what the walk of the portal walks through."""

from dataclasses import dataclass
from typing import Any

from defiso.accounts.models import User
from defiso.accounts.sessions import hash_of
from defiso.anchoring.models import Share
from defiso.anchoring.sealing import seal_due_batches
from defiso.audit.actors import SYSTEM
from defiso.certificates.acts.table import VOID, WITHDRAW
from defiso.certificates.proposal_rows import Proposal, proposal_key
from defiso.certificates.proposals import propose_act
from defiso.certificates.services import get_certificate
from defiso.certificates.states import Status
from defiso.core.permissions import Role
from defiso.organisations.models import name_slug
from defiso.organisations.services import make_client
from defiso.outbox.draining import drain_outbox
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.store.lease import acquire_lease
from defiso.tenants.models import Tenant
from defiso.worker.lanes import new_recorder, projections
from tests.certificates.making import ISSUER, make_certificate, make_expired
from tests.conftest import every_row
from tests.staff import begin_session_of, make_tenant, make_user

SHARED_NUMBER = "QM 2026/1"  # both tenants have issued a certificate of this number
OBJECTS = {  # by the part they play in the walk
    "shown": Status.ACTIVE,
    "edited": Status.DRAFT,
    "submitted": Status.DRAFT,
    "returned": Status.UNDER_REVIEW,
    "refused": Status.UNDER_REVIEW,
    "issued": Status.UNDER_REVIEW,
    "revised": Status.ACTIVE,
    "renewed": Status.ACTIVE,
    "suspended": Status.ACTIVE,
    "restored": Status.SUSPENDED,
    "reduced": Status.SUSPENDED,
    "restored-expired": Status.EXPIRED,
    "certified-again": Status.EXPIRED,
    "cancelled": Status.ACTIVE,
    "transferred-out": Status.ACTIVE,
    "withdrawn": Status.ACTIVE,
    "proposed": Status.ACTIVE,
    "declined": Status.ACTIVE,
    "void": Status.ACTIVE,
    "void-proposed": Status.ACTIVE,
    "void-declined": Status.ACTIVE,
}
PROPOSED = {"proposed": WITHDRAW, "declined": WITHDRAW, "void-proposed": VOID, "void-declined": VOID}
EXPIRED_DAYS_AGO = {"restored-expired": 30, "certified-again": 300}
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI3PK")

Row = dict[str, Any]


@dataclass
class Place:
    """One tenant and what it owns. ``name`` is an organisation's that nobody but this tenant certifies."""

    tenant: Tenant
    name: str
    staff: dict[str, User]
    batch_id: str

    def number(self, part: str) -> str:
        """The slug of the certificate that plays this part."""
        return f"{self.tenant.slug}-{part}".upper()

    def version(self, part: str) -> str:
        """The version of the certificate that plays this part, as a form would carry it."""
        head = get_certificate(tenant=self.tenant, number=self.number(part), consistent=True)
        return str(int(head.version))

    def proposed_at(self, part: str) -> str:
        """What names the proposal for the certificate that plays this part; nothing once it is dealt with."""
        row = Proposal.find(self.tenant.PK, proposal_key(self.number(part)))
        return str(row.at) if row else ""

    def client(self, part: str) -> str:
        """The slug of the client that plays this part."""
        return name_slug(f"{self.name} {part}")

    def another_session(self, role: str) -> str:
        """The key of a fresh session of this tenant's member of staff, such as a form could name."""
        return hash_of(begin_session_of(self.staff[role], self.tenant))


def make_place(slug: str) -> Place:
    tenant = make_tenant(slug)
    name = f"Only {slug.capitalize()} Foundry"
    numbers = {f"{slug}-{part}".upper(): status for part, status in OBJECTS.items()} | {SHARED_NUMBER: Status.ACTIVE}
    for number, status in numbers.items():
        names = {"organisation__legalName": name, "organisation__englishName": name}
        if status is Status.EXPIRED:
            days_ago = EXPIRED_DAYS_AGO[number.removeprefix(f"{slug}-".upper()).lower()]
            make_expired(tenant, days_ago, number=number, **names)
        else:
            make_certificate(tenant, status=status, number=number, **names)
    for part, act in PROPOSED.items():
        given = {"number": f"{slug}-{part}", "given": {"reason": "Proposed by a test."}}
        propose_act(act, tenant=tenant, actor=ISSUER, **given)
    staff = {role.value: make_user(tenant, role) for role in Role}
    for part in ("edited", "merged", "kept"):
        make_client(tenant, SYSTEM, name=f"{name} {part}", country="GB")
    return Place(tenant, name, staff, _batch_of(tenant))


def rows_of(tenant: Tenant) -> list[Row]:
    """Every stored row that is this tenant's by its keys or, as sessions are, by its word."""
    return [row for row in every_row() if _is_of(row, tenant)]


def keys_that_differ(before: list[Row], after: list[Row]) -> list[str]:
    """The keys of rows that were written, changed or deleted in between."""
    changed = [row for row in before if row not in after] + [row for row in after if row not in before]
    return sorted({f"{row['PK']['S']} / {row['SK']['S']}" for row in changed})


def _is_of(row: Row, tenant: Tenant) -> bool:
    named = any(mark in str(row.get(key)) for key in KEYS for mark in (f"TENANT#{tenant.slug}", tenant.host))
    return named or row.get("tenant_slug") == {"S": tenant.slug}


def _batch_of(tenant: Tenant) -> str:
    """Collect and seal what this tenant has issued so far, so that its batch is its own."""
    lease = acquire_lease(LEASE_NAME, holder="walk", seconds=60)
    assert lease is not None
    hold = Hold(lease)
    drain_outbox(hold, projections())
    seal_due_batches(hold, new_recorder(), batch_seconds=0, outbox_is_quiet=True)
    share = Share.query(f"TENANT#{tenant.slug}", Share.SK.startswith("BATCH#")).next()
    return str(share.batch_id)
