"""A fuzz of the database: whatever rows somebody writes who has no key, no check says what is not so.

A failure names the try; ``FUZZ=17 make test ARGS="-k fuzzed"`` makes that one alone, ``FUZZ_SEED=2`` makes others.
"""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings

from defiso.chain.client import configured_chain
from tests.anchoring.anvil import Anvil
from tests.verification.adversary import Adversary
from tests.verification.aftermath import let_the_worker_work, wrong_in_the_record
from tests.verification.judging import Judge
from tests.verification.world import World, forget, make_world, put, put_back

SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
ONLY = os.environ.get("FUZZ")


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    with Anvil() as engine, pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "CHAIN_RPC_URLS", [engine.url])
        configured_chain.cache_clear()
        yield engine
    configured_chain.cache_clear()


@pytest.fixture(scope="module")
def world(anvil: Anvil) -> World:
    forget()
    return make_world()


@pytest.fixture
def adversary(world: World) -> Adversary:
    put_back(world.rows)
    print(f"FUZZ_SEED={SEED}")
    return Adversary(world, SEED)


def numbers(start: int, end: int) -> range:
    return range(int(ONLY), int(ONLY) + 1) if ONLY else range(start, end)


@pytest.mark.parametrize(("start", "end"), [(0, 300), pytest.param(300, 2500, marks=pytest.mark.long)])
def test_no_row_written_without_a_key_makes_a_check_say_what_is_not_so(
    world: World, adversary: Adversary, start: int, end: int
) -> None:
    wrong = []
    for number in numbers(start, end):
        change = adversary.attempt(number)
        for key, row in change.rows.items():
            put(key, row)
        forget()
        if found := Judge(world, change, number).judge():
            wrong.append("\n    ".join([f"FUZZ={number} {change}", *found]))
        for key in change.rows:
            put(key, world.rows.get(key))

    assert not wrong, f"FUZZ_SEED={SEED}\n" + "\n".join(wrong)


@pytest.mark.parametrize(("start", "end"), [(0, 22), pytest.param(22, 120, marks=pytest.mark.long)])
def test_the_worker_records_and_anchors_nothing_that_was_written_without_a_key(
    world: World, adversary: Adversary, anvil: Anvil, start: int, end: int
) -> None:
    wrong = []
    for number in numbers(start, end):
        change = adversary.attempt(number)
        block = anvil.rpc("evm_snapshot")
        for key, row in change.rows.items():
            put(key, row)
        forget()
        found = let_the_worker_work(change)
        forget()
        found += Judge(world, change, number, worked=True).judge()
        found += wrong_in_the_record(world)
        if found:
            wrong.append("\n    ".join([f"FUZZ={number} {change}", *found]))
        put_back(world.rows)
        anvil.rpc("evm_revert", block)

    assert not wrong, f"FUZZ_SEED={SEED}\n" + "\n".join(wrong)
