"""Every step of the worker broken, in four ways, every read in two, and the same passes run again: nothing is lost,
doubled or left over.

The tables name the steps and reads of an undisturbed run; one that is added, or taken away, fails the first test. Each
kind is broken once in ``make test``, and wherever it occurs in ``make test-long``.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import pytest
from _pytest.mark import ParameterSet

from defiso.anchoring.models import Leaf
from defiso.chain.client import Chain
from defiso.outbox.hold import LEASE_NAME, Hold
from defiso.outbox.services import quarantined_events
from defiso.store.errors import StoreTroubleError
from defiso.store.lease import acquire_lease
from defiso.tenants.services import get_tenant
from tests.anchoring.anvil import Anvil
from tests.anchoring.kit import assert_anchored_exactly_once, issue, issue_many, pending_events, work
from tests.anchoring.test_chain_faults import later
from tests.certificates.making import counts_of
from tests.crashes.breaking import Breakage, Death, counted_steps
from tests.memory import forget_everything


def issue_two() -> list[Leaf]:
    leaves = [issue("acme", "FM-1", before=None), issue("globex", "FM-2", before=None)]
    forget_everything()  # the worker is a process of its own
    return leaves


def nothing_done(anvil: Anvil, hold: Hold, chain: Chain) -> list[Leaf]:
    return issue_two()


def many_done_in_pieces(anvil: Anvil, hold: Hold, chain: Chain) -> list[Leaf]:
    """More than one transaction can hold, in the outbox as in the proofs."""
    leaves = [*issue_many("acme", 120), issue("globex", "FM-2", before=None)]
    forget_everything()
    return leaves


def chain_wiped(anvil: Anvil, hold: Hold, chain: Chain) -> list[Leaf]:
    leaves = issue_two()
    work(hold, chain)
    anvil.kill()
    anvil.start()
    forget_everything()
    return leaves


def attempt_reverted(anvil: Anvil, hold: Hold, chain: Chain) -> list[Leaf]:
    leaves = issue_two()
    anvil.make_account_revert()
    anvil.hold_transactions()
    work(hold, chain)
    anvil.release_transactions()
    anvil.make_account_plain()
    return leaves


def offer_too_low(anvil: Anvil, hold: Hold, chain: Chain) -> list[Leaf]:
    leaves = issue_two()
    anvil.hold_transactions()
    work(hold, chain)
    return leaves


def release(anvil: Anvil, hold: Hold, chain: Chain) -> None:
    anvil.release_transactions()
    work(hold, chain)


@dataclass(frozen=True)
class Story:
    """``begin`` leads up to ``steps``, taken ``seconds`` later; ``end`` brings it home with ``active`` certificates.

    ``reads`` are those beside READS_OF_A_PASS.
    """

    begin: Callable[[Anvil, Hold, Chain], list[Leaf]]
    steps: list[str]
    reads: list[str]
    seconds: float = 0
    end: Callable[[Anvil, Hold, Chain], None] = lambda anvil, hold, chain: None
    active: tuple[int, int] = (1, 1)


PLATFORM_FIRST = ["store _take_out"]
ASK = ["chain look"] * 2  # once a minute
SEAL = [*ASK, "store seal_batch", "store seal_batch"]
COLLECT_AND_SEAL = [*PLATFORM_FIRST, "store _write_look_ups", "store _take_out", *SEAL]
SIGN_AND_SEND = [
    "chain next_nonce",
    "chain sign_batch",
    "store sign_batch",
    "chain send_batch",
    "store send_batch",
]
MINED_TO_ANCHORED = [
    "chain watch_batch",
    "store _record_receipt",
    "chain _finalise",
    "store _finalise",
    "chain prove_batch",
    "store _write_places",
    "store prove_batch",
    "store prove_batch",
    "chain find_lost_anchors",
]
ANCHORED_ANEW = [step for step in MINED_TO_ANCHORED if step != "store _write_places"]
LOST = [
    *ASK,
    "chain find_lost_anchors",
    "chain find_lost_anchors",
    "store send_back",
    "store send_back",
    "store find_lost_anchors",
    "chain watch_batch",
    "chain resend_batch",
    "chain fill_nonce_gap",
]
OFFER = [
    *ASK,
    "chain watch_batch",
    "chain offer_more",
    "store offer_more",
    "chain send_batch",
    "store send_batch",
    "chain watch_batch",
    "chain fill_nonce_gap",
    "chain watch_batch",
    "chain fill_nonce_gap",
]
IN_PIECES = [
    *PLATFORM_FIRST,
    *["store _write_look_ups", "store _take_out"] * 3,
    *SEAL,
    *SIGN_AND_SEND,
    *MINED_TO_ANCHORED[:5],
    *["store _write_places"] * 2,
    *MINED_TO_ANCHORED[6:],
]

READS_OF_A_PASS = {  # and how often at least, in the passes of any story
    "_run_shard": 12,
    "batches_in for find_open_batch": 3,
    "batches_in for seal_due_batches": 3,
    "batches_in for _ours": 22,
    "read_account": 3,
    "_texts": 1,
    "read_restores": 1,
}
READS_TO_SEALED = [
    "_still_pending",
    "_row_of",
    "_wanted",
    "verify_credentials",
    "require_newest",
    "_check",
    "_take_out",
    "add",
    "_tenants_in",
    "_record for _try",
    "read_leaves for seal_batch",
    "read_touched for seal_batch",
    "commit",
    "read_batch for seal_batch",
]
READS_TO_SENT = [
    "next_nonce",
    "read_batch for sign_batch",
    "read_batch for send_batch",
]
READS_TO_ANCHORED = [
    "read_batch for _record_receipt",
    "read_batch for _finalise",
    "read_leaves for prove_batch",
    "leaves_of_tree",
    "read_batch for prove_batch",
]
READS_OF_LOST = [
    "find_lost_anchors",
    "read_batch for find_lost_anchors",
    "read_leaves for send_back",
    "read_batch for send_back",
]

STORIES = {
    "a batch from outbox to proofs": Story(
        nothing_done,
        COLLECT_AND_SEAL + SIGN_AND_SEND + MINED_TO_ANCHORED,
        READS_TO_SEALED + READS_TO_SENT + READS_TO_ANCHORED,
    ),
    "certificates in pieces": Story(
        many_done_in_pieces, IN_PIECES, READS_TO_SEALED + READS_TO_SENT + READS_TO_ANCHORED, active=(120, 1)
    ),
    "a chain wiped clean": Story(chain_wiped, LOST + ANCHORED_ANEW, READS_OF_LOST + READS_TO_ANCHORED),
    "an attempt that reverted": Story(
        attempt_reverted,
        [*ASK, "chain _mined", "chain watch_batch", "store _rule_out", *SIGN_AND_SEND, *MINED_TO_ANCHORED],
        ["read_use", "read_batch for _judge", "read_batch for _rule_out", *READS_TO_SENT, *READS_TO_ANCHORED],
        seconds=5,
    ),
    "an offer that is not taken": Story(
        offer_too_low, OFFER, ["read_batch for offer_more", "read_batch for send_batch"], seconds=120, end=release
    ),
}
IN_PIECES_TOO = ["store _write_look_ups", "store _take_out", "store _write_places"]


def points(kinds: list[tuple[str, str, int | tuple[str, int], list[Breakage]]]) -> list[ParameterSet]:
    """(story, step, point, breakages) as parameters; all but the first of each step are for the long run."""
    seen: set[str] = set()
    parameters = []
    for story, step, point, breakages in kinds:
        marks = [pytest.mark.long] if step in seen else []
        seen.add(step)
        parameters += [
            pytest.param(story, point, breakage, marks=marks, id=f"{story}: {point} {step} {breakage.value}")
            for breakage in breakages
        ]
    return parameters


STEPS = points(
    [
        (name, f"{step} in pieces" if name == "certificates in pieces" else step, position, list(Breakage))
        for name, story in STORIES.items()
        for position, step in enumerate(story.steps)
        if name != "certificates in pieces" or step in IN_PIECES_TOO
    ]
)
READS = points(
    [
        (name, read, (read, occurrence), [Breakage.FAILS, Breakage.DIES])
        for name, story in STORIES.items()
        for read in [*READS_OF_A_PASS, *story.reads]
        for occurrence in range(READS_OF_A_PASS.get(read, 1))
    ]
)


@pytest.mark.parametrize("name", STORIES)
def test_an_undisturbed_run_takes_these_steps(anvil, chain, hold, name):
    story = STORIES[name]
    leaves = story.begin(anvil, hold, chain)

    with counted_steps(anvil) as steps, later(story.seconds) if story.seconds else nullcontext():
        work(hold, chain)
    story.end(anvil, hold, chain)

    assert_anchored_exactly_once(anvil, leaves)
    assert steps.names == story.steps
    assert set(steps.reads) == {*READS_OF_A_PASS, *story.reads}
    assert all(steps.reads.count(read) >= times for read, times in READS_OF_A_PASS.items())


@pytest.mark.parametrize(("name", "point", "breakage"), STEPS + READS)
def test_a_broken_step_or_read_is_made_good_by_running_again(anvil, chain, hold, name, point, breakage):
    story = STORIES[name]
    leaves = story.begin(anvil, hold, chain)

    with counted_steps(anvil, point, breakage) as steps, later(story.seconds) if story.seconds else nullcontext():
        try:
            work(hold, chain)
        except StoreTroubleError:
            pass  # the worker rests and goes on
        except Death:
            hold = next_worker()
    assert steps.broke
    assert quarantined_events() == []
    assert [event.attempts for event in pending_events() if event.attempts] == []
    with later(story.seconds + 120):
        work(hold, chain)
    story.end(anvil, hold, chain)

    assert_anchored_exactly_once(anvil, leaves)
    counts = [counts_of(get_tenant(slug)) for slug in ("acme", "globex")]
    assert counts == [{"active": active} for active in story.active]


def next_worker() -> Hold:
    """The process starts again: a new term of the lease, and nothing remembered."""
    lease = acquire_lease(LEASE_NAME, holder="this test", seconds=600)
    assert lease
    return Hold(lease)
