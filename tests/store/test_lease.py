"""The lease: one holder, judged by how long it was seen unrenewed, whatever anybody's clock says."""

from types import SimpleNamespace

import pytest

from defiso.core.errors import RefusedError
from defiso.store.errors import DatabaseUnavailableError
from defiso.store.lease import LastSeen, Lease, acquire_lease, is_held, read_lease
from defiso.store.transactions import Writes, transaction
from tests.anchoring.test_chain_faults import later


def take(holder: str, seen: LastSeen | None = None) -> Lease | None:
    return acquire_lease("worker", holder=holder, seconds=10, seen=seen)


def test_a_lease_has_one_holder_until_it_is_seen_unrenewed_or_given_back(stopwatch: SimpleNamespace) -> None:
    first, seen = take("first"), LastSeen()
    assert first is not None
    assert take("second", seen) is None
    stopwatch.now += 9
    assert first.renew()
    assert take("second", seen) is None
    stopwatch.now += 9
    assert is_held(read_lease("worker"))
    assert take("second", seen) is None
    stopwatch.now += 2
    second = take("second", seen)

    assert second is not None
    assert second.term == first.term + 1
    assert not first.renew()
    first.release()
    assert is_held(read_lease("worker"))
    second.release()
    assert not is_held(read_lease("worker"))
    assert take("third") is not None


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_the_clock_of_a_lease_s_holder_says_nothing(stopwatch: SimpleNamespace, seconds: int) -> None:
    with later(seconds):
        take("wrong")
    seen = LastSeen()

    early = [take("right", seen)]
    stopwatch.now += 9.9
    early.append(take("right", seen))
    stopwatch.now += 0.2

    assert early == [None, None]
    assert take("right", seen) is not None


def test_the_clock_of_who_waits_may_jump(stopwatch: SimpleNamespace) -> None:
    take("first")
    seen = LastSeen()
    take("second", seen)

    with later(86_400):
        assert take("second", seen) is None


def test_who_was_stopped_between_two_looks_does_not_take_what_was_renewed_meanwhile(stopwatch: SimpleNamespace) -> None:
    first, seen = take("first"), LastSeen()
    assert first
    take("second", seen)
    for _ in range(20):
        stopwatch.now += 4
        assert first.renew()

    assert take("second", seen) is None


def test_a_renewal_at_the_last_moment_wins(stopwatch: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    first, seen = take("first"), LastSeen()
    assert first
    take("second", seen)
    stopwatch.now += 9.5
    commit = Writes.commit

    def renew_first(writes: Writes) -> None:
        monkeypatch.setattr(Writes, "commit", commit)
        assert first.renew()
        stopwatch.now += 1
        commit(writes)

    monkeypatch.setattr(Writes, "commit", renew_first)
    monkeypatch.setattr(LastSeen, "age", lambda *_: 10.5)

    assert take("second", seen) is None
    assert read_lease("worker").mark == ("first", 1, 1)  # type: ignore[union-attr]


def test_a_holder_gives_up_by_its_own_clock_before_anybody_may_take_over(stopwatch: SimpleNamespace) -> None:
    first, seen = take("first"), LastSeen()
    assert first
    stopwatch.now += 0.5
    take("second", seen)

    stopwatch.now += 9.6

    assert not first.renew()
    assert take("second", seen) is None
    stopwatch.now += 0.5
    assert take("second", seen) is not None


def test_who_gave_up_may_take_its_own_lease_again_at_once_under_another_term(stopwatch: SimpleNamespace) -> None:
    first = take("first")
    assert first
    stopwatch.now += 11

    again = take("first")

    assert again is not None
    assert again.term == first.term + 1
    with pytest.raises(RefusedError), transaction() as writes:
        first.guard(writes, otherwise=RefusedError("lost"))


def test_a_renewal_whose_answer_is_lost_is_told_from_the_next(
    stopwatch: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take("first")
    assert first
    commit = Writes.commit

    def lose_the_answer(writes: Writes) -> None:
        commit(writes)
        raise DatabaseUnavailableError

    with monkeypatch.context() as patch:
        patch.setattr(Writes, "commit", lose_the_answer)
        with pytest.raises(DatabaseUnavailableError):
            first.renew()
    lost = read_lease("worker")
    assert first.renew()

    assert lost is not None
    assert read_lease("worker").mark != lost.mark  # type: ignore[union-attr]
