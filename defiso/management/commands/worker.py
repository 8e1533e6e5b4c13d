"""``manage.py worker``: anchors certificates and keeps the projections, until it is told to stop."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.chain.client import configured_chain
from defiso.chain.errors import KeyNotHereError
from defiso.outbox.services import retry_quarantined
from defiso.worker.passes import Rules
from defiso.worker.process import Worker


class Command(BaseCommand):
    help = "Drain the outbox, anchor batches of certificates and write their proofs. SIGTERM stops it after its step."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        text = "put events that were set aside after repeated failure back into the outbox, and end"
        parser.add_argument("--retry-set-aside", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry_set_aside"]:
            self.stdout.write(f"{retry_quarantined()} events put back into the outbox")
            return
        if not settings.CHAIN_ACCOUNT_KEY:
            raise CommandError(KeyNotHereError().sentence)
        rules = Rules(confirmations=settings.CONFIRMATIONS, batch_seconds=settings.BATCH_SECONDS)
        worker = Worker(configured_chain(), rules)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
