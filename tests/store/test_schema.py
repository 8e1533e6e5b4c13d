import subprocess
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from defiso.engines import dynamodb_command
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


def test_every_table_is_made_with_its_indexes_and_streams_and_on_demand(fresh_engine: None) -> None:
    reports = create_tables()

    assert [report.created for report in reports] == [True] * len(TABLES)
    table = connection().client.describe_table(TableName="defiso-certificates")["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["GSI1", "GSI2", "GSI3"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    ttl = connection().client.describe_time_to_live(TableName="defiso-sessions")["TimeToLiveDescription"]
    assert ttl["AttributeName"] == "expires_at"


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
