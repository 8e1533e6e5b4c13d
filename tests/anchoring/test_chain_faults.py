"""What a chain can do to an anchor, done to the real engine. Each ends anchored exactly once or honestly pending."""

import time
from datetime import timedelta

import pytest
import time_machine

from defiso.anchoring.accepting import accept_restore
from defiso.anchoring.machine import batches_in
from defiso.anchoring.models import State
from defiso.anchoring.sending import MOST_OFFERS
from defiso.audit.actors import OPERATOR
from defiso.chain.client import Chain
from defiso.chain.signers import LocalSigner
from defiso.core.clock import now
from defiso.worker.passes import Rules, run_pass
from tests.anchoring.anvil import CHAIN_ID, KEY, Anvil, LossyProxy, free_port
from tests.anchoring.kit import (
    RULES,
    assert_anchored_exactly_once,
    assert_honestly_pending,
    is_about_to_mine,
    issue,
    the_batch,
    work,
)


def accept(chain: Chain) -> None:
    """The operator says that transactions of the account were not the registry's."""
    while is_about_to_mine(chain):
        pass
    accept_restore(chain, actor=OPERATOR, reason="The account was used by hand.")


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=True)


def test_a_reorganised_anchor_is_sent_again_with_the_same_bytes(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    work(hold, chain)
    before = the_batch()

    anvil.reorganise(1)
    anvil.mine()
    lost = anvil.anchored_roots()
    work(hold, chain)

    assert lost == []
    assert_anchored_exactly_once(anvil, [leaf])
    assert the_batch().tx_hash == before.tx_hash
    assert the_batch().block_number > before.block_number


def test_a_reorg_before_the_anchor_is_final_takes_it_back_to_sent(anvil, chain, hold):
    deep = Rules(confirmations=3, batch_seconds=0)
    leaf = issue("acme", "FM-1")
    work(hold, chain, rules=deep)

    anvil.reorganise(1)
    anvil.hold_transactions()
    run_pass(hold, chain, deep)
    taken_back = the_batch()
    anvil.release_transactions()
    work(hold, chain, rules=deep)
    anvil.mine(3)
    work(hold, chain, rules=deep)

    assert (taken_back.state, taken_back.block_number) == (State.SENT, None)
    assert_anchored_exactly_once(anvil, [leaf])


def test_only_the_anchors_that_a_reorg_took_are_sent_again(anvil, chain, hold):
    leaves = []
    for number in range(4):
        leaves.append(issue("acme", f"FM-{number}"))
        work(hold, chain)
    untouched = [batch.version for batch in batches_in(State.ANCHORED)][:2]

    anvil.reorganise(2)
    work(hold, chain)

    assert_anchored_exactly_once(anvil, leaves)
    assert [batch.version for batch in batches_in(State.ANCHORED)][:2] == untouched


def test_a_dropped_transaction_is_sent_again(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)
    first = the_batch()

    anvil.drop_pool()
    work(hold, chain)
    anvil.release_transactions()
    work(hold, chain)

    assert first.state == State.SENT
    assert_anchored_exactly_once(anvil, [leaf])
    assert len(the_batch().attempts) == 1


def test_a_reverted_transaction_is_a_failed_attempt_and_another_follows(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.make_account_revert()
    work(hold, chain)
    failed = the_batch()

    anvil.make_account_plain()
    with later(5):
        work(hold, chain)

    assert (failed.state, [attempt.outcome for attempt in failed.attempts]) == (State.SEALED, ["reverted"])
    assert_anchored_exactly_once(anvil, [leaf])
    assert [attempt.nonce for attempt in the_batch().attempts] == [0, 1]


def test_attempts_that_keep_reverting_come_further_and_further_apart(anvil, chain, hold):
    issue("acme", "FM-1")
    anvil.make_account_revert()

    for _ in range(3):
        work(hold, chain)
    at_once = len(the_batch().attempts)
    with later(5):
        work(hold, chain)
        work(hold, chain)

    assert at_once == 1
    assert len(the_batch().attempts) == 2


def test_a_time_out_after_acceptance_neither_loses_nor_doubles_the_anchor(anvil, hold):
    proxy = LossyProxy(anvil.port)
    chain = Chain([proxy.url], chain_id=CHAIN_ID, signer=LocalSigner(KEY), timeout=0.3)
    leaf = issue("acme", "FM-1")
    run_pass(hold, anvil_down(), RULES)
    run_pass(hold, anvil_down(), RULES)
    original = chain.send

    def send_and_lose_the_answer(raw: str) -> object:
        proxy.swallow_answers = True
        try:
            return original(raw)
        finally:
            proxy.swallow_answers = False

    chain.send = send_and_lose_the_answer
    result = run_pass(hold, chain, RULES)
    maybe_sent = the_batch().state
    chain.send = original
    work(hold, chain)
    proxy.close()

    assert result.chain_problem
    assert maybe_sent == State.SIGNED
    assert_anchored_exactly_once(anvil, [leaf])
    assert len(the_batch().attempts) == 1


def anvil_down() -> Chain:
    return Chain([f"http://127.0.0.1:{free_port()}"], chain_id=CHAIN_ID, signer=LocalSigner(KEY), timeout=0.3)


def test_while_no_node_answers_certificates_are_still_collected_and_sealed(anvil, chain, hold):
    first = issue("acme", "FM-1")
    down = anvil_down()

    work(hold, down)
    second = issue("globex", "FM-2")
    work(hold, down)
    result = run_pass(hold, down, RULES)
    assert_honestly_pending([first, second])
    sealed = [batch.state for batch in batches_in(*State)]
    work(hold, chain)

    assert result.chain_problem
    assert not result.failed
    assert sealed == [State.SEALED, State.SEALED]
    assert_anchored_exactly_once(anvil, [first, second])


def test_an_outage_in_each_state_is_waited_out(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)

    result = run_pass(hold, anvil_down(), RULES)
    during = the_batch().state
    anvil.release_transactions()
    work(hold, chain)

    assert result.chain_problem
    assert during == State.SENT
    assert_anchored_exactly_once(anvil, [leaf])


def test_the_second_node_takes_over(anvil, hold):
    urls = [f"http://127.0.0.1:{free_port()}", anvil.url]
    chain = Chain(urls, chain_id=CHAIN_ID, signer=LocalSigner(KEY))
    leaf = issue("acme", "FM-1")

    work(hold, chain)

    assert_anchored_exactly_once(anvil, [leaf])


def test_a_nonce_used_by_another_transaction_gets_the_batch_a_new_one(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)
    anvil.drop_pool()
    anvil.spend_a_nonce()
    anvil.release_transactions()

    work(hold, chain)
    ruled_out = the_batch()
    with later(5):
        work(hold, chain)

    assert (ruled_out.state, [attempt.outcome for attempt in ruled_out.attempts]) == (State.SEALED, ["nonce used"])
    assert_anchored_exactly_once(anvil, [leaf])


def test_a_nonce_used_between_signing_and_sending_gets_the_batch_a_new_one(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    original = chain.send

    def send_after_somebody_else(raw: str) -> object:
        chain.send = original
        anvil.spend_a_nonce()
        while chain.nonce() == 0:
            time.sleep(0.01)
        return original(raw)

    chain.send = send_after_somebody_else
    work(hold, chain)
    with later(5):
        work(hold, chain)

    assert_anchored_exactly_once(anvil, [leaf])
    assert [attempt.nonce for attempt in the_batch().attempts] == [0, 1]


def test_foreign_transactions_before_ours_are_counted_in(anvil, chain, hold):
    for _ in range(3):
        anvil.spend_a_nonce()
    leaf = issue("acme", "FM-1")
    work(hold, chain)
    assert anvil.anchored_roots() == []

    accept(chain)
    work(hold, chain)

    assert_anchored_exactly_once(anvil, [leaf])
    assert the_batch().attempt.nonce == 3


def test_a_chain_reset_to_nothing_gets_every_anchor_again_in_order(anvil, chain, hold):
    leaves = []
    for number in range(3):
        leaves.append(issue("acme", f"FM-{number}"))
        work(hold, chain)
    hashes = [batch.tx_hash for batch in batches_in(State.ANCHORED)]

    anvil.kill()
    anvil.start()
    leaves.append(issue("globex", "FM-9"))
    work(hold, chain)

    assert_anchored_exactly_once(anvil, leaves)
    assert [batch.tx_hash for batch in batches_in(State.ANCHORED)][:3] == hashes
    assert [batch.attempt.nonce for batch in batches_in(State.ANCHORED)] == [0, 1, 2, 3]


def test_a_chain_reset_while_a_batch_is_under_way_loses_neither(anvil, chain, hold):
    finished = issue("acme", "FM-1")
    work(hold, chain)
    under_way = issue("acme", "FM-2")
    anvil.hold_transactions()
    work(hold, chain)

    anvil.kill()
    anvil.start()
    work(hold, chain)

    assert_anchored_exactly_once(anvil, [finished, under_way])


def test_a_chain_reset_leaves_no_anchor_waiting_behind_a_nonce_that_was_not_an_anchor(anvil, chain, hold):
    anvil.spend_a_nonce()
    accept(chain)
    first = issue("acme", "FM-1")
    work(hold, chain)
    anvil.make_account_revert()
    second = issue("acme", "FM-2")
    work(hold, chain)
    anvil.make_account_plain()
    with later(5):
        work(hold, chain)
    nonces = [batch.attempt.nonce for batch in batches_in(State.ANCHORED)]

    anvil.kill()
    anvil.start()
    work(hold, chain)

    assert nonces == [1, 3]
    assert_anchored_exactly_once(anvil, [first, second])


def test_a_reset_chain_on_which_others_used_our_nonces_still_ends_anchored_once(anvil, chain, hold):
    leaves = [issue("acme", "FM-1")]
    work(hold, chain)
    leaves.append(issue("acme", "FM-2"))
    work(hold, chain)

    anvil.kill()
    anvil.start()
    for _ in range(3):
        anvil.spend_a_nonce()
    accept(chain)
    work(hold, chain)
    with later(5):
        work(hold, chain)

    assert_anchored_exactly_once(anvil, leaves)


def test_an_offer_that_is_not_taken_is_raised_at_the_same_nonce(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)

    with later(120):
        work(hold, chain)
    raised = the_batch()
    anvil.release_transactions()
    work(hold, chain)

    first, second = raised.attempts
    assert first.nonce == second.nonce
    assert int(second.max_fee) * 8 >= int(first.max_fee) * 9
    assert int(second.max_tip) * 8 >= int(first.max_tip) * 9
    assert_anchored_exactly_once(anvil, [leaf])
    assert the_batch().tx_hash == second.tx_hash


def test_the_first_offer_counts_if_that_is_the_one_that_was_mined(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)
    first = the_batch().attempt
    original, chain.send = chain.send, lambda raw: original(first.raw)
    with later(120):
        work(hold, chain)
    chain.send = original

    anvil.release_transactions()
    work(hold, chain)

    assert len(the_batch().attempts) == 2
    assert the_batch().tx_hash == first.tx_hash
    assert_anchored_exactly_once(anvil, [leaf])


def test_a_base_fee_above_the_offer_is_met(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    original = chain.send

    def send_when_dearer(raw: str) -> object:
        chain.send = original
        anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(50 * 10**9))
        anvil.mine()
        anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(50 * 10**9))
        return original(raw)

    chain.send = send_when_dearer
    work(hold, chain)

    assert_anchored_exactly_once(anvil, [leaf])
    assert len(the_batch().attempts) == 2


def test_offers_end_at_their_number_and_the_batch_says_so(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)

    for round_ in range(1, MOST_OFFERS + 3):
        with later(120 * round_):
            work(hold, chain)

    assert len(the_batch().attempts) == MOST_OFFERS
    assert "highest offer" in the_batch().problem
    anvil.release_transactions()
    work(hold, chain)
    assert_anchored_exactly_once(anvil, [leaf])
    assert the_batch().problem is None


def test_an_empty_account_is_said_and_waited_for(anvil, chain, hold):
    leaf = issue("acme", "FM-1")
    anvil.rpc("anvil_setBalance", chain.address, "0x0")

    work(hold, chain)
    problem = the_batch().problem
    anvil.rpc("anvil_setBalance", chain.address, hex(10**18))
    work(hold, chain)

    assert "too little ether" in problem
    assert_anchored_exactly_once(anvil, [leaf])


def test_on_another_chain_nothing_is_anchored_and_the_worker_says_so(hold):
    leaf = issue("acme", "FM-1")
    with Anvil(chain_id=5) as stranger:
        chain = Chain([stranger.url], chain_id=CHAIN_ID, signer=LocalSigner(KEY))

        work(hold, chain)
        result = run_pass(hold, chain, RULES)

        assert "chain 5, but CHAIN_ID is 31337" in result.chain_problem
        assert stranger.anchored_roots() == []
    assert_honestly_pending([leaf])


def test_a_batch_signed_for_another_chain_waits_and_says_why(anvil, chain, hold):
    issue("acme", "FM-1")
    anvil.hold_transactions()
    work(hold, chain)

    with Anvil(chain_id=5) as other:
        work(hold, other.chain())
        assert other.anchored_roots() == []

    assert the_batch().state == State.SENT
    assert f"Signed for chain {CHAIN_ID}" in the_batch().problem


@pytest.mark.parametrize("lost_blocks", [1, 2, 3])
def test_a_killed_chain_that_lost_its_last_seconds_gets_them_again(tmp_path, hold, lost_blocks):
    state = tmp_path / "chain.json"
    with Anvil(state=state) as engine:
        chain = engine.chain()
        leaves = [issue("acme", "KEPT")]
        work(hold, chain)
        engine.wait_for_dump()
        kept = state.read_bytes()
        for number in range(lost_blocks):
            leaves.append(issue("acme", f"LOST-{number}"))
            work(hold, chain)

        engine.kill()
        state.write_bytes(kept)
        engine.start()
        after_restart = len(engine.anchored_roots())
        work(hold, chain)

        assert after_restart == 1
        assert_anchored_exactly_once(engine, leaves)
