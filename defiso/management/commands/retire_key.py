"""``manage.py retire_key --tenant SLUG [--key ID]``: another key signs from now on, made first where there is none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.credentials.retiring import SETTLED_AFTER, retire_signing_key
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Take a tenant's signing key out of use. What it signed can be checked as before."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument(
            "--key", default="", metavar="ID", help="after the # in did.json; else the one that signs now"
        )

    def handle(self, *args: Any, tenant: str, key: str, **options: Any) -> None:
        with saying_why():
            retired = retire_signing_key(tenant=get_tenant(tenant), actor=OPERATOR, kid=key)
        self.stdout.write(f"Retired: {retired.kid}")
        self.stdout.write(f"Signs now{', newly made' if retired.made else ''}: {retired.signs_now}")
        seconds = int(SETTLED_AFTER.total_seconds())
        self.stdout.write(
            f"Running copies change over in a minute; what the old key signs after {seconds} s is refused."
        )
