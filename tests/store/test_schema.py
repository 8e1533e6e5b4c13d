import re
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.management import CommandError, call_command

from defiso.engines import dynamodb_command
from defiso.store import schema
from defiso.store.connection import connection, forget_connection
from defiso.store.items import TABLES
from defiso.store.schema import create_tables
from tests.conftest import free_port, wait_for_port


@pytest.fixture
def fresh_engine() -> Iterator[None]:
    """An engine of its own, without tables."""
    port, shared = free_port(), settings.DYNAMODB_ENDPOINT_URL
    engine = subprocess.Popen(dynamodb_command(port=port), stdout=subprocess.DEVNULL)
    wait_for_port(port)
    settings.DYNAMODB_ENDPOINT_URL = f"http://127.0.0.1:{port}"
    forget_connection()
    yield
    engine.kill()
    engine.wait()
    settings.DYNAMODB_ENDPOINT_URL = shared
    forget_connection()


def test_every_table_is_made_with_its_indexes_and_on_demand(fresh_engine: None) -> None:
    reports = create_tables()

    assert [report.created for report in reports] == [True] * len(TABLES)
    table = connection().client.describe_table(TableName="defiso-certificates")["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["GSI1", "GSI2", "GSI3"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert "StreamSpecification" not in table
    ttl = connection().client.describe_time_to_live(TableName="defiso-sessions")["TimeToLiveDescription"]
    assert ttl["AttributeName"] == "expires_at"


def test_on_aws_tables_have_streams(fresh_engine: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "checked by nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "checked by nobody")
    settings.USE_DYNAMODB = True
    forget_connection()

    create_tables()

    table = connection().client.describe_table(TableName="defiso-certificates")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_a_second_run_changes_nothing_and_says_so(fresh_engine: None, capsys: pytest.CaptureFixture[str]) -> None:
    create_tables()

    call_command("create_tables")

    printed = capsys.readouterr().out
    assert "defiso-tenants: already there" in printed
    assert "not supported here: point-in-time recovery" in printed


def test_a_table_with_other_keys_is_refused_by_name_and_nothing_is_made(fresh_engine: None) -> None:
    connection().client.create_table(
        TableName="defiso-sessions",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )

    with pytest.raises(CommandError, match=r"defiso-sessions differs: the table has HASH id \(S\) where defiso needs"):
        call_command("create_tables")

    assert connection().client.list_tables()["TableNames"] == ["defiso-sessions"]


def test_the_command_says_what_it_made_what_is_not_supported_and_how_long_it_took(
    fresh_engine: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_tables")

    *tables, summary = [line for line in capsys.readouterr().out.splitlines() if "not supported" not in line]
    assert tables == [f"{table.Meta.table_name}: created" for table in TABLES]
    took = re.fullmatch(r"7 tables ready on http://127\.0\.0\.1:\d+ in (\d+\.\d) s", summary)
    assert took
    assert float(took[1]) < 2


class Service:
    """A service that has everything, in place of the real one, which no test can reach; notes what it is asked."""

    def __init__(self, *, busy: int = 0) -> None:
        self.asked: dict[str, list[dict[str, Any]]] = {}
        self.busy = busy

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        self.asked.setdefault(operation, []).append(arguments)
        if operation == "DescribeTable" and arguments["TableName"] not in self.made():
            raise failure("ResourceNotFoundException", operation)
        if operation == "UpdateContinuousBackups" and self.busy:
            self.busy -= 1
            raise failure("ContinuousBackupsUnavailableException", operation)
        answers: dict[str, dict[str, Any]] = {
            "DescribeTable": {"Table": {"TableStatus": "ACTIVE"}},
            "DescribeTimeToLive": {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
            "DescribeContinuousBackups": {"ContinuousBackupsDescription": {}},
        }
        return answers.get(operation, {})

    def made(self) -> list[str]:
        return [request["TableName"] for request in self.asked.get("CreateTable", [])]


def failure(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def test_where_the_service_has_them_all_protections_are_asked_for(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service()
    settings.USE_DYNAMODB = True
    monkeypatch.setattr(schema, "_call", service.call)

    reports = create_tables()

    assert [report.unsupported for report in reports] == [[]] * len(TABLES)
    for request in service.asked["CreateTable"]:
        assert request["BillingMode"] == "PAY_PER_REQUEST"
        assert request["DeletionProtectionEnabled"] is True
        assert request["SSESpecification"]["Enabled"] is True
        assert request["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert [asked["TableName"] for asked in service.asked["UpdateContinuousBackups"]] == service.made()
    assert [asked["TableName"] for asked in service.asked["UpdateTimeToLive"]] == ["defiso-sessions"]


def test_a_table_whose_backups_are_still_being_set_up_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(busy=2)
    monkeypatch.setattr(schema, "_call", service.call)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)

    create_tables()

    assert len(service.asked["UpdateContinuousBackups"]) == len(TABLES) + 2
