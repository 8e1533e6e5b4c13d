"""The WSGI side of one request (PEP 3333): its environ, and the answer as parts that are read in a thread."""

import io
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

PART = 256 * 1024  # bytes of an answer that are sent at once: nearly all answers are one part
SAME_FOR_ALL = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def environ_of(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The environ of a request whose whole body is ``body``.

    A doubled header is joined by commas, so that a doubled Host is malformed. A name with an underscore is left out: it
    would be taken for the one with a hyphen, which a proxy may have written.
    """
    environ = SAME_FOR_ALL.copy()
    for name, value in scope["headers"]:
        if b"_" not in name:
            key = _key_of(name)
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    server = scope.get("server") or ("localhost", 80)
    environ |= {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": _path_of(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
    }
    return environ


def _path_of(scope: dict[str, Any]) -> str:
    raw: bytes = scope["raw_path"]
    return unquote_to_bytes(raw).decode("latin-1") if b"%" in raw else raw.decode("latin-1")


@lru_cache(maxsize=256)
def _key_of(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"


class Answer:
    """What ``application`` answers; made, read and closed in threads, one at a time.

    ``part`` is the next to send, ``has_more`` whether another follows it.
    """

    def __init__(self, application: Application, environ: dict[str, Any]) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._whole = application(environ, self._start)
        self._rest = iter(self._whole)
        self.read_part()

    def read_part(self) -> None:
        self.part, self.has_more = b"", True
        parts: list[bytes] = []
        size = 0
        while size < PART:
            part = next(self._rest, None)
            if part is None:
                self.has_more = False
                self.close()
                break
            parts.append(part)
            size += len(part)
        self.part = b"".join(parts)

    def close(self) -> None:
        close = getattr(self._whole, "close", None)
        if close:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
