"""Programs of others reach this machine's loopback and nothing else, whatever way they try."""

import socket
import threading
from typing import Any

import pytest

from tests.independent.programs import try_cases

PLACES = {
    "outside": "192.0.2.1",  # nobody's (RFC 5737)
    "outside by name": "w3id.org",
    "here by name": "localhost",  # whose meaning the machine decides
}
WAYS = (
    *("fetch", "http", "https", "socket", "tls", "pipe", "lookup", "resolve", "resolver"),
    *("datagram", "program", "worker"),
)


@pytest.fixture(scope="module")
def refusals() -> dict[str, Any]:
    return try_cases("reaching.mjs", [_case(way, place, host, 8080) for way in WAYS for place, host in PLACES.items()])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
def test_no_way_leads_out_of_the_machine(refusals: dict[str, Any], way: str, place: str) -> None:
    outcome = refusals[f"{way} {place}"]

    assert not outcome["accepted"]
    assert outcome["failed"][0].startswith("refused: ")


def test_the_loopback_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        port = server.getsockname()[1]

        outcomes = try_cases(
            "reaching.mjs", [_case(way, "here", "127.0.0.1", port) for way in ("fetch", "http", "socket")]
        )

    assert all(outcome["accepted"] for outcome in outcomes.values()), outcomes


def _case(way: str, place: str, host: str, port: int) -> dict[str, Any]:
    return {"name": f"{way} {place}", "way": way, "host": host, "port": port}


def _answer(server: socket.socket) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        connection.close()
