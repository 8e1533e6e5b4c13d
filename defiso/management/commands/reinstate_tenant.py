"""``manage.py reinstate_tenant SLUG [--reason TEXT]``: opens the staff area of a suspended tenant again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.management.refusals import saying_why
from defiso.tenants.services import reinstate_tenant


class Command(BaseCommand):
    help = "Open the staff area of a suspended tenant again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", default="", help="for the audit log")

    def handle(self, *args: Any, slug: str, reason: str, **options: Any) -> None:
        with saying_why():
            tenant = reinstate_tenant(actor=OPERATOR, slug=slug, reason=reason)
        self.stdout.write(f"The staff area of {tenant.name} is open again.")
