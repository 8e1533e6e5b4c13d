"""Write units of one anchored certificate, from issue to proof, by kind of row: in a bulk load and for one alone.

A transactional write costs two units a KB of the larger of the row before and after, a condition check as much, each
index entry that changes one a KB, and two if its key changes (DynamoDB developer guide, "Read/write capacity"). Reads
are made before and after each write, so that every row is known; the engine's own count is told beside.
"""

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any
from unittest.mock import patch

from benchmarks.engine_file import pending_events
from benchmarks.report import Report
from benchmarks.row_size import size_of
from benchmarks.scene import Body, Scene, finish, wait_until

WRITES = ("TransactWriteItems", "BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem")
OF_THE_LOG = ("LOG", "MAP", "BATCH COMMITMENTS", "BATCH TOUCHED", "BATCHES")
Row = dict[str, Any]


def measure(scene: Scene, report: Report) -> None:
    report.section("Write units of one anchored certificate")
    bulk, alone = (_counted(scene, body) for body in (scene.counted, scene.single))
    kinds = sorted(bulk["kinds"] | alone["kinds"], key=lambda kind: -bulk["kinds"].get(kind, 0))
    rows = [(kind, *(f"{found['kinds'].get(kind, 0):.2f}" for found in (bulk, alone))) for kind in kinds]
    rows += [("all", *(f"{sum(found['kinds'].values()):.1f}" for found in (bulk, alone)))]
    rows += [("all, as the engine counts", *(f"{found['engine']:.1f}" for found in (bulk, alone)))]
    report.table(("kind of row", f"one of {len(scene.counted.numbers)} loaded together", "one alone"), rows)
    report.measure("write units", sum(bulk["kinds"].values()))
    report.measure("write units alone", sum(alone["kinds"].values()))
    for name, found in {"units of the log": bulk, "units of the log alone": alone}.items():
        report.measure(name, sum(found["kinds"].get(kind, 0) for kind in OF_THE_LOG))


def _counted(scene: Scene, body: Body) -> dict[str, Any]:
    inside = scene.start("-m", "benchmarks.bench_units", body.slug, str(body.register))
    try:
        assert inside.stdout
        assert inside.stdout.readline() == b"loaded\n", "the load failed"
        wait_until(lambda: not pending_events(scene.engine_file))
        scene.wait_until_anchored(body)
    finally:
        inside.terminate()  # the worker ends after its step, and what was counted is printed
    found: dict[str, Any] = json.loads(finish(inside))
    number = len(body.numbers)
    return {
        "kinds": {kind: units / number for kind, units in found["kinds"].items()},
        "engine": found["engine"] / number,
    }


def count_inside(slug: str, register: str) -> None:
    """In a process of its own with the copy's settings: load, say so, and be the worker until told to stop."""
    import django

    django.setup()
    from django.core.management import call_command

    from defiso.store.connection import SharedConnection

    counting = Counting(SharedConnection.dispatch)
    with patch.object(SharedConnection, "dispatch", lambda shared, *request: counting.dispatch(shared, *request)):
        call_command("load_register", register, tenant=slug, stdout=sys.stderr)
        print("loaded", flush=True)
        call_command("worker")
    print(json.dumps({"kinds": counting.kinds, "engine": counting.engine}))


class Counting:
    """Stands before ``SharedConnection.dispatch``. What only keeps a lease is not counted: it is the price of time."""

    def __init__(self, dispatch: Any) -> None:
        self._dispatch = dispatch
        self._indexes: dict[str, list[Row]] = {}
        self._lock = threading.Lock()
        self.kinds: Counter[str] = Counter()
        self.engine = 0.0

    def dispatch(self, shared: Any, operation: str, request: Row) -> Any:
        parts = list(_parts(operation, request)) if operation in WRITES else []
        if all(kind_of(key) == "LEASE" for _verb, _table, key in parts):
            return self._dispatch(shared, operation, request)
        before = [self._read(shared, table, key) for _verb, table, key in parts]
        answer = self._dispatch(shared, operation, request | {"ReturnConsumedCapacity": "INDEXES"})
        after = [self._read(shared, table, key) for _verb, table, key in parts]
        factor = 2 if operation == "TransactWriteItems" else 1
        consumed = answer.get("ConsumedCapacity", [])
        with self._lock:
            for (_verb, table, key), old, new in zip(parts, before, after, strict=True):
                self.kinds[kind_of(key)] += factor * _kilobytes(old, new) + self._of_indexes(shared, table, old, new)
            for one in consumed if isinstance(consumed, list) else [consumed]:
                self.engine += one["CapacityUnits"]
        return answer

    def _read(self, shared: Any, table: str, key: Row) -> Row:
        request = {"TableName": table, "Key": key, "ConsistentRead": True}
        found: Row = self._dispatch(shared, "GetItem", request).get("Item", {})
        return found

    def _of_indexes(self, shared: Any, table: str, old: Row, new: Row) -> int:
        units = 0
        for index in self._indexes_of(shared, table):
            keys = [part["AttributeName"] for part in index["KeySchema"]]
            entry, fresh = _projected(index, keys, old), _projected(index, keys, new)
            if entry == fresh:
                continue
            moved = entry and fresh and any(entry[key] != fresh[key] for key in keys)
            units += _kilobytes(entry) + _kilobytes(fresh) if moved else _kilobytes(entry, fresh)
        return units

    def _indexes_of(self, shared: Any, table: str) -> list[Row]:
        if table not in self._indexes:
            description = shared.client.describe_table(TableName=table)["Table"]
            self._indexes[table] = description.get("GlobalSecondaryIndexes", [])
        return self._indexes[table]


def _parts(operation: str, request: Row) -> Iterator[tuple[str, str, Row]]:
    """(Put, Update, Delete or ConditionCheck; table; key) of all rows of a write."""
    if operation == "TransactWriteItems":
        for part in request["TransactItems"]:
            for verb, one in part.items():
                yield verb, one["TableName"], one.get("Key") or _key(one["Item"])
    elif operation == "BatchWriteItem":
        for table, entries in request["RequestItems"].items():
            for entry in entries:
                for verb, one in entry.items():
                    yield verb.removesuffix("Request"), table, one.get("Key") or _key(one["Item"])
    else:
        yield operation.removesuffix("Item"), request["TableName"], request.get("Key") or _key(request["Item"])


def _key(item: Row) -> Row:
    return {name: item[name] for name in ("PK", "SK")}


def kind_of(key: Row) -> str:
    """``CERT``, ``EVENT``, ``PROOF``, …: how the key begins that says what the row is."""
    pk, sk = (key[name]["S"].partition("#")[0] for name in ("PK", "SK"))
    return sk if pk == "TENANT" else pk if sk == "METADATA" or pk in ("LEASE", "CODE") else f"{pk} {sk}"


def _projected(index: Row, keys: list[str], row: Row) -> Row:
    """The index's entry of a row: nothing if the row has not its keys."""
    if not all(key in row for key in keys):
        return {}
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return row
    names = {"PK", "SK", *keys, *projection.get("NonKeyAttributes", [])}
    return {name: value for name, value in row.items() if name in names}


def _kilobytes(*rows: Row) -> int:
    return max(1, *(ceil(size_of(row) / 1024) for row in rows))


if __name__ == "__main__":
    count_inside(*sys.argv[1:])
