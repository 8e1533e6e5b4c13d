"""``manage.py rebuild_counts --tenant SLUG``: the dashboard's figures counted anew from the certificates themselves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.certificates.recounting import rebuild_counts
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Count a tenant's certificates anew and put right the figures of its dashboard, telling which were wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")

    def handle(self, *args: Any, tenant: str, **options: Any) -> None:
        with saying_why():
            found = rebuild_counts(tenant=get_tenant(tenant))
        for line in found.corrected:
            self.stdout.write(line)
        numbers, reviews = len(found.corrected), found.reviews
        self.stdout.write(f"{found.certificates} certificates; {numbers} numbers and {reviews} reviews put right.")
