"""What the benchmarks count with: row sizes, write units, processor time, and where a run's figures go."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench_units import Counting
from benchmarks.processes import ProcessorTime
from benchmarks.report import BEGIN, END, Report
from benchmarks.row_size import size_of
from defiso.store.connection import connection
from defiso.tenants.models import Tenant

TABLE = Tenant.Meta.table_name
KEY = {"PK": {"S": "TENANT#bench"}, "SK": {"S": "METADATA"}}


def put(**values: dict[str, Any]) -> dict[str, Any]:
    return {"TransactItems": [{"Put": {"TableName": TABLE, "Item": KEY | values}}]}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="only its keys"),
        pytest.param({"text": {"S": "ß" * 1000}}, id="two bytes a letter"),
        pytest.param({"text": {"S": "x" * 3000}, "GSI1PK": {"S": "DOMAIN#a"}, "GSI1SK": {"S": "b"}}, id="in an index"),
        pytest.param({"list": {"L": [{"M": {"a": {"S": "x" * 900}}}, {"BOOL": True}, {"NULL": True}]}}, id="nested"),
    ],
)
def test_write_units_by_kind_of_row_are_those_that_the_engine_counts(values: dict[str, Any]) -> None:
    counting = Counting(type(connection()).dispatch)

    for change in ({}, values, values):
        counting.dispatch(connection(), "TransactWriteItems", put(**change, at={"S": datetime.now(UTC).isoformat()}))

    assert counting.engine > 0
    assert dict(counting.kinds) == {"METADATA": counting.engine}


def test_what_only_keeps_a_lease_costs_a_certificate_nothing() -> None:
    counting = Counting(type(connection()).dispatch)
    lease = {"PK": {"S": "LEASE#worker"}, "SK": {"S": "METADATA"}}

    counting.dispatch(connection(), "PutItem", {"TableName": TABLE, "Item": lease})

    assert not counting.kinds


def test_a_row_counts_its_names_and_values() -> None:
    row = {"PK": {"S": "a"}, "n": {"N": "1234"}, "b": {"B": b"123"}, "s": {"SS": ["x", "yz"]}, "m": {"M": {}}}

    assert size_of(row) == (2 + 1) + (1 + 3) + (1 + 3) + (1 + 3) + (1 + 3)


def test_processor_time_is_that_of_a_process_and_of_all_it_started() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    times = ProcessorTime(us=os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()

        used = times.used()["us"]

        process.stdin.write("\n")
        process.stdin.close()

    assert used >= 0.3


def test_the_figures_of_a_run_go_between_the_marks_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold figures\n{END}\nafter\n", encoding="utf-8")
    report = Report()
    report.measure("page cold", 4.94)
    report.measure("worker", 400)
    report.goals()

    report.paste_into(page)

    text = page.read_text(encoding="utf-8")
    assert "old figures" not in text
    assert "| page cold, CPU of ORM on PostgreSQL |  | ≤ 5.0 | 4.9 | met |" in text
    assert "| worker, events/s | 222 | ≥ 420 | 400 | MISSED |" in text
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"\n{END}\nafter\n")


def test_the_page_of_the_benchmarks_has_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes((Path(__file__).parents[2] / "docs/benchmarks.md").read_bytes())

    Report(lines=["a figure"]).paste_into(page)

    assert "a figure" in page.read_text(encoding="utf-8")
