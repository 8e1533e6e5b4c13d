"""How long a GetItem takes by libcurl and by botocore, on an embedded engine of its own, and what the parts cost.

Run: .venv/bin/python -m benchmarks transport. Processor time of this process, so that a busy machine disturbs
little; the wall is beside it. Three rounds, the two ways in turn.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.report import Report

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

CALLS = 1000
ROUNDS = 3


def measure(report: Report) -> None:
    import django

    django.setup()
    from django.conf import settings

    from defiso.engines import dynamodb_command
    from tests.conftest import free_port, wait_for_port

    with tempfile.TemporaryDirectory(prefix="defiso-bench-") as folder:
        port = free_port()
        command = dynamodb_command(port=port, database=Path(folder) / "dynamodb.sqlite")
        engine = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_port(port)
            settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{port}"
            _tell(report)
        finally:
            engine.kill()
            engine.wait()


def _tell(report: Report) -> None:
    from defiso.store.connection import connection
    from defiso.store.schema import create_tables
    from defiso.tenants.models import Tenant
    from tests.staff import make_tenant

    create_tables()
    make_tenant("acme")
    shared = connection()
    request = {
        "TableName": Tenant.Meta.table_name,
        "Key": {"PK": {"S": "TENANT#acme"}, "SK": {"S": "METADATA"}},
        "ConsistentRead": False,
    }
    raw = shared.dispatch("GetItem", dict(request))["Item"]
    fast = shared.transport

    def botocore() -> None:
        shared.transport = None
        shared.dispatch("GetItem", dict(request))
        shared.transport = fast

    ways: dict[str, Callable[[], object]] = {
        "GetItem by botocore": botocore,
        "GetItem by libcurl": lambda: shared.dispatch("GetItem", dict(request)),
        "Item.find, which is that and": lambda: Tenant.find("TENANT#acme", "METADATA"),
        "a model from the raw row": lambda: Tenant.from_raw_data(raw),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, action in ways.items():
            times[name].append(microseconds(action))
    report.section("One call of DynamoDB")
    middle = [(name, *(median(one) for one in zip(*rounds, strict=True))) for name, rounds in times.items()]
    report.table(("", "processor µs", "wall µs"), [(name, f"{cpu:.0f}", f"{wall:.0f}") for name, cpu, wall in middle])
    (_botocore, *slow), (_libcurl, *fast_times) = middle[:2]
    ratios = [f"{theirs / ours:.1f}" for theirs, ours in zip(slow, fast_times, strict=True)]
    report.table(("", "processor", "wall"), [("botocore : libcurl", *ratios)])


def microseconds(action: Callable[[], object]) -> tuple[float, float]:
    """Processor time and wall time of one call."""
    action()
    cpu, wall = time.process_time(), time.perf_counter()
    for _call in range(CALLS):
        action()
    return (time.process_time() - cpu) / CALLS * 1e6, (time.perf_counter() - wall) / CALLS * 1e6
