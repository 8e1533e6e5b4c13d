"""``manage.py set_user --tenant SLUG --email ADDRESS [--name NAME] [--role ROLE]``: effective at the next request."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.accounts.services import change_user, find_user
from defiso.audit.actors import OPERATOR
from defiso.core.permissions import Role
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Give a member of staff another name or role. The last owner of a tenant stays one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", help="as colleagues and the audit log see it")
        parser.add_argument("--role", help=", ".join(Role))

    def handle(self, *args: Any, tenant: str, email: str, **options: Any) -> None:
        name, role = options["name"], options["role"]
        if name is None and role is None:
            raise CommandError("Say what to set: --name, --role or both.")
        with saying_why():
            place = get_tenant(tenant)
            user = find_user(tenant=place, email=email)
            user = change_user(tenant=place, actor=OPERATOR, user_id=user.id, name=name, role=role)
        self.stdout.write(f"{user.email} is {user.name}, {user.role}.")
