"""``manage.py suspend_tenant SLUG --reason TEXT``: closes the staff area; certificates stay verifiable."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.management.refusals import saying_why
from defiso.tenants.services import suspend_tenant


class Command(BaseCommand):
    help = "Close the staff area of a tenant. Everybody can go on checking its certificates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", default="", help="for the tenant's staff to read")

    def handle(self, *args: Any, slug: str, reason: str, **options: Any) -> None:
        with saying_why():
            tenant = suspend_tenant(actor=OPERATOR, slug=slug, reason=reason)
        self.stdout.write(f"The staff area of {tenant.name} is closed. Its staff read: {tenant.suspended_reason}")
