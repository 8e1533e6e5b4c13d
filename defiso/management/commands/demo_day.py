"""``manage.py demo_day``: a day at the demo body, over HTTP against the running copy; exits 1 at the first surprise."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from defiso.management.demo_day.day import TENANT, Day, ReadCode
from defiso.management.demo_day.visitor import SurpriseError
from defiso.tenants.services import get_tenant, origin_of

NEEDED_FOR_CODES = ("pypdfium2", "zxingcpp", "PIL")


class Command(BaseCommand):
    help = "Live through a day of the demo body against the running copy; the public verdict is asked after each step."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.USE_DYNAMODB:
            raise CommandError("This is for embedded copies; USE_DYNAMODB=true is the real service.")
        path = settings.DATA_DIR / "demo-password.txt"
        if not path.exists():
            raise CommandError("There is no demo staff here. Run manage.py seed_demo first.")
        host = origin_of(get_tenant(TENANT)).partition("://")[2]
        day = Day(host, path.read_text().strip(), _code_reader())
        try:
            for sentence in day.steps():
                self.stdout.write(f"✓ {sentence}")
        except SurpriseError as error:
            raise CommandError(f"Surprise: {error}") from error
        self.stdout.write("The day went as it should.")


def _code_reader() -> ReadCode | None:
    if not all(find_spec(name) for name in NEEDED_FOR_CODES):
        return None
    from defiso.management.demo_day.codes import read_code

    return read_code
