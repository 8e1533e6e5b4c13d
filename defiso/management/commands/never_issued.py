"""``manage.py never_issued NUMBER --tenant SLUG``: whether a body's map proves that it never issued this number."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant
from defiso.verification.never_issued import prove_never_issued
from defiso.web.filters import moment


class Command(BaseCommand):
    help = "Say, with its proof, that a body never issued a certificate of this number; fails where it did."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="the proof itself, for whoever checks it")

    def handle(self, *args: Any, number: str, tenant: str, json: bool, **options: Any) -> None:
        with saying_why():
            proven = prove_never_issued(tenant=get_tenant(tenant), number=number)
        if json:
            self.stdout.write(orjson.dumps(proven.to_json(), option=orjson.OPT_INDENT_2).decode())
            return
        at = moment(proven.signed.at)
        self.stdout.write(
            f"As of {at}, {proven.tenant.name} had issued no certificate {proven.number}: "
            f"checkpoint {proven.signed.checkpoint.generation} of its log proves it."
        )
