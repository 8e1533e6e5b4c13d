"""How long a GetItem takes by libcurl and by botocore, on an embedded engine of its own, and what the parts cost.

Run: .venv/bin/python -m benchmarks.bench_transport. Processor time of this process, so that a busy machine disturbs
little; the wall is beside it. Three rounds, the two ways in turn.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

CALLS = 1000
ROUNDS = 3


def main() -> None:
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
            measure()
        finally:
            engine.kill()
            engine.wait()


def measure() -> None:
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
    print(f"{'':32}{'processor µs':>14}{'wall µs':>10}")
    for name, rounds in times.items():
        print(f"{name:32}{median(cpu for cpu, _wall in rounds):>14.0f}{median(wall for _cpu, wall in rounds):>10.0f}")
    slow, quick = (median(wall for _cpu, wall in times[name]) for name in list(ways)[:2])
    print(f"{'botocore : libcurl':32}{'':>14}{slow / quick:>10.1f}")


def microseconds(action: Callable[[], object]) -> tuple[float, float]:
    """Processor time and wall time of one call."""
    action()
    cpu, wall = time.process_time(), time.perf_counter()
    for _call in range(CALLS):
        action()
    return (time.process_time() - cpu) / CALLS * 1e6, (time.perf_counter() - wall) / CALLS * 1e6


if __name__ == "__main__":
    main()
