"""``manage.py endorse_keys SLUG… (--former PUBLIC_KEY | --key ID)``: tenants' keys under a changed PLATFORM_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.credentials.reendorsing import endorse_again, vouch_for
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Endorse signing keys anew: those that a former platform key endorsed, or one that you know to be genuine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="+", metavar="SLUG")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--former", metavar="PUBLIC_KEY", help="the former platform key's public half, z6Mk…")
        which.add_argument("--key", metavar="ID", help="a signing key's id, z6Mk…, known from elsewhere than the store")

    def handle(self, *args: Any, slugs: list[str], former: str | None, key: str | None, **options: Any) -> None:
        for slug in slugs:
            with saying_why():
                tenant = get_tenant(slug)
                if former:
                    endorsed = endorse_again(tenant=tenant, actor=OPERATOR, former=former)
                else:
                    endorsed = vouch_for(tenant=tenant, actor=OPERATOR, kid=key or "")
            self.stdout.write(f"{slug}: {', '.join(endorsed) or 'nothing to endorse'}")
