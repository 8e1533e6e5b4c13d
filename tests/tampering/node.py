"""A node of the chain that lies about one thing and passes on the rest."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.tampering.table import Answer

HONEST = object()
QUICKLY = 0.01  # seconds between two looks at whether it is to stop


@contextmanager
def lying_node(honest: str, answer: Answer) -> Iterator[str]:
    """Its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = urllib.request.Request(honest, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as response:
                told = json.load(response)
            asked = json.loads(body)
            for question, reply in zip(
                *([one] if isinstance(one, dict) else one for one in (asked, told)), strict=True
            ):
                lie = answer.lies.get(question["method"], HONEST)
                if lie is not HONEST:
                    reply["result"] = {**reply["result"], **lie} if isinstance(lie, dict) else lie
            octets = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(octets)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(octets)

        def do_OPTIONS(self) -> None:
            """What a browser asks before it sends JSON to another origin."""
            self.send_response(204)
            for name in ("Origin", "Headers"):
                self.send_header(f"Access-Control-Allow-{name}", "*")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(QUICKLY,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
