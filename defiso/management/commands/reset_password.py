"""``manage.py reset_password --tenant SLUG --email ADDRESS``: a new password, which ends all of the person's sessions.

It is generated and printed this once, or taken from standard input; it never stands on the command line.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.accounts.passwords import generate_password
from defiso.accounts.services import find_user, reset_password
from defiso.audit.actors import OPERATOR
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Give an account a new password and end its sessions. Waiting after failed log-ins ends too."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--password-stdin", action="store_true", help="take the first line of standard input")

    def handle(self, *args: Any, tenant: str, email: str, password_stdin: bool, **options: Any) -> None:
        new = sys.stdin.readline().rstrip("\r\n") if password_stdin else generate_password()
        with saying_why():
            place = get_tenant(tenant)
            user = find_user(tenant=place, email=email)
            reset_password(tenant=place, actor=OPERATOR, user_id=user.id, new=new)
        self.stdout.write(f"{user.email} has a new password and is logged out everywhere.")
        if not password_stdin:
            self.stdout.write(f"The password, shown only now: {new}")
