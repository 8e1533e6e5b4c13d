"""``manage.py load_register --tenant SLUG FILE.csv``: issue all certificates of a register, or none and say why.

The columns are those of the global database's upload template. Run again, it adds what is missing and changes nothing.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from defiso.audit.actors import Actor
from defiso.certificates.reference import LANGUAGES
from defiso.core.clock import today
from defiso.core.errors import DomainError
from defiso.imports.errors import RegisterRefusedError
from defiso.imports.loading import Loaded, load_rows
from defiso.imports.reading import read_register
from defiso.tenants.services import get_tenant

ACTOR = Actor("load_register", "system", "Register load")


class Command(BaseCommand):
    help = "Load a register in the columns of the global database's upload template: all of it, or nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8, the first line naming the columns")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="whose certificates these are")
        parser.add_argument("--language", default="en", choices=sorted(LANGUAGES), help="of the scopes (default en)")

    def handle(self, *args: Any, file: Path, tenant: str, language: str, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            owner = get_tenant(tenant)
            rows = read_register(file, language=language, today=today())
            with tqdm(total=len(rows), unit=" certificates", disable=None) as bar:
                loaded = load_rows(tenant=owner, actor=ACTOR, rows=rows, progress=bar.update)
        except RegisterRefusedError as error:
            for problem in error.problems:
                self.stderr.write(f"line {problem.line}: {problem.code}: {problem.sentence}")
            raise CommandError(error.sentence) from None
        except DomainError as error:
            raise CommandError(error.sentence) from None
        for row in rows:
            if row.warning:
                self.stderr.write(f"line {row.line}: note: {row.warning}")
        self.stdout.write(_summary(loaded))


def _summary(loaded: Loaded) -> str:
    lines = [f"{loaded.issued:,} issued, {loaded.already_there:,} already there."]
    if loaded.changed_since:
        lines.append(f"{loaded.changed_since:,} of those have another status by now; that was not changed.")
    return "\n".join(lines)
