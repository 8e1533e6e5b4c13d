import threading
from datetime import timedelta

import time_machine

from defiso.core.cache import TimedCache
from defiso.core.clock import now


def test_a_value_is_kept_for_its_time_and_no_longer() -> None:
    cache: TimedCache[str] = TimedCache(size=10, seconds=60)
    with time_machine.travel(now(), tick=False) as traveller:
        cache.put("acme.localhost", "acme")
        traveller.shift(timedelta(seconds=59))
        assert cache.get("acme.localhost") == "acme"
        traveller.shift(timedelta(seconds=1))
        assert cache.get("acme.localhost") is None


def test_a_clock_set_back_does_not_make_a_value_live_longer() -> None:
    cache: TimedCache[str] = TimedCache(size=10, seconds=60)
    with time_machine.travel(now(), tick=False) as traveller:
        cache.put("acme.localhost", "acme")
        traveller.shift(-timedelta(hours=1))
        assert cache.get("acme.localhost") is None


def test_the_oldest_values_go_first_when_it_is_full() -> None:
    cache: TimedCache[int] = TimedCache(size=3, seconds=60)

    for number in range(100):
        cache.put(str(number), number)

    assert len(cache) == 3
    assert [cache.get(str(number)) for number in (96, 97, 98, 99)] == [None, 97, 98, 99]


def test_many_threads_may_use_it_at_once() -> None:
    cache: TimedCache[int] = TimedCache(size=50, seconds=60)
    wrong: list[object] = []

    def use() -> None:
        for number in range(3000):
            try:
                cache.put(str(number % 80), number % 80)
                if cache.get(str(number % 80)) not in (None, number % 80):
                    wrong.append(number)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(cache) == 50
