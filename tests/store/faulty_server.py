"""A DynamoDB that misbehaves as told: a real HTTP server on 127.0.0.1 that counts what it is asked."""

import json
import socket
import socketserver
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

ROW = {"Item": {"PK": {"S": "TENANT#acme"}, "SK": {"S": "METADATA"}}}
Behaviour = Callable[["_Exchange"], None]


class _Exchange(socketserver.StreamRequestHandler):
    """One connection, kept open from request to request until a behaviour closes it."""

    server: "FaultyServer"

    def handle(self) -> None:
        try:
            self._accept()
            while body := self._read_request():
                self.server.requests.append(json.loads(body))
                behaviours = self.server.behaviours
                (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(self)
        except (ConnectionError, ssl.SSLError):
            pass  # the other side has heard enough
        self.close_connection()

    def _accept(self) -> None:
        self.server.connections += 1
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.setup()

    def close_connection(self) -> None:
        self.request.close()

    def _read_request(self) -> bytes:
        length = 0
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _colon, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return self.rfile.read(length)

    def send(self, status: int, body: bytes, *, headers: str = "", crc: int | None = None, missing: int = 0) -> None:
        checksum = f"x-amz-crc32: {zlib.crc32(body) if crc is None else crc}\r\n" if crc != -1 else ""
        head = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body) + missing}\r\n{checksum}{headers}\r\n"
        self.wfile.write(head.encode() + body)


class FaultyServer(socketserver.ThreadingTCPServer):
    """``behaviours`` are taken in turn, the last for ever; ``requests`` are the bodies that were received."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.behaviours = list(behaviours)
        self.requests: list[dict[str, Any]] = []
        self.connections = 0
        self.tls = tls
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[FaultyServer]:
    with FaultyServer(*behaviours, tls=tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def answers(exchange: _Exchange) -> None:
    exchange.send(200, json.dumps(ROW).encode())


def says(status: int, code: str, **more: object) -> Behaviour:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}).encode()
    return lambda exchange: exchange.send(status, body)


def sends(status: int, body: bytes, **how: Any) -> Behaviour:
    return lambda exchange: exchange.send(status, body, **how)


def resets(exchange: _Exchange) -> None:
    exchange.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.request.close()
    raise ConnectionResetError


def closes_half_way(exchange: _Exchange) -> None:
    exchange.send(200, json.dumps(ROW).encode()[:20], missing=40)
    raise ConnectionAbortedError


def hangs(exchange: _Exchange) -> None:
    exchange.server.over.wait()
    raise ConnectionAbortedError


def trickles(exchange: _Exchange) -> None:
    exchange.send(200, b" ", missing=1000)
    while not exchange.server.over.wait(0.1):
        exchange.wfile.write(b" ")
    raise ConnectionAbortedError


def never_ends(exchange: _Exchange) -> None:
    """An answer without a length, which no honest one exceeds."""
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.server.over.is_set():
        exchange.wfile.write(b"1000\r\n" + b" " * 0x1000 + b"\r\n")
    raise ConnectionAbortedError
