"""``manage.py accept_restore --reason TEXT``: a backup was put back on purpose; checks and anchoring go on from it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.anchoring.accepting import accept_restore
from defiso.audit.actors import OPERATOR
from defiso.chain.client import configured_chain
from defiso.management.refusals import saying_why


class Command(BaseCommand):
    help = "Say in the platform's log that the database was restored, and which transactions are lost by that."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; anybody can read it")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        with saying_why():
            accepted = accept_restore(configured_chain(), actor=OPERATOR, reason=reason)
        self.stdout.write(f"Lost: {accepted.summary}.")
        for nonce, tx_hash in accepted.transactions.items():
            self.stdout.write(f"  {nonce} {tx_hash}")
        self.stdout.write("The worker records this and goes on; checks do within a minute after.")
