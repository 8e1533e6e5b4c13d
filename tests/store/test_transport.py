"""What the first attempt makes of a server's faults: every answer, and how often the server was asked for it."""

import json
import os
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pycurl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pynamodb.exceptions import VerboseClientError

from defiso.store import connection as connecting
from defiso.store import transport
from defiso.store.connection import counted_calls
from defiso.store.errors import DatabaseUnavailableError, StoreBusyError, StoreDeniedError, StoreTroubleError
from defiso.store.items import TenantsItem, find_all
from tests.store.conftest import Connect
from tests.store.faulty_server import (
    ROW,
    Behaviour,
    answers,
    closes_half_way,
    hangs,
    never_ends,
    resets,
    says,
    sends,
    serving,
    trickles,
)

KEY = {"PK": {"S": "TENANT#acme"}, "SK": {"S": "METADATA"}}
GET = {"TableName": "defiso-tenants", "Key": KEY}
THROTTLED = says(400, "ProvisionedThroughputExceededException")
FULL_DISK = says(500, "InternalServerError")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore's back-off takes no time here."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None, time=time.time))


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 1)


def transaction_cancelled(*codes: str) -> Behaviour:
    return says(400, "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


def put() -> dict[str, Any]:
    return {"TransactItems": [{"Put": {"TableName": "defiso-tenants", "Item": KEY}}]}


def test_a_clean_answer_is_asked_for_once(connect: Connect) -> None:
    with serving(answers) as server:
        assert connect("fast", server.address).dispatch("GetItem", dict(GET)) == ROW

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(resets, id="reset"),
        pytest.param(closes_half_way, id="half a body"),
        pytest.param(sends(200, b'{"Item": {}}', crc=7), id="wrong checksum"),
        pytest.param(sends(200, b'{"Item": {}}', crc=-1), id="no checksum"),
        pytest.param(sends(200, b"<html>welcome"), id="garbage"),
        pytest.param(sends(200, b"[]"), id="no object"),
        pytest.param(sends(400, b"<html>bad"), id="garbage of an error"),
        pytest.param(sends(204, b""), id="another success"),
        pytest.param(FULL_DISK, id="500"),
        pytest.param(sends(502, b"bad gateway"), id="502"),
        pytest.param(THROTTLED, id="throttled"),
        pytest.param(says(400, "TransactionInProgressException"), id="under way"),
        pytest.param(transaction_cancelled("None", "ThrottlingError"), id="transaction throttled"),
        pytest.param(says(400, "ExpiredTokenException"), id="expired token"),
    ],
)
def test_after_a_fault_botocore_asks_once_more(fault: Behaviour, connect: Connect) -> None:
    with serving(fault, answers) as server, counted_calls() as calls:
        assert connect("fast", server.address).dispatch("GetItem", dict(GET))["Item"] == ROW["Item"]

    assert len(server.requests) == 2
    assert calls == ["GetItem"]


def test_on_a_connection_that_died_while_idle_curl_asks_again_by_itself(connect: Connect) -> None:
    with serving(answers, resets, answers) as server:
        shared = connect("fast", server.address)
        shared.dispatch("GetItem", dict(GET))
        assert shared.dispatch("GetItem", dict(GET)) == ROW

    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("fault", "trouble", "asked"),
    [
        pytest.param(FULL_DISK, StoreTroubleError, 5, id="500"),
        pytest.param(THROTTLED, StoreBusyError, 5, id="throttled"),
        pytest.param(says(400, "ThrottlingException"), StoreBusyError, 5, id="throttled too"),
        pytest.param(says(400, "RequestLimitExceeded"), StoreBusyError, 5, id="limit exceeded"),
        pytest.param(resets, DatabaseUnavailableError, 5, id="reset"),
        pytest.param(says(400, "AccessDeniedException"), StoreDeniedError, 2, id="denied"),
        pytest.param(says(400, "UnrecognizedClientException"), StoreDeniedError, 2, id="unknown client"),
        pytest.param(sends(200, b"<html>welcome"), DatabaseUnavailableError, 2, id="garbage"),
    ],
)
def test_a_fault_that_stays_is_the_stores_trouble(
    fault: Behaviour, trouble: type[StoreTroubleError], asked: int, connect: Connect
) -> None:
    with serving(fault) as server, pytest.raises(StoreTroubleError) as raised:
        connect("fast", server.address).dispatch("GetItem", dict(GET))

    assert type(raised.value) is trouble
    assert raised.value.retry_after
    assert len(server.requests) == asked


@pytest.mark.parametrize("way", ["fast", "botocore"])
def test_garbage_is_never_read_as_a_row_that_does_not_exist(way: str, connect: Connect) -> None:
    with serving(sends(200, b"<html>welcome", crc=-1)) as server, pytest.raises(StoreTroubleError):
        connect(way, server.address).dispatch("GetItem", dict(GET))


def test_a_redirect_is_not_followed(connect: Connect) -> None:
    with serving(answers) as elsewhere:
        away = sends(307, b"", headers=f"Location: {elsewhere.address}/\r\n")
        with serving(away) as server, pytest.raises(StoreTroubleError):
            connect("fast", server.address).dispatch("GetItem", dict(GET))

    assert len(server.requests) == 2
    assert elsewhere.requests == []


@pytest.mark.parametrize("fault", [hangs, trickles])
def test_a_hang_is_waited_out_once_and_logged(
    fault: Behaviour, connect: Connect, one_second: None, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(fault) as server:
        shared = connect("fast", server.address)
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailableError):
            shared.dispatch("GetItem", dict(GET))

    assert time.monotonic() - started < 3
    assert len(server.requests) == 1
    assert "DynamoDB did not do GetItem" in caplog.text


