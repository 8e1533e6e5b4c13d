"""The WSGI application as it is served."""

import os
import subprocess
import sys

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries  # noqa: TID251  to see that nobody calls them

from defiso import wsgi


def test_no_request_pays_for_databases_and_caches_that_are_not_there() -> None:
    assert wsgi.application
    for signal in (request_started, request_finished):
        called = [receiver() for _key, receiver, *_ in signal.receivers]
        assert not {reset_queries, close_old_connections, close_caches} & set(called)


def test_a_worker_that_has_begun_has_loaded_the_views_of_all_its_pages() -> None:
    script = "import sys; from defiso.server.asgi import load; load(); print(*sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    loaded = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    wanted = {"defiso.verification.views", "defiso.registry.views", "defiso.certificates.staff.views"}
    assert wanted <= set(loaded.stdout.split())
