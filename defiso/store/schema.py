"""Making the tables: keys and indexes from the models, and what the service offers to protect them.

Idempotent. A table whose keys differ from the models is refused, never changed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from defiso.core.errors import RefusedError, UnavailableError
from defiso.store.connection import connection
from defiso.store.items import TABLES, TTL_ATTRIBUTES, Item

WAIT_SECONDS = 60
SERVICE_ERRORS = (BotoCoreError, ClientError)  # no answer, no credentials, access denied


@dataclass
class TableReport:
    """What happened to one table: created or already there, and the features that this service does not have."""

    name: str
    created: bool
    unsupported: list[str] = field(default_factory=list)


class TableDiffersError(RefusedError):
    code = "table_differs"


def create_tables() -> list[TableReport]:
    """Create every table that is missing, then switch on TTL and point-in-time recovery where the service has them.

    Raises TableDiffersError, before anything is created, when an existing table has other keys or indexes.
    """
    existing = {table: _describe(table) for table in TABLES}
    for table, description in existing.items():
        if description is not None:
            _refuse_if_different(table, description)
    reports = [TableReport(table.Meta.table_name, created=existing[table] is None) for table in TABLES]
    for table, report in zip(TABLES, reports, strict=True):
        if report.created:
            _create(table, report)
    for table, report in zip(TABLES, reports, strict=True):
        _wait_until_active(table)
        _switch_on(table, report)
    return reports


def _definition(table: type[Item]) -> dict[str, Any]:
    """The CreateTable request of a table, without the optional features."""
    schema = table._get_schema()
    definition: dict[str, Any] = {
        "TableName": table.Meta.table_name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": schema["attribute_definitions"],
        "KeySchema": schema["key_schema"],
    }
    indexes = [
        {"IndexName": index["index_name"], "KeySchema": index["key_schema"], "Projection": index["projection"]}
        for index in schema["global_secondary_indexes"]
    ]
    if indexes:
        definition["GlobalSecondaryIndexes"] = indexes
    return definition


# Streams are for what reads them on AWS. The embedded engine would keep every row twice over, and nothing reads it.
CREATION_FEATURES: dict[str, dict[str, Any]] = {
    "streams": {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}},
    "server-side encryption": {"SSESpecification": {"Enabled": True, "SSEType": "KMS"}},
    "deletion protection": {"DeletionProtectionEnabled": True},
}


def _create(table: type[Item], report: TableReport) -> None:
    """Create with every feature; leave out, and report, those that the service refuses one at a time."""
    features = dict(CREATION_FEATURES)
    if not settings.USE_DYNAMODB:
        del features["streams"]
    while True:
        request = _definition(table)
        for extra in features.values():
            request |= extra
        try:
            _call("CreateTable", **request)
            return
        except ClientError as error:
            if _code(error) == "ResourceInUseException":  # another process was quicker
                report.created = False
                return
            refused = _feature_named_in(error, features)
            if refused is None:
                raise
            del features[refused]
            report.unsupported.append(refused)


def _feature_named_in(error: ClientError, features: dict[str, dict[str, Any]]) -> str | None:
    words = {"streams": "Stream", "server-side encryption": "SSE", "deletion protection": "DeletionProtection"}
    text = str(error)
    return next((name for name in features if words[name] in text), None)


def _switch_on(table: type[Item], report: TableReport) -> None:
    name = table.Meta.table_name
    if table in TTL_ATTRIBUTES:
        _try("TTL", report, lambda: _ensure_ttl(name, TTL_ATTRIBUTES[table]))
    _try("point-in-time recovery", report, lambda: _ensure_recovery(name))


def _ensure_ttl(name: str, attribute: str) -> None:
    status = _call("DescribeTimeToLive", TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if status == "DISABLED":
        specification = {"Enabled": True, "AttributeName": attribute}
        _call("UpdateTimeToLive", TableName=name, TimeToLiveSpecification=specification)


def _ensure_recovery(name: str) -> None:
    description = _call("DescribeContinuousBackups", TableName=name)["ContinuousBackupsDescription"]
    if description.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED":
        return
    specification = {"PointInTimeRecoveryEnabled": True}
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            _call("UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=specification)
            return
        except ClientError as error:  # a new table says so while its backups are being set up
            if _code(error) != "ContinuousBackupsUnavailableException" or time.monotonic() > deadline:
                raise
        time.sleep(0.5)


def _try(feature: str, report: TableReport, switch: Callable[[], None]) -> None:
    try:
        switch()
    except ClientError as error:
        if _code(error) not in ("UnknownOperationException", "UnsupportedOperationException"):
            raise
        report.unsupported.append(feature)


def _describe(table: type[Item]) -> dict[str, Any] | None:
    try:
        description: dict[str, Any] = _call("DescribeTable", TableName=table.Meta.table_name)["Table"]
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise
    return description


def _wait_until_active(table: type[Item]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        description = _describe(table)
        parts = [description or {}, *(description or {}).get("GlobalSecondaryIndexes", [])]
        if all((part.get("TableStatus") or part.get("IndexStatus")) == "ACTIVE" for part in parts):
            return
        if time.monotonic() > deadline:
            raise UnavailableError(f"Table {table.Meta.table_name} was not ready after {WAIT_SECONDS} seconds.")
        time.sleep(0.2)


def _refuse_if_different(table: type[Item], description: dict[str, Any]) -> None:
    wanted, present = _keys(_definition(table)), _keys(description)
    differences = [
        f"{index} has {_words(present.get(index))} where defiso needs {_words(keys)}"
        for index, keys in wanted.items()
        if present.get(index) != keys
    ]
    if differences:
        name, all_of_them = table.Meta.table_name, "; ".join(differences)
        raise TableDiffersError(f"Table {name} differs: {all_of_them}. Nothing was changed.")


def _keys(definition: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """Per index (and ``the table``): (attribute, its type, HASH or RANGE)."""
    types = {part["AttributeName"]: part["AttributeType"] for part in definition["AttributeDefinitions"]}
    schemas = {"the table": definition["KeySchema"]}
    schemas |= {index["IndexName"]: index["KeySchema"] for index in definition.get("GlobalSecondaryIndexes", [])}
    return {
        name: sorted((key["AttributeName"], types[key["AttributeName"]], key["KeyType"]) for key in schema)
        for name, schema in schemas.items()
    }


def _words(keys: list[tuple[str, str, str]] | None) -> str:
    return " and ".join(f"{kind} {name} ({type_})" for name, type_, kind in keys) if keys else "nothing"


def _call(operation: str, **arguments: Any) -> dict[str, Any]:
    """A control-plane operation by botocore's own method: PynamoDB knows only some of them."""
    answer: dict[str, Any] = getattr(connection().client, xform_name(operation))(**arguments)
    return answer


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
