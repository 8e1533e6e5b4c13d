"""The worker process and the chain killed with SIGKILL at arbitrary moments while certificates are issued."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings as django_settings

from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import State
from defiso.outbox.hold import LEASE_NAME
from defiso.store.lease import Lease, read_lease
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import UNFINISHED, assert_anchored_exactly_once, issue, issue_many, pending_events
from tests.waiting import wait_until

ROUNDS = 6


@contextmanager
def worker_process(anvil: Anvil, settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "defiso.settings",
        "DYNAMODB_ENDPOINT_URL": settings.DYNAMODB_ENDPOINT_URL,
        "CHAIN_RPC_URLS": anvil.url,
        "BATCH_SECONDS": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_workers_and_chains_killed_at_any_moment_leave_every_certificate_anchored_once(anvil, tenants, settings):
    moments = random.Random(20261123)
    leaves = issue_many("acme", 150)

    for round_ in range(ROUNDS):
        with worker_process(anvil, settings):
            time.sleep(1.0)  # until it has started
            leaves += [issue("globex", f"FM-{round_}-{number}") for number in range(3)]
            time.sleep(moments.uniform(0, 1.2))
            if round_ % 3 == 2:
                anvil.kill()
                time.sleep(moments.uniform(0, 0.5))
                anvil.start()
        expire_lease()
    with worker_process(anvil, settings):
        wait_until(lambda: is_all_anchored(anvil), "not everything was anchored")

    assert_anchored_exactly_once(anvil, leaves)


def is_all_anchored(anvil) -> bool:
    left = pending_events() or batches_in(*UNFINISHED)
    return not left and len(anvil.anchored_roots()) == len(batches_in(*State))


def expire_lease() -> None:
    """A killed worker cannot give its lease back; do not wait for it to run out."""
    item = read_lease(LEASE_NAME)
    if item and item.holder:
        Lease(LEASE_NAME, item.holder, 0, item.term, renewed=0).release()
