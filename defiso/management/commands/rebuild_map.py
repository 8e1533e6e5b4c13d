"""``manage.py rebuild_map [--tenant SLUG]``: the rows of a map made again from the events of its log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.services import PLATFORM
from defiso.auditing.bodies import all_bodies
from defiso.auditing.rebuilding import rebuild_map
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Make the map of a log again from its events, if that leads to what its newest checkpoint commits to."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", metavar="SLUG", help=f"one body, or {PLATFORM}; else all")

    def handle(self, *args: Any, tenant: str, **options: Any) -> None:
        for slug in [tenant] if tenant else [*all_bodies(), PLATFORM]:
            with saying_why():
                rebuilt = rebuild_map(slug if slug == PLATFORM else get_tenant(slug).slug)
            self.stdout.write(f"{slug}: {rebuilt.rows:,} nodes, of which {rebuilt.written:,} were written.")
