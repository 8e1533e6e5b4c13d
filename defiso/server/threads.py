"""The few threads that requests are answered in: no holder has them all, and who waits too long is told so.

asyncio's own executor is not used: it costs more, and it knows no shares. What a request costs here is waking up, so
nobody is woken who need not be: a thread takes the next that waits itself, and the event loop learns of an answer that
went out from a thread when it is awake anyway.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

from defiso.server.holders import Holder
from defiso.server.refusals import TooLateError

COUNT = 4
SHARE = 3  # of one holder
ANSWER_SECONDS = 11.0  # waiting included; the thread goes on, but nobody is kept
SWEEP_SECONDS = 0.25  # how exactly that is kept
HUNG_SECONDS = 30.0  # a thread this long at one request will not come back

Hand = Callable[[Any], bool]


def keep(_result: Any) -> bool:
    """Hands nothing out: what the call returned is for the event loop."""
    return False


class Job:
    """A call that waits for a thread or is in one; times are in monotonic seconds.

    Either the thread or TooLateError has the last word: whoever takes it first.
    """

    def __init__(self, holders: Sequence[Holder], call: Callable[..., Any], arguments: tuple[Any, ...], hand: Hand):
        self.holders = holders
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.asked = time.monotonic()
        self.begun = 0.0
        self.result: Any = None
        self.error: BaseException | None = None
        self._call, self._arguments, self._hand = call, arguments, hand
        self._last_word = threading.Lock()

    def take_last_word(self) -> bool:
        return self._last_word.acquire(blocking=False)

    def do(self) -> bool:
        """Make the call, in a thread; whether what it returned was handed out there. What it raises is kept."""
        try:
            self.result = self._call(*self._arguments)
            return self.take_last_word() and self._hand(self.result)
        except BaseException as raised:  # raised again where it is awaited
            self.error = raised
            return False

    def settle(self, error: BaseException | None = None) -> None:
        """Tell who awaits it, in the event loop; once."""
        error = error or self.error
        if not self.future.done():
            self.future.set_exception(error) if error else self.future.set_result(self.result)


class Threads:
    """Made in an event loop, to which ``run`` and ``is_well`` belong."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._open: set[Job] = set()
        self._done: deque[Job] = deque()  # by threads, not yet settled
        self._lock = threading.Lock()  # over the two that follow
        self._at_work: list[Job] = []
        self._waiting: deque[Job] = deque()
        self._sweeping = self._loop.create_task(self._sweep())
        for number in range(COUNT):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    async def run(self, holders: Sequence[Holder], call: Callable[..., Any], *arguments: Any, hand: Hand = keep) -> Any:
        """What ``call`` returns or raises in a thread. Raises TooLateError: what has not begun by then never does.

        ``hand`` is given the result in the thread, and never after TooLateError. If it says that it has handed it out,
        this returns some time later.
        """
        self._settle()
        job = Job(holders, call, arguments, hand)
        self._open.add(job)
        with self._lock:
            starts = self._has_room(job)
            if starts:
                self._begin(job)
            else:
                self._waiting.append(job)
        if starts:
            self._queue.put(job)
        return await job.future

    def is_well(self) -> bool:
        """Whether no thread is lost at a request, and who waits too long is told so."""
        now = time.monotonic()
        with self._lock:
            return not self._sweeping.done() and all(now - job.begun < HUNG_SECONDS for job in self._at_work)

    def _settle(self) -> None:
        while self._done:
            job = self._done.popleft()
            self._open.discard(job)
            job.settle()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._settle()
            overdue = time.monotonic() - ANSWER_SECONDS
            with self._lock:  # so that none begins meanwhile
                late = [job for job in self._open if job.asked <= overdue and job.take_last_word()]
                for job in late:
                    job.settle(TooLateError())
            self._open.difference_update(late)

    def _work(self) -> None:
        while True:
            job: Job | None = self._queue.get()
            while job:
                handed = job.do()
                self._done.append(job)
                if not handed:
                    self._wake_loop()
                job = self._end(job)

    def _wake_loop(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._settle)
        except RuntimeError:  # the loop is closed: the process is ending, and nobody waits
            return

    def _has_room(self, job: Job) -> bool:
        if len(self._at_work) < SHARE:
            return True
        return len(self._at_work) < COUNT and all(self._held_by(holder) < SHARE for holder in job.holders)

    def _held_by(self, holder: Holder) -> int:
        return sum(holder in job.holders for job in self._at_work)

    def _begin(self, job: Job) -> None:
        job.begun = time.monotonic()
        self._at_work.append(job)

    def _end(self, job: Job) -> Job | None:
        """The next for the same thread: who has waited longest of those whose holders' shares have room."""
        with self._lock:
            self._at_work.remove(job)
            while self._waiting and self._waiting[0].future.done():
                self._waiting.popleft()
            for waiting in self._waiting:
                if self._has_room(waiting) and not waiting.future.done():
                    self._waiting.remove(waiting)
                    self._begin(waiting)
                    return waiting
            return None
