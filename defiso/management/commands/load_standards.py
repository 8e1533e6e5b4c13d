"""``manage.py load_standards FILE``: standards, editions and the dates of their transitions, over the shipped ones."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.certificates.standards import load_standards
from defiso.management.refusals import saying_why


class Command(BaseCommand):
    help = "Load a file of the shape of certificates/data/standards.json. It takes the place of the one loaded before."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}.") from error
        with saying_why():
            loaded = load_standards(actor=OPERATOR, data=data)
        for title in loaded.changed:
            self.stdout.write(f"changed: {title}")
        self.stdout.write(f"{loaded.editions} editions, {len(loaded.changed)} of them changed by this file.")
