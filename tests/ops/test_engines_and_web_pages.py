"""No page in a browser reads from an embedded engine or writes to it, by any of the ways a page has."""

import json
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from defiso.engines import CHAIN_PORT, DYNAMODB_PORT, chain_command, dynamodb_command, engine_host
from tests.conftest import free_port, wait_for_port

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=00"
)
TABLE = {
    "TableName": "written-by-a-page",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ACCOUNT = "0x00000000000000000000000000000000000000aa"

BY_FETCH = """([url, options]) => fetch(url, options).then(r => r.text()).catch(e => "refused: " + e)"""
BY_WEBSOCKET = """([url, text]) => new Promise(done => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send(text);
    socket.onmessage = message => done(message.data);
    socket.onerror = () => done("refused");
})"""


class Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Where both engines of one copy listen, as ``python -m defiso.engines`` starts them."""
    host = engine_host(free_port())
    with ExitStack() as stack:
        for command, port in (
            (dynamodb_command(port=DYNAMODB_PORT, host=host), DYNAMODB_PORT),
            (chain_command(port=CHAIN_PORT, host=host, chain_id=31337), CHAIN_PORT),
        ):
            engine = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            stack.callback(engine.wait)
            stack.callback(engine.kill)
            wait_for_port(port, host=host)
        yield host


@pytest.fixture(scope="module")
def foreign_page(browser: Browser) -> Iterator[Page]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


def dynamodb_request(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Authorization": AUTHORIZATION}
    headers |= {"X-Amz-Date": "20260101T000000Z", "Content-Type": "application/x-amz-json-1.0"}
    return {"method": "POST", "headers": headers, "body": json.dumps(body)}


def chain_request(method: str, *params: object, kind: str = "application/json") -> dict[str, Any]:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    return {"method": "POST", "headers": {"Content-Type": kind}, "body": body}


def ask(url: str, options: dict[str, Any]) -> Any:
    """The same request by something that is no browser."""
    request = urllib.request.Request(url, data=options["body"].encode(), headers=options["headers"], method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_a_page_could_read_the_database_if_it_stood_on_a_usual_port(foreign_page: Page, dynamodb: str) -> None:
    answer = foreign_page.evaluate(BY_FETCH, [dynamodb, dynamodb_request("ListTables", {})])

    assert "defiso-users" in answer


def test_a_page_neither_reads_from_the_database_nor_writes_to_it(foreign_page: Page, host: str) -> None:
    url = f"http://{host}:{DYNAMODB_PORT}/"
    create = dynamodb_request("CreateTable", TABLE)

    read = foreign_page.evaluate(BY_FETCH, [url, dynamodb_request("ListTables", {})])
    written = foreign_page.evaluate(BY_FETCH, [url, create])
    blind = foreign_page.evaluate(BY_FETCH, [url, create | {"mode": "no-cors"}])

    assert all(answer.startswith("refused: TypeError") for answer in (read, written, blind)), (read, written, blind)
    assert ask(url, dynamodb_request("ListTables", {})) == {"TableNames": []}


def test_a_page_neither_reads_from_the_chain_nor_writes_to_it(foreign_page: Page, host: str) -> None:
    url = f"http://{host}:{CHAIN_PORT}/"
    give = ("anvil_setBalance", ACCOUNT, "0x1")

    read = foreign_page.evaluate(BY_FETCH, [url, chain_request("eth_chainId")])
    written = foreign_page.evaluate(BY_FETCH, [url, chain_request(*give)])
    blind = foreign_page.evaluate(BY_FETCH, [url, chain_request(*give, kind="text/plain") | {"mode": "no-cors"}])
    socket = foreign_page.evaluate(BY_WEBSOCKET, [url.replace("http", "ws"), chain_request(*give)["body"]])

    assert all(answer.startswith("refused") for answer in (read, written, blind, socket)), (read, written, blind)
    assert ask(url, chain_request("eth_getBalance", ACCOUNT, "latest"))["result"] == "0x0"


@pytest.mark.parametrize("port", [DYNAMODB_PORT, CHAIN_PORT])
def test_no_link_or_form_leads_a_browser_there(browser: Browser, host: str, port: int) -> None:
    page = browser.new_page()

    with pytest.raises(Error, match="ERR_UNSAFE_PORT"):
        page.goto(f"http://{host}:{port}/")
    page.close()
