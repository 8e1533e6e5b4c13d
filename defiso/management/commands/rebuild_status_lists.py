"""``manage.py rebuild_status_lists [--tenant SLUG]``: the bits of status lists made again from the log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.auditing.bodies import all_bodies
from defiso.auditing.rebuilding import rebuild_status_lists
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Make the status lists of a body again from its log, if that leads to what its newest checkpoint commits to."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", metavar="SLUG", help="one body; else all")

    def handle(self, *args: Any, tenant: str, **options: Any) -> None:
        for slug in [tenant] if tenant else all_bodies():
            with saying_why():
                rebuilt = rebuild_status_lists(get_tenant(slug).slug)
            self.stdout.write(f"{slug}: {rebuilt.rows:,} stretches, of which {rebuilt.written:,} were written.")
