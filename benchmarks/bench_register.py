"""A load step by step without the web, and the engine alone: the same transactions sent to it raw.

Engines of its own, in a process of its own: ``python -m benchmarks.bench_register FOLDER`` prints JSON.
"""

import base64
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.processes import ProcessorTime
from benchmarks.report import Report
from benchmarks.scene import REGISTER

SENDERS = 2


def measure(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="defiso-engine-") as folder:
        command = [sys.executable, "-m", "benchmarks.bench_register", folder]
        done = subprocess.run(command, env=environment_of(folder), stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    report.section("Loading step by step, without web and worker")
    report.table(("step", "certificates/s"), [(step, f"{rate:,.0f}") for step, rate in found["rates"].items()])
    used = " and ".join(f"{seconds * 1000:.2f} ms in {name}" for name, seconds in found["used"].items())
    report.say(f"Processor time of a certificate: {used}.", "")
    report.measure("load ceiling", found["rates"]["the engine alone, sent raw transactions"])


def environment_of(folder: str) -> dict[str, str]:
    """Of a process that measures alone."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "defiso.settings",
        "DATA_DIR": folder,
        "BASE_DOMAIN": "localhost",
        "SECRET_KEY": "for a benchmark that is gone in a moment",
        "MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        "PLATFORM_KEY": base64.b64encode(os.urandom(32)).decode(),
    }


def measure_inside(folder: Path) -> dict[str, Any]:
    import django

    django.setup()
    sent: list[bytes] = []
    with engine_for(folder / "load.sqlite") as (port, engine):
        rates, used, number = _load(sent, engine)
    with engine_for(folder / "raw.sqlite") as (port, _engine_alone):
        started = time.perf_counter()
        _send(port, sent)
        rates["the engine alone, sent raw transactions"] = number / (time.perf_counter() - started)
    return {"rates": rates, "used": used}


@contextmanager
def engine_for(database: Path) -> Iterator[tuple[int, int]]:
    """An empty engine that this process now speaks to: its port and its process."""
    from django.conf import settings

    from defiso.engines import dynamodb_command
    from defiso.store.connection import forget_connection
    from defiso.store.schema import create_tables
    from tests.conftest import free_port, wait_for_port

    port = free_port()
    engine = subprocess.Popen(dynamodb_command(port=port, database=database), stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{port}"
        forget_connection()
        create_tables()
        yield port, engine.pid
    finally:
        engine.kill()
        engine.wait()


def _load(sent: list[bytes], engine: int) -> tuple[dict[str, float], dict[str, float], int]:
    """Load the register of the tests; what was written is kept in ``sent``, as it would go over the wire."""
    from defiso.audit.actors import SYSTEM
    from defiso.core.clock import today
    from defiso.imports.loading import load_rows
    from defiso.imports.reading import read_register
    from defiso.store.connection import SharedConnection
    from tests.staff import make_tenant

    dispatch = SharedConnection.dispatch

    def keep(shared: Any, operation: str, request: dict[str, Any]) -> Any:
        if operation == "TransactWriteItems":
            sent.append(json.dumps(request, default=lambda raw: base64.b64encode(raw).decode()).encode())
        return dispatch(shared, operation, request)

    tenant = make_tenant("acme")
    times = ProcessorTime(Python=os.getpid(), engine=engine)
    moments = [time.perf_counter()]
    rows = read_register(REGISTER, language="en", today=today())
    moments.append(time.perf_counter())
    with patch.object(SharedConnection, "dispatch", keep):
        load_rows(tenant=tenant, actor=SYSTEM, rows=rows)
    moments.append(time.perf_counter())
    used = {name: seconds / len(rows) for name, seconds in times.used().items()}
    load_rows(tenant=tenant, actor=SYSTEM, rows=rows)
    moments.append(time.perf_counter())
    steps = ("validate", "sign and write", "a second run, which changes nothing")
    rates = {step: len(rows) / (end - start) for step, start, end in zip(steps, moments, moments[1:], strict=False)}
    return rates, used, len(rows)


def _send(port: int, bodies: list[bytes]) -> None:
    """Each body as a request, by as many threads as the loader has."""
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.TransactWriteItems",
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=embedded/20260101/eu-west-2/dynamodb/aws4_request,"
        " SignedHeaders=host;x-amz-date, Signature=0",
    }
    failures: list[str] = []

    def send(some: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for body in some:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                failures.append(text.decode()[:300])
                return

    threads = [threading.Thread(target=send, args=(bodies[number::SENDERS],)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])


if __name__ == "__main__":
    print(json.dumps(measure_inside(Path(sys.argv[1]))))
