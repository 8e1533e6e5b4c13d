"""``manage.py create_user``: a member of a tenant's staff. The password never stands on the command line."""

import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.accounts.services import create_user
from defiso.audit.actors import OPERATOR
from defiso.core.permissions import Role
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant, origin_of

PASSWORD_VARIABLE = "DEFISO_USER_PASSWORD"  # noqa: S105  the name of a variable, not a password


class Command(BaseCommand):
    help = (
        f"Create a member of staff. The password is asked for twice, or taken from the variable {PASSWORD_VARIABLE}, "
        "or with --password-stdin from the first line of standard input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="as colleagues and the audit log see it")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with saying_why():
            tenant = get_tenant(options["tenant"])
            user = create_user(
                tenant=tenant,
                actor=OPERATOR,
                email=options["email"],
                name=options["name"],
                role=options["role"],
                password=_read_password(options["password_stdin"]),
            )
        self.stdout.write(f"{user.email} ({user.role}) can log in at {origin_of(tenant)}/staff/login")


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password, once more: "):
        raise CommandError("These were two different passwords. Nothing was created.")
    return password
