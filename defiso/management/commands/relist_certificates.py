"""``manage.py relist_certificates SLUG [--after NUMBER]``: lists across bodies as the body's policy says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.certificates.relisting import relist_certificates
from defiso.core.numbers import slug_of
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant

EVERY = 500


class Command(BaseCommand):
    help = "Put a body's certificates into the lists that anybody may browse, or take them out, after set_policy."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--after", default="", metavar="NUMBER", help="go on after this one")

    def handle(self, *args: Any, slug: str, after: str, **options: Any) -> None:
        looked_at = changed = 0
        with saying_why():
            for number, is_changed in relist_certificates(get_tenant(slug).slug, after=slug_of(after)):
                looked_at, changed = looked_at + 1, changed + is_changed
                if looked_at % EVERY == 0:
                    self.stdout.write(f"{looked_at} looked at; to go on from here: --after {number}")
        self.stdout.write(f"{looked_at} certificates looked at, {changed} listed anew.")
