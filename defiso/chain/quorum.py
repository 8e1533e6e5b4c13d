"""Several nodes asked at once: what most of those that answer agree on is believed, and the odd ones are named.

What is asked, and what counts as the same answer, is the client's. With one node there is nothing to compare.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import median_low
from typing import Generic, Protocol, TypeVar

from defiso.chain.errors import ChainDisagreementError, ChainMismatchError, ChainUnavailableError
from defiso.core.errors import UnavailableError

GRACE_SECONDS = 0.25  # for the others, once most of the nodes agree
REST_SECONDS = 10.0  # without being asked, for a node that did not answer
DOUBT_SECONDS = 600.0  # that a node stays named after it was outvoted
MOST_AT_ONCE = 16  # questions to a node, so that a slow one never takes the others' threads
OUTVOTED, LAGS, SILENT, ELSEWHERE = (
    "answers otherwise than the others",
    "lags behind the others",
    "gives no answer, or an error",
    "is on another chain",
)
log = logging.getLogger(__name__)


class Voter(Protocol):
    """A node; ``name`` is its host."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Voter)
T = TypeVar("T")


@dataclass(frozen=True)
class Seen(Generic[T]):
    """A node's answer, its newest block's number then, and the first block with which a node knows such an answer."""

    head: int
    value: T
    since: int = 0


