"""``manage.py set_mark SLUG --file PNG (--own | --licence REFERENCE)``: what is printed beside a body's name."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.management.refusals import saying_why
from defiso.tenants.marks import set_licensed_mark, set_own_mark


class Command(BaseCommand):
    help = "Set a mark that is printed on a body's certificates: its own, or one that it has a licence to use."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--file", type=Path, help="the mark as PNG; without it the mark is taken away")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--own", action="store_true", help="the body's own mark")
        whose.add_argument("--licence", help="the reference of the licence to use somebody else's; it is printed too")

    def handle(self, *args: Any, slug: str, file: Path | None, own: bool, licence: str | None, **options: Any) -> None:
        try:
            png = file.read_bytes() if file else None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        with saying_why():
            if own:
                tenant = set_own_mark(actor=OPERATOR, slug=slug, png=png)
            else:
                tenant = set_licensed_mark(actor=OPERATOR, slug=slug, png=png, licence=licence or "")
        whose = "its own mark" if own else "the licensed mark"
        self.stdout.write(f"Certificates of {tenant.name} are printed {'with' if png else 'without'} {whose}.")
