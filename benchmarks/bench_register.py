"""How fast a register loads: 2,000 certificates validated, signed and written to an embedded engine of its own.

Run ``python -m benchmarks.bench_register [FILE.csv]``; the worker does not run meanwhile. Goal: 400 certificates/s.
"""

import base64
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTER = ROOT / "tests/data/register.csv"
GOAL = 400  # certificates a second, on two cores


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else REGISTER
    with tempfile.TemporaryDirectory(prefix="defiso-bench-") as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="defiso.settings",
            DATA_DIR=folder,
            BASE_DOMAIN="localhost",
            SECRET_KEY="for a benchmark that is gone in a moment",
            MASTER_KEY=base64.b64encode(os.urandom(32)).decode(),
        )
        import django

        django.setup()
        _run(file, Path(folder))


def _run(file: Path, folder: Path) -> None:
    from django.conf import settings

    from defiso.engines import dynamodb_command, index_stream_records
    from defiso.store.schema import create_tables
    from tests.conftest import free_port, wait_for_port

    port, database = free_port(), folder / "dynamodb.sqlite"
    engine = subprocess.Popen(dynamodb_command(port=port, database=database), stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{port}"
        create_tables()
        index_stream_records(database)
        certificates = _measure(file)
    finally:
        engine.kill()
        engine.wait()
    _print_processor_time(certificates)


def _measure(file: Path) -> int:
    from defiso.audit.actors import SYSTEM
    from defiso.core.clock import today
    from defiso.credentials.services import create_signing_key
    from defiso.imports.loading import load_rows
    from defiso.imports.reading import read_register
    from defiso.tenants.services import create_tenant

    tenant = create_tenant(
        actor=SYSTEM,
        slug="acme",
        name="Acme Certification",
        also=lambda writes, tenant: create_signing_key(tenant=tenant, writes=writes),
    )
    started = time.perf_counter()
    rows = read_register(file, language="en", today=today())
    read = time.perf_counter()
    load_rows(tenant=tenant, actor=SYSTEM, rows=rows)
    loaded = time.perf_counter()
    again = load_rows(tenant=tenant, actor=SYSTEM, rows=rows)
    repeated = time.perf_counter()
    rate = len(rows) / (loaded - started)
    print(f"validate        {len(rows) / (read - started):8,.0f} rows/s")
    print(f"sign and write  {len(rows) / (loaded - read):8,.0f} certificates/s")
    print(f"all of it       {rate:8,.0f} certificates/s   goal {GOAL}: {'reached' if rate >= GOAL else 'MISSED'}")
    print(f"a second run    {len(rows) / (repeated - loaded):8,.0f} rows/s, {again.already_there:,} already there")
    return len(rows)


def _print_processor_time(certificates: int) -> None:
    """On a busy machine this tells more than the rates; starting Django is part of it."""
    for name, who in (("Python", resource.RUSAGE_SELF), ("the engine", resource.RUSAGE_CHILDREN)):
        used = resource.getrusage(who)
        print(
            f"processor time  {(used.ru_utime + used.ru_stime) / certificates * 1000:8.2f} ms a certificate in {name}"
        )


if __name__ == "__main__":
    main()