class Quorum(Generic[N]):
    """The nodes of one chain. An answer has ``seconds``; a node whose head is ``patience`` blocks behind lags."""

    def __init__(self, nodes: Sequence[N], *, seconds: float, patience: int) -> None:
        self._nodes = list(nodes)
        self._seconds = seconds
        self._patience = patience
        self._lock = threading.Lock()
        self._rests_until: dict[N, float] = {}
        self._under_way: Counter[N] = Counter()
        self._doubts: dict[tuple[N, str], float] = {}

    @property
    def compares(self) -> bool:
        return len(self._nodes) > 1

    def ask(self, question: Callable[[N], Seen[T]], *, key: Callable[[T], object]) -> list[Seen[T]]:
        """The answers with the same key that most of those who answered in time gave.

        Raises ChainDisagreementError if there are none such, else what the nodes failed with if none answered.
        """
        if not self.compares:
            return [question(self._nodes[0])]
        futures = self._submit(question, self._awake())
        answers = self._gather(futures, key)
        agreeing = _largest(answers, key)
        if not 2 * len(agreeing) > len(answers):
            self._judge(futures, key, None)
            names = sorted(futures[future].name for future in answers)
            raise ChainDisagreementError(names)
        self._judge(futures, key, agreeing)
        return agreeing

    def tell(self, order: Callable[[N], T]) -> list[T]:
        """Hand something to every node; the answers that came in time. Raises what they failed with if none did."""
        if not self.compares:
            return [order(self._nodes[0])]
        futures = self._submit(order, self._nodes)
        wait(futures, timeout=self._seconds)
        return [future.result() for future in _answered(futures, self._seconds)]

    def doubts(self) -> dict[str, str]:
        """What is wrong with which node, by its host."""
        with self._lock:
            return {node.name: text for node, text in self._doubts}

    def _awake(self) -> list[N]:
        with self._lock:
            now = time.monotonic()
            awake = [
                node
                for node in self._nodes
                if self._rests_until.get(node, 0) <= now and self._under_way[node] < MOST_AT_ONCE
            ]
        return awake or self._nodes

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(MOST_AT_ONCE * len(self._nodes), thread_name_prefix="chain")

    def _submit(self, question: Callable[[N], T], nodes: Sequence[N]) -> dict[Future[T], N]:
        futures: dict[Future[T], N] = {}
        for node in nodes:
            with self._lock:
                self._under_way[node] += 1
            future = self._threads.submit(question, node)
            future.add_done_callback(partial(self._note_end, node))
            futures[future] = node
        return futures

    def _gather(self, futures: dict[Future[Seen[T]], N], key: Callable[[T], object]) -> dict[Future[Seen[T]], Seen[T]]:
        """The answers until time is up, which is soon once they can no longer be outvoted."""
        ends, pending = time.monotonic() + self._seconds, set(futures)
        while pending and (left := ends - time.monotonic()) > 0:
            _done, pending = wait(pending, timeout=left, return_when=FIRST_COMPLETED)
            answers = {future: future.result() for future in futures if future.done() and not future.exception()}
            if 2 * len(_largest(answers, key)) > len(futures):
                ends = min(ends, time.monotonic() + GRACE_SECONDS)
        return {future: future.result() for future in _answered(futures, self._seconds)}

    def _judge(
        self, futures: dict[Future[Seen[T]], N], key: Callable[[T], object], believed: list[Seen[T]] | None
    ) -> None:
        """Name the nodes that answered otherwise; also those that have yet to answer, when they do."""
        for future, node in futures.items():
            future.add_done_callback(partial(self._compare, node, key, believed))

    def _compare(
        self, node: N, key: Callable[[T], object], believed: list[Seen[T]] | None, future: Future[Seen[T]]
    ) -> None:
        if future.exception():
            return
        seen = future.result()
        if believed is None:
            return self._doubt(node, OUTVOTED)
        is_same, head = key(seen.value) == key(believed[0].value), middle_head(believed)
        if seen.head + self._patience < head:
            self._doubt(node, LAGS)
        elif is_same:
            self._trust(node, LAGS)
        if not is_same and seen.head >= believed[0].since:
            self._doubt(node, OUTVOTED)
        return None

    def _note_end(self, node: N, future: Future[T]) -> None:
        """Let a node rest that failed, and trust one that answers to be there."""
        problem = future.exception()
        with self._lock:
            self._under_way[node] -= 1
            self._rests_until[node] = time.monotonic() + REST_SECONDS if problem else 0
        if problem and not isinstance(problem, UnavailableError):
            log.error("chain node=%s question failed", node.name, exc_info=problem)
        if problem:
            self._doubt(node, ELSEWHERE if isinstance(problem, ChainMismatchError) else SILENT)
        else:
            self._trust(node, SILENT, ELSEWHERE)

    def _doubt(self, node: N, text: str) -> None:
        with self._lock:
            is_new = (node, text) not in self._doubts
            self._doubts[node, text] = time.monotonic()
        if is_new:
            log.error("chain node=%s problem=%s", node.name, text)

    def _trust(self, node: N, *texts: str) -> None:
        """No more doubt of these kinds, nor of having been outvoted long ago."""
        with self._lock:
            old = time.monotonic() - DOUBT_SECONDS
            over = [
                (doubted, text)
                for (doubted, text), at in self._doubts.items()
                if doubted is node and (text in texts or (text == OUTVOTED and at < old))
            ]
            for doubt in over:
                del self._doubts[doubt]
        for _node, text in over:
            log.info("chain node=%s no longer %s", node.name, text)


def middle_head(answers: Sequence[Seen[T]]) -> int:
    """The middle one of what they say is the newest block, the lower of two: no one node can move it far."""
    return median_low(seen.head for seen in answers)


def _largest(answers: dict[Future[Seen[T]], Seen[T]], key: Callable[[T], object]) -> list[Seen[T]]:
    """The largest group of answers that have the same key."""
    groups: dict[object, list[Seen[T]]] = {}
    for seen in answers.values():
        groups.setdefault(key(seen.value), []).append(seen)
    return max(groups.values(), key=len, default=[])


def _answered(futures: dict[Future[T], N], seconds: float) -> list[Future[T]]:
    """Those that are done and well. Raises the failure that says most if there are none."""
    done = [future for future in futures if future.done()]
    failures = [failure for future in done if (failure := future.exception())]
    if len(failures) < len(done):
        return [future for future in done if not future.exception()]
    mismatch = next((failure for failure in failures if isinstance(failure, ChainMismatchError)), None)
    raise mismatch or next(iter(failures), ChainUnavailableError(f"no answer within {seconds:g} s"))
