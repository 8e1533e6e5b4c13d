"""``manage.py audit_register [--tenant SLUG]``: the register checked from its rows; exit code 1 if some are wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from defiso.anchoring.restores import read_restores
from defiso.auditing.findings import Finding
from defiso.auditing.services import audit_all
from defiso.chain.client import configured_chain
from defiso.management.refusals import saying_why
from defiso.tenants.services import get_tenant


class Command(BaseCommand):
    help = "Check logs, maps, certificates, batches and their anchors against each other, and name what is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", metavar="SLUG", help="this body's log and certificates alone")

    def handle(self, *args: Any, tenant: str, **options: Any) -> None:
        findings = events = 0
        with saying_why(), tqdm(unit=" events", disable=None, file=sys.stderr) as bar:
            slug = get_tenant(tenant).slug if tenant else ""
            for step in audit_all(configured_chain(), slug):
                if isinstance(step, Finding):
                    findings += 1
                    whose = f"{step.tenant}: " if step.tenant else ""
                    self.stdout.write(f"{whose}{step.kind}: {step.sentence}")
                else:
                    events += step.events
                    bar.update(step.events)
            for lost in read_restores(configured_chain()).statements:
                self.stdout.write(f"restore accepted {lost.at}: lost are {lost.summary}. Reason: {lost.reason}")
                for nonce, tx_hash in lost.transactions.items():
                    self.stdout.write(f"  {nonce} {tx_hash}")
        if findings:
            raise CommandError(f"{events:,} events checked; {findings:,} findings.")
        self.stdout.write(f"{events:,} events checked, with all that follows from them; nothing found.")
