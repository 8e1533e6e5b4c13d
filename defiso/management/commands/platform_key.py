"""``manage.py platform_key``: the public half of the platform's key, for PLATFORM_PUBLIC_KEY."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Say the public half of the platform's key, which a copy that only checks needs alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(settings.PLATFORM_PUBLIC_KEY)
