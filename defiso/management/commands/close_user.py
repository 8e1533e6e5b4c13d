"""``manage.py close_user --tenant SLUG --email ADDRESS``: ends all of the person's sessions; ``--reopen`` undoes it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.accounts.services import deactivate_user, find_user, reactivate_user
from defiso.audit.actors import OPERATOR
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Close an account, which ends its sessions, or open it again. The last owner's is not closed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--reason", default="", help="for the audit log")
        parser.add_argument("--reopen", action="store_true", help="open the account again, with the password it had")

    def handle(self, *args: Any, tenant: str, email: str, reason: str, reopen: bool, **options: Any) -> None:
        act = reactivate_user if reopen else deactivate_user
        with saying_why():
            place = get_tenant(tenant)
            user = find_user(tenant=place, email=email)
            user = act(tenant=place, actor=OPERATOR, user_id=user.id, reason=reason.strip())
        self.stdout.write(f"{user.email} can log in again." if reopen else f"{user.email} is closed and logged out.")
