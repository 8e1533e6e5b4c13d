"""The rules of shares and limits, one process's, without a network."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from defiso.server import bodies, threads
from defiso.server.bodies import Bodies
from defiso.server.holders import Holder, holders_of
from defiso.server.refusals import BodyTooLargeError, BodyTooSlowError, ClientGoneError, TooLateError
from defiso.server.threads import Threads
from defiso.server.wsgi import Answer, environ_of

HERE, ELSEWHERE = Holder("network", "192.0.2.1"), Holder("network", "192.0.2.2")


def messages(*chunks: bytes | None) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What a client sends, piece by piece; after a None nothing more arrives."""
    left = list(chunks)

    async def receive() -> dict[str, Any]:
        chunk = left.pop(0)
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": bool(left)}

    return receive


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: the browser of other tests may hold an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_a_body_in_pieces_is_read_whole() -> None:
    async def read() -> bytes:
        return await Bodies().read(messages(b"a=1", b"&b", b"=2"), holders=[HERE], announced=0)

    assert run(read()) == b"a=1&b=2"


def test_a_body_that_does_not_say_its_length_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST", 10)

    with pytest.raises(BodyTooLargeError):
        run(Bodies().read(messages(b"x" * 6, b"x" * 6, None), holders=[HERE], announced=0))


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.05)

    with pytest.raises(BodyTooSlowError):
        run(Bodies().read(messages(b"x", None), holders=[HERE], announced=0))


def test_a_client_that_leaves_is_not_waited_for() -> None:
    async def leave() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientGoneError):
        run(Bodies().read(leave, holders=[HERE], announced=0))


def test_the_oldest_body_of_a_holder_gives_way_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bodies.SHARES, "network", 2)

    async def crowd() -> list[bool]:
        reading = Bodies()
        slow = [
            asyncio.create_task(reading.read(messages(b"x", None), holders=[holder], announced=0))
            for holder in (ELSEWHERE, HERE, HERE, HERE)
        ]
        for _ in range(5):
            await asyncio.sleep(0)
        quick = await reading.read(messages(b"quick"), holders=[HERE], announced=0)
        await asyncio.wait(slow[1:3], timeout=5)
        ended = [task.done() for task in slow]
        for task in slow:
            task.cancel()
        results = await asyncio.gather(*slow, return_exceptions=True)
        assert quick == b"quick"
        assert isinstance(results[1], BodyTooSlowError)
        return ended

    assert run(crowd()) == [False, True, True, False]


def test_no_holder_has_all_threads_and_what_waits_too_long_never_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "ANSWER_SECONDS", 0.3)
    end, begun = threading.Event(), []

    def slow(name: int) -> None:
        begun.append(name)
        end.wait(10)

    async def crowd() -> None:
        pool = Threads()
        flood = [asyncio.create_task(pool.run([HERE], slow, number)) for number in range(8)]
        await asyncio.sleep(0.05)

        assert await pool.run([ELSEWHERE], lambda: "answered") == "answered"
        results = await asyncio.gather(*flood, return_exceptions=True)
        end.set()
        assert [type(result) for result in results] == [TooLateError] * 8
        await asyncio.sleep(0.05)

    run(crowd())
    assert begun == [0, 1, 2]


def test_a_result_is_handed_out_in_its_thread_and_told_when_the_loop_is_awake() -> None:
    async def ask() -> tuple[str, list[str]]:
        handed: list[str] = []

        def hand(result: str) -> bool:
            handed.append(f"{result} in {threading.current_thread().name[:7]}")
            return True

        return await Threads().run([HERE], lambda: "answer", hand=hand), handed

    assert run(ask()) == ("answer", ["answer in request"])


