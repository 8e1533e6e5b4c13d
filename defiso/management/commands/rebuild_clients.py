"""``manage.py rebuild_clients --tenant SLUG``: every certificate with its client, made where there is none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.certificates.joining import rebuild_members
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Let each of a tenant's certificates join its client, as the worker does. Run again, it changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")

    def handle(self, *args: Any, tenant: str, **options: Any) -> None:
        with saying_why():
            done = 0
            for done in rebuild_members(get_tenant(tenant).slug):
                self.stdout.write(f"{done} certificates", ending="\r")
        self.stdout.write(f"{done} certificates are with their clients.")
