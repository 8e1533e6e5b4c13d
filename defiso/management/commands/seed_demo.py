"""``manage.py seed_demo``: the demo tenants of an embedded copy.

Run again, it adds what is missing and changes nothing.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from defiso.accounts.errors import EmailInUseError
from defiso.accounts.services import create_user
from defiso.audit.actors import SYSTEM, Actor
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.errors import CertificateNotFoundError
from defiso.certificates.services import get_certificate
from defiso.core.clock import today
from defiso.credentials.services import create_signing_key
from defiso.management.demo import CERTIFICATES, STAFF, TENANTS, DemoCertificate, content_of
from defiso.tenants.errors import UnknownTenantError
from defiso.tenants.models import Tenant
from defiso.tenants.services import create_tenant, get_tenant, origin_of


class Command(BaseCommand):
    help = "Make the demo tenants acme and globex, with staff and certificates; the log-ins go to DATA_DIR."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.USE_DYNAMODB:
            raise CommandError("Demo tenants are for embedded copies; USE_DYNAMODB=true is the real service.")
        password = demo_password(settings.DATA_DIR / "demo-password.txt")
        tenants = {values["slug"]: make_tenant(values) for values in TENANTS}
        for tenant in tenants.values():
            make_staff(tenant, password)
        for certificate in CERTIFICATES:
            make_certificate(tenants[certificate.tenant], certificate)
        text = log_ins(list(tenants.values()), password)
        write_privately(settings.DATA_DIR / "demo-log-ins.txt", text)
        self.stdout.write(text)


def demo_password(path: Path) -> str:
    """One password for all demo staff of this copy, made the first time."""
    if not path.exists():
        write_privately(path, f"demo-{secrets.token_hex(6)}\n")
    return path.read_text().strip()


def write_privately(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def make_tenant(values: dict[str, str]) -> Tenant:
    try:
        return get_tenant(values["slug"])
    except UnknownTenantError:
        return create_tenant(
            actor=SYSTEM, **values, also=lambda writes, tenant: create_signing_key(tenant=tenant, writes=writes)
        )


def make_staff(tenant: Tenant, password: str) -> None:
    for role, title in STAFF.items():
        try:
            name = f"{title} at {short_name(tenant)}"
            create_user(
                tenant=tenant, actor=SYSTEM, email=email_of(tenant, title), name=name, role=role, password=password
            )
        except EmailInUseError:
            continue


def make_certificate(tenant: Tenant, certificate: DemoCertificate) -> None:
    """Walk one certificate to its state, from wherever an earlier run left it."""
    issuer, decider = acting(tenant, "Issuer"), acting(tenant, "Decision-maker")
    number = certificate.number
    status = status_of(tenant, number)
    if not status:
        content = content_of(
            certificate,
            body=tenant.accreditation_body or "",
            auditor=f"Auditor at {short_name(tenant)}",
            decider=decider.label,
            today=today(),
        )
        status = draft_certificate(tenant=tenant, actor=issuer, content=content).status
    if status == "draft" and certificate.state != "draft":
        status = submit_certificate(tenant=tenant, actor=issuer, number=number).status
    if status == "under_review":
        status = issue_certificate(tenant=tenant, actor=decider, number=number).status
    if status == "active" and certificate.state == "suspended":
        reason = "The surveillance audit is overdue."
        review_on = today() + timedelta(days=90)
        suspend_certificate(tenant=tenant, actor=issuer, number=number, reason=reason, review_on=review_on)
    if status == "active" and certificate.state == "withdrawn":
        reason = "Nonconformities were not corrected in time."
        withdraw_certificate(tenant=tenant, actor=decider, number=number, reason=reason)


def status_of(tenant: Tenant, number: str) -> str:
    try:
        return str(get_certificate(tenant=tenant, number=number, consistent=True).status)
    except CertificateNotFoundError:
        return ""


def acting(tenant: Tenant, title: str) -> Actor:
    return Actor(f"demo-{title.lower()}", "user", f"{title} at {short_name(tenant)}")


def short_name(tenant: Tenant) -> str:
    return str(tenant.name).split()[0]


def email_of(tenant: Tenant, title: str) -> str:
    return f"{title.lower()}@{tenant.slug}.example"


def log_ins(tenants: list[Tenant], password: str) -> str:
    lines = []
    for tenant in tenants:
        origin = origin_of(tenant)
        lines += [f"  {tenant.name}", f"    public  {origin}/", f"    staff   {origin}/staff/"]
        lines += [f"            {email_of(tenant, title)}" for title in STAFF.values()]
    return "\n".join([*lines, f"  Password of all demo staff: {password}", ""])
