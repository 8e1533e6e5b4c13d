"""``manage.py create_tables``: every table with its indexes; safe to run again."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from defiso.core.errors import DomainError
from defiso.store.schema import SERVICE_ERRORS, create_tables


class Command(BaseCommand):
    help = "Create the DynamoDB tables and indexes, and switch on what protects them. Safe to run again."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            reports = create_tables()
        except DomainError as error:
            raise CommandError(error.sentence) from error
        except SERVICE_ERRORS as error:
            raise CommandError(f"DynamoDB could not be used: {error}") from error
        for report in reports:
            self.stdout.write(f"{report.name}: {'created' if report.created else 'already there'}")
        for feature in sorted({feature for report in reports for feature in report.unsupported}):
            self.stdout.write(f"not supported here: {feature}")
        where = settings.DYNAMODB_ENDPOINT_URL or f"AWS {settings.AWS_REGION}"
        self.stdout.write(f"{len(reports)} tables ready on {where} in {time.monotonic() - started:.1f} s")
