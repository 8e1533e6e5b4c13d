"""The few threads that requests are answered in: no holder has them all, and who waits too long is told so.

asyncio's own executor is not used: a request through it costs 40 µs more, and it knows no shares.
"""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from defiso.server.holders import Holder
from defiso.server.refusals import TooLateError

COUNT = 4
SHARE = 3  # of one holder
ANSWER_SECONDS = 11.0  # waiting included; the thread goes on, but nobody is kept
HUNG_SECONDS = 30.0  # a thread this long at one request will not come back


class Job:
    """A call that waits for a thread or is in one; ``started`` is in monotonic seconds."""

    def __init__(self, holders: Sequence[Holder], call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        loop = asyncio.get_running_loop()
        self.holders = holders
        self.call = call
        self.arguments = arguments
        self.future: asyncio.Future[Any] = loop.create_future()
        self.started = 0.0
        self._limit = loop.call_later(ANSWER_SECONDS, self._expire)

    def finish(self, result: Any, error: BaseException | None) -> None:
        self._limit.cancel()
        if not self.future.done():
            self.future.set_exception(error) if error else self.future.set_result(result)

    def _expire(self) -> None:
        if not self.future.done():
            self.future.set_exception(TooLateError())


class Threads:
    """Belongs to the event loop that makes it; only ``_work`` runs elsewhere."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._at_work: set[Job] = set()
        self._held: Counter[Holder] = Counter()
        self._waiting: deque[Job] = deque()
        for number in range(COUNT):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    async def run(self, holders: Sequence[Holder], call: Callable[..., Any], *arguments: Any) -> Any:
        """What ``call`` returns or raises in a thread. Raises TooLateError: what has not begun by then never does."""
        job = Job(holders, call, arguments)
        if self._has_room(job):
            self._start(job)
        else:
            self._waiting.append(job)
        return await job.future

    def is_well(self) -> bool:
        """Whether no thread is lost at a request."""
        now = time.monotonic()
        return all(now - job.started < HUNG_SECONDS for job in self._at_work)

    def _has_room(self, job: Job) -> bool:
        return len(self._at_work) < COUNT and all(self._held[holder] < SHARE for holder in job.holders)

    def _start(self, job: Job) -> None:
        job.started = time.monotonic()
        self._at_work.add(job)
        self._held.update(job.holders)
        self._queue.put(job)

    def _finish(self, job: Job, result: Any, error: BaseException | None) -> None:
        self._at_work.remove(job)
        for holder in job.holders:
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]
        job.finish(result, error)
        self._start_next()

    def _start_next(self) -> None:
        """The one that has waited longest of those whose holders' shares have room."""
        while self._waiting and self._waiting[0].future.done():
            self._waiting.popleft()
        for job in self._waiting:
            if self._has_room(job) and not job.future.done():
                self._waiting.remove(job)
                self._start(job)
                return

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            result, error = None, None
            try:
                result = job.call(*job.arguments)
            except BaseException as raised:  # raised again where it is awaited
                error = raised
            try:
                self._loop.call_soon_threadsafe(self._finish, job, result, error)
            except RuntimeError:  # the loop is closed: the process is ending, and nobody waits
                return
            del job, result, error
