"""The ASGI application that granian serves: reads a request downward from its head to its answer."""

import asyncio
import faulthandler
import gc
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from django.urls import get_resolver

from defiso.leash import end_with_parent
from defiso.server.bodies import Bodies, Receive
from defiso.server.heartbeat import beat
from defiso.server.holders import Holder, holders_of
from defiso.server.refusals import BodyTooLargeError, ClientGoneError, ServerRefusal
from defiso.server.threads import Threads
from defiso.server.wsgi import Answer, environ_of
from defiso.store.connection import connection
from defiso.tenants.middleware import PORTAL, REGISTRY
from defiso.web.jinja import compile_pages
from defiso.web.middleware import HEADERS
from defiso.wsgi import application as answer_in_thread

WITHOUT_BODY = ("GET", "HEAD")  # what such a request brings all the same is not read
LIVE_PATH = "/livez"
PART_SECONDS = 30.0  # for a client to take one part of an answer in parts

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger("defiso.server")
end_with_parent()  # granian's workers outlive a granian that was killed
faulthandler.enable()


class Server:
    """One process's: its bodies and threads."""

    def __init__(self) -> None:
        self.bodies = Bodies()
        self.threads = Threads()
        self._beat = asyncio.get_running_loop().create_task(beat(self.threads.is_well))

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        holders = holders_of(scope)
        try:
            body = b""
            if scope["method"] not in WITHOUT_BODY:
                body = await self.bodies.read(receive, holders=holders, announced=_announced(scope))
            environ, send_whole = environ_of(scope, body), partial(_send_whole, send)
            answer = await self.threads.run(holders, Answer, answer_in_thread, environ, hand=send_whole)
        except ServerRefusal as refusal:
            if isinstance(refusal, BodyTooLargeError):
                log.warning("refused a %s to %r: %s", scope["method"], scope["path"], type(refusal).__name__)
            return await _say(send, refusal.status, refusal.sentence)
        except ClientGoneError:
            return None
        if answer.has_more:
            await self._send_in_parts(answer, holders, send)

    async def _send_in_parts(self, answer: Answer, holders: list[Holder], send: Send) -> None:
        """No thread waits for the client; one that takes nothing for PART_SECONDS gets no more."""
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        try:
            while answer.has_more:
                async with asyncio.timeout(PART_SECONDS):
                    await send({"type": "http.response.body", "body": answer.part, "more_body": True})
                await self.threads.run(holders, answer.read_part)
            await send({"type": "http.response.body", "body": answer.part})
        except (TimeoutError, ServerRefusal):
            log.warning("an answer in parts was given up: its client took nothing, or no thread was free")
            answer.close()


_server: Server | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["path"] == LIVE_PATH:
        await _say(send, 200, "This process answers.")
    elif _server is not None:
        await _server.answer(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    global _server
    await receive()
    load()
    _server = Server()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def _send_whole(send: Send, answer: Answer) -> bool:
    """Send the answer if it is one part, right from the thread: granian does what it is asked without being awaited."""
    if answer.has_more:
        return False
    send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    send({"type": "http.response.body", "body": answer.part})
    return True


def load() -> None:
    """All that answers are made with, so that the first request of a worker costs no more than the next."""
    compile_pages()
    for face in (REGISTRY, PORTAL):
        get_resolver(face).reverse_dict  # noqa: B018  imports the views, and web3 behind them, for half a second
    connection()  # botocore reads its service descriptions for a third of a second; nobody is asked anything
    gc.freeze()  # what is loaded by now stays for good: no collection need look through it


async def _say(send: Send, status: int, sentence: str) -> None:
    headers = {**HEADERS, "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Vary": "Host"}
    if status == 503:
        headers["Retry-After"] = "5"
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def _announced(scope: Scope) -> int:
    """The length of the body by its head; 0 where the head does not say. granian refuses one that is no number."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)
