"""The WSGI application as it is served."""

import os
import subprocess
import sys

NAMES_OF_RECEIVERS = """
from django.core.signals import request_finished, request_started
from defiso import wsgi
for signal in (request_started, request_finished):
    print(*(receiver().__name__ for _key, receiver, *_ in signal.receivers))
"""


def test_no_request_pays_for_databases_and_caches_that_are_not_there() -> None:
    """In a process of its own: Django's test client connects one of them again."""
    called = set(run(NAMES_OF_RECEIVERS).split())

    assert not {"reset_queries", "close_old_connections", "close_caches"} & called


def test_a_worker_that_has_begun_has_loaded_the_views_of_all_its_pages() -> None:
    loaded = run("import sys; from defiso.server.asgi import load; load(); print(*sys.modules)")

    wanted = {"defiso.verification.views", "defiso.registry.views", "defiso.certificates.staff.views"}
    assert wanted <= set(loaded.split())


def run(script: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
