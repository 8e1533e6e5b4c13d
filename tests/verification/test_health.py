from concurrent.futures import ThreadPoolExecutor

import pytest

from defiso.store.connection import counted_calls
from defiso.verification import health
from defiso.verification.health import forget_health, read_health


def test_health_is_found_out_once_a_second_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(health, "chain_problem", lambda: asked.append(1))
    forget_health()

    with counted_calls() as calls, ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: read_health(), range(40)))
        again = read_health()
    forget_health()

    assert len(asked) == 1
    assert calls == []
    assert all(answer == again for answer in answers)