def test_what_comes_too_late_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "COUNT", 1)
    monkeypatch.setattr(threads, "ANSWER_SECONDS", 0.05)
    end, handed = threading.Event(), []

    async def ask() -> None:
        pool = Threads()
        with pytest.raises(TooLateError):
            await pool.run([HERE], end.wait, 10, hand=handed.append)
        end.set()
        monkeypatch.setattr(threads, "ANSWER_SECONDS", 10)
        await pool.run([HERE], lambda: None)  # in the one thread, so after the first

    run(ask())
    assert handed == []


def test_what_cannot_be_handed_out_is_raised() -> None:
    async def ask() -> None:
        await Threads().run([HERE], lambda: 0, hand=lambda result: bool(1 // result))

    with pytest.raises(ZeroDivisionError):
        run(ask())


def test_what_waits_begins_when_a_thread_is_free_in_order() -> None:
    async def crowd() -> list[int]:
        pool = Threads()
        done: list[int] = []
        await asyncio.gather(*(pool.run([HERE], done.append, number) for number in range(50)))
        return done

    assert sorted(run(crowd())) == list(range(50))


def test_a_process_with_a_lost_thread_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "HUNG_SECONDS", 0.05)
    end = threading.Event()

    async def lose() -> tuple[bool, bool]:
        pool = Threads()
        task = asyncio.create_task(pool.run([HERE], end.wait, 10))
        await asyncio.sleep(0)
        before = pool.is_well()
        await asyncio.sleep(0.1)
        after = pool.is_well()
        end.set()
        await task
        return before, after

    assert run(lose()) == (True, False)


def test_a_process_that_no_longer_tells_who_waits_too_long_is_not_well() -> None:
    async def stop_telling() -> tuple[bool, bool]:
        pool = Threads()
        before = pool.is_well()
        pool._sweeping.cancel()
        await asyncio.wait([pool._sweeping])
        return before, pool.is_well()

    assert run(stop_telling()) == (True, False)


def scope_of(*headers: tuple[bytes, bytes], path: bytes = b"/") -> dict[str, Any]:
    scope = {"method": "GET", "raw_path": path, "query_string": b"", "http_version": "1.1", "scheme": "http"}
    return {**scope, "headers": headers, "client": ("192.0.2.9", "1"), "server": ("127.0.0.1", "80")}


def test_a_header_name_with_an_underscore_is_not_the_one_with_a_hyphen() -> None:
    environ = environ_of(scope_of((b"x_forwarded_for", b"evil"), (b"x-forwarded-for", b"192.0.2.7")), b"")

    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"


def test_doubled_headers_are_joined_so_that_a_doubled_host_is_malformed() -> None:
    doubled = ((b"host", b"localhost"), (b"host", b"acme.localhost"), (b"cookie", b"a=1"), (b"cookie", b"b=2"))
    environ = environ_of(scope_of(*doubled, path=b"/%C3%A9%ff"), b"abc")

    assert (environ["HTTP_HOST"], environ["HTTP_COOKIE"]) == ("localhost,acme.localhost", "a=1; b=2")
    assert (environ["PATH_INFO"], environ["CONTENT_LENGTH"]) == ("/\xc3\xa9\xff", "3")


def test_a_request_is_held_by_its_network_and_by_its_session(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    headers = ((b"x-forwarded-for", b"evil, 2001:db8::7"), (b"cookie", b"theme=dark; session=abc"))

    assert holders_of(scope_of(*headers)) == [Holder("network", "2001:db8::/64"), Holder("session", "abc")]


def test_an_answer_in_parts_is_closed_after_the_last() -> None:
    closed: list[int] = []

    class Parts:
        def __iter__(self) -> Any:
            return iter([b"x" * 200_000] * 3)

        def close(self) -> None:
            closed.append(1)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        start("200 OK", [("Content-Type", "text/plain")])
        return Parts()

    answer = Answer(application, {})
    first, more, open_still = len(answer.part), answer.has_more, not closed
    answer.read_part()

    assert (first, more, open_still) == (400_000, True, True)
    assert (len(answer.part), answer.has_more, closed) == (200_000, False, [1])