@pytest.mark.parametrize(("way", "before"), [("botocore", []), ("fast", [resets])])
def test_nor_does_botocore_wait_twice(way: str, before: list[Behaviour], connect: Connect, one_second: None) -> None:
    with serving(*before, hangs) as server:
        shared = connect(way, server.address)
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailableError):
            shared.dispatch("GetItem", dict(GET))

    assert time.monotonic() - started < 3
    assert len(server.requests) == len(before) + 1


@pytest.mark.parametrize("fault", [sends(200, b" " * 5000), never_ends])
def test_an_answer_too_large_is_neither_kept_nor_asked_for_again(
    fault: Behaviour, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(transport._ALWAYS, pycurl.MAXFILESIZE_LARGE, 4000)

    with serving(fault) as server, pytest.raises(StoreTroubleError):
        connect("fast", server.address).dispatch("GetItem", dict(GET))

    assert len(server.requests) == 1


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "TransactionConflictException"])
def test_a_refusal_is_final_and_keeps_its_name(code: str, connect: Connect) -> None:
    with serving(says(400, code)) as server, pytest.raises(VerboseClientError) as raised:
        connect("fast", server.address).dispatch("GetItem", dict(GET))

    assert raised.value.response["Error"] == {"Code": code, "Message": code}
    assert len(server.requests) == 1


def test_a_cancelled_transaction_tells_its_reasons_at_once(connect: Connect) -> None:
    cancelled = transaction_cancelled("None", "ConditionalCheckFailed", "TransactionConflict")

    with serving(cancelled) as server, pytest.raises(VerboseClientError) as raised:
        connect("fast", server.address).dispatch("TransactWriteItems", put())

    codes = [reason and reason.code for reason in raised.value.cancellation_reasons]
    assert codes == [None, "ConditionalCheckFailed", "TransactionConflict"]
    assert len(server.requests) == 1


def test_however_often_a_transaction_is_sent_it_carries_one_token(connect: Connect) -> None:
    with serving(resets, FULL_DISK, answers) as server:
        connect("fast", server.address).dispatch("TransactWriteItems", put())

    tokens = {request["ClientRequestToken"] for request in server.requests}
    assert len(server.requests) == 3
    assert len(tokens) == 1


def test_what_is_no_operation_on_rows_goes_to_botocore_alone(connect: Connect) -> None:
    with serving(sends(200, b"{}", crc=7), answers) as server:
        connect("fast", server.address).dispatch("DeleteItem", {"TableName": "defiso-tenants", "Key": KEY})

    assert len(server.requests) == 2  # botocore's own second attempt: one by curl would have been a third
    assert server.connections == 1


def test_a_text_that_orjson_cannot_write_is_left_to_botocore(connect: Connect) -> None:
    with serving(answers) as server:
        connect("fast", server.address).dispatch(
            "GetItem", {"TableName": "defiso-tenants", "Key": {"PK": {"S": "\ud800"}, "SK": {"S": "x"}}}
        )

    assert len(server.requests) == 1


def test_a_request_too_large_for_the_server_is_refused_and_no_trouble(connect: Connect) -> None:
    too_large = sends(413, b"length limit exceeded", crc=-1)

    with serving(too_large) as server, pytest.raises(VerboseClientError, match="413"):
        connect("fast", server.address).dispatch("TransactWriteItems", put())

    assert len(server.requests) == 2


def test_keys_left_out_again_and_again_are_trouble(connect: Connect) -> None:
    table = TenantsItem.Meta.table_name
    left_out = {"Responses": {}, "UnprocessedKeys": {table: {"Keys": [KEY]}}}

    with serving(sends(200, json.dumps(left_out).encode())) as server:
        connect("fast", server.address)
        with pytest.raises(StoreBusyError):
            find_all([(TenantsItem, "TENANT#acme", "METADATA")])

    assert len(server.requests) == 8


def test_each_thread_keeps_one_connection(connect: Connect) -> None:
    with serving(answers) as server:
        shared = connect("fast", server.address)

        def ask_twice() -> None:
            shared.dispatch("GetItem", dict(GET))
            shared.dispatch("GetItem", dict(GET))

        ask_twice()
        other = threading.Thread(target=ask_twice)
        other.start()
        other.join()

    assert len(server.requests) == 4
    assert server.connections == 2


def test_a_forked_process_does_not_speak_on_its_parents_connection(connect: Connect) -> None:
    with serving(answers) as server:
        shared = connect("fast", server.address)
        shared.dispatch("GetItem", dict(GET))
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if shared.dispatch("GetItem", dict(GET)) == ROW else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        shared.dispatch("GetItem", dict(GET))

    assert len(server.requests) == 3
    assert server.connections == 2


def test_a_server_that_nobody_vouches_for_is_told_nothing(connect: Connect, tmp_path: Path) -> None:
    with serving(answers, tls=tls_of(tmp_path)) as server, pytest.raises(DatabaseUnavailableError):
        connect("fast", server.address).dispatch("GetItem", dict(GET))

    assert server.requests == []


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_of_certificates_that_botocore_is_given_counts_here_too(
    variable: str, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = tls_of(tmp_path)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)  # it goes before the other
    monkeypatch.setenv(variable, str(tmp_path / "certificate.pem"))

    with serving(answers, tls=tls) as server:
        assert connect("fast", server.address).dispatch("GetItem", dict(GET)) == ROW

    assert len(server.requests) == 1


def tls_of(folder: Path) -> ssl.SSLContext:
    """What a server on 127.0.0.1 needs, by a certificate that only ``certificate.pem`` vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
