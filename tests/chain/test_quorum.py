"""Several nodes at once: most must agree, the odd one is outvoted and named, and one that lags has not lied."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from defiso.chain import quorum
from defiso.chain.client import Chain
from defiso.chain.errors import ChainDisagreementError, ChainMismatchError, ChainUnavailableError
from defiso.chain.sightings import AccountState, Answer, SignedTransaction
from defiso.chain.signers import LocalSigner
from tests.anchoring.anvil import CHAIN_ID, KEY, Anvil, Relay, free_port
from tests.waiting import wait_until

ROOT = bytes(range(1, 33))
FORGED = "0x" + "ee" * 32


@pytest.fixture
def relays(anvil: Anvil) -> Iterator[list[Relay]]:
    """Three names of one honest node, until a test makes one lie."""
    made = [Relay(anvil) for _ in range(3)]
    yield made
    for relay in made:
        relay.close()


@pytest.fixture
def chain(relays: list[Relay]) -> Chain:
    return through(relays)


@pytest.fixture
def anchor(anvil: Anvil, chain: Chain) -> SignedTransaction:
    """A transaction of ours, ten blocks deep."""
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())
    chain.send(signed.raw)
    anvil.settle()
    anvil.mine(9)
    return signed


def through(relays: list[Relay], *, timeout: float = 2.0) -> Chain:
    return Chain([relay.url for relay in relays], chain_id=CHAIN_ID, signer=LocalSigner(KEY), timeout=timeout)


def says(relay: Relay, method: str, **changes: Any) -> None:
    """The relay answers this method with fields changed."""
    relay.lies[method] = lambda result: {**result, **changes} if result else result


LIES = {
    "it failed": ("eth_getTransactionReceipt", {"status": "0x0"}),
    "another block": ("eth_getTransactionReceipt", {"blockHash": FORGED}),
    "another root": ("eth_getTransactionByHash", {"input": FORGED}),
    "another nonce": ("eth_getTransactionByHash", {"nonce": "0x9"}),
    "another sender": ("eth_getTransactionByHash", {"from": "0x" + "11" * 20}),
    "another chain": ("eth_getTransactionByHash", {"chainId": "0x1"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_node_is_outvoted_and_named_by_its_host_alone(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction, lie: str
) -> None:
    truth = chain.evidence(anchor.tx_hash)
    method, changes = LIES[lie]
    says(relays[0], method, **changes)

    assert chain.evidence(anchor.tx_hash) == truth
    wait_until(lambda: chain.doubts() == {relays[0].name: quorum.OUTVOTED})


def test_a_node_that_hides_a_transaction_is_outvoted_and_named(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction
) -> None:
    truth = chain.evidence(anchor.tx_hash)
    for method in ("eth_getTransactionByHash", "eth_getTransactionReceipt"):
        relays[1].lies[method] = lambda _: None

    assert chain.evidence(anchor.tx_hash) == truth
    wait_until(lambda: chain.doubts() == {relays[1].name: quorum.OUTVOTED})


def test_a_node_that_makes_a_transaction_up_is_outvoted_even_if_it_claims_to_be_far_ahead(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction
) -> None:
    truth = relays[2]._anvil.rpc("eth_getTransactionReceipt", anchor.tx_hash)
    made_up = relays[2]._anvil.rpc("eth_getTransactionByHash", anchor.tx_hash)
    relays[2].lies = {
        "eth_blockNumber": lambda _: hex(10**7),
        "eth_getTransactionReceipt": lambda _: {**truth, "transactionHash": FORGED, "blockNumber": hex(10**6)},
        "eth_getTransactionByHash": lambda _: {**made_up, "hash": FORGED, "blockNumber": hex(10**6)},
    }

    seen = chain.evidence(FORGED)

    assert (seen.transaction, seen.receipt, seen.head) == (None, None, 10)


def test_a_lagging_node_is_named_as_lagging_and_not_as_a_liar(
    anvil: Anvil, chain: Chain, relays: list[Relay], anchor: SignedTransaction
) -> None:
    truth = chain.evidence(anchor.tx_hash)
    relays[0].behind = 10

    assert chain.evidence(anchor.tx_hash) == truth
    wait_until(lambda: chain.doubts() == {relays[0].name: quorum.LAGS})
    relays[0].behind = 0
    chain.evidence(anchor.tx_hash)
    wait_until(lambda: chain.doubts() == {})


def test_a_node_a_block_behind_agrees_and_is_not_named(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction
) -> None:
    relays[0].behind = 1

    seen = chain.evidence(anchor.tx_hash)

    assert seen.receipt
    assert seen.head == 10
    wait_until(lambda: chain._quorum._under_way.total() == 0)  # all have been judged
    assert chain.doubts() == {}


@pytest.mark.parametrize(("claim", "head"), [(0, 10), (10**9, 10)])
def test_no_single_node_moves_the_head(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction, claim: int, head: int
) -> None:
    relays[0].lies["eth_blockNumber"] = lambda _: hex(claim)

    assert chain.head() == head
    assert chain.evidence(anchor.tx_hash).head == head


def test_of_two_that_differ_nobody_is_believed_and_both_are_named(
    relays: list[Relay], anchor: SignedTransaction
) -> None:
    two = through(relays[:2])
    says(relays[0], "eth_getTransactionReceipt", blockHash=FORGED)

    with pytest.raises(ChainDisagreementError, match="its nodes disagree: ") as raised:
        two.evidence(anchor.tx_hash)

    names = sorted(relay.name for relay in relays[:2])
    assert raised.value.sentence == f"The blockchain’s nodes disagree ({', '.join(names)}), so none is believed."
    assert two.doubts() == dict.fromkeys(names, quorum.OUTVOTED)


def test_three_that_all_differ_are_not_believed(chain: Chain, relays: list[Relay], anchor: SignedTransaction) -> None:
    says(relays[0], "eth_getTransactionReceipt", blockHash=FORGED)
    says(relays[1], "eth_getTransactionReceipt", status="0x0")

    with pytest.raises(ChainDisagreementError):
        chain.evidence(anchor.tx_hash)


def test_of_two_the_one_that_is_there_is_believed_and_the_dead_one_named(
    relays: list[Relay], anchor: SignedTransaction
) -> None:
    two = through(relays[:2])
    relays[0].is_dead = True

    assert two.evidence(anchor.tx_hash).receipt
    assert two.doubts() == {relays[0].name: quorum.SILENT}


def test_a_dead_node_rests_and_is_found_again(
    relays: list[Relay], anchor: SignedTransaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = through(relays[:2])
    relays[0].is_dead = True
    two.evidence(anchor.tx_hash)
    asked = len(relays[1].asked)
    relays[0].asked.clear()
    relays[0].is_dead = False

    two.evidence(anchor.tx_hash)
    resting = list(relays[0].asked)
    later = time.monotonic() + quorum.REST_SECONDS
    monkeypatch.setattr(quorum.time, "monotonic", lambda: later)
    two.evidence(anchor.tx_hash)

    assert len(relays[1].asked) > asked
    assert resting == []
    assert relays[0].asked
    assert two.doubts() == {}


def test_a_node_that_hangs_costs_a_moment_and_then_nothing(relays: list[Relay], anchor: SignedTransaction) -> None:
    chain = through(relays, timeout=3.0)
    relays[0].hangs.set()

    started = time.monotonic()
    first = chain.evidence(anchor.tx_hash)
    waited = time.monotonic() - started

    assert first.receipt
    assert waited < 2.5
    wait_until(lambda: chain.doubts() == {relays[0].name: quorum.SILENT})
    assert chain._quorum._awake() == chain._quorum._nodes[1:]


def test_a_node_is_named_in_the_log_once(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction, caplog: pytest.LogCaptureFixture
) -> None:
    says(relays[0], "eth_getTransactionReceipt", status="0x0")

    with caplog.at_level(logging.INFO, logger="defiso.chain"):
        for _ in range(4):
            chain.evidence(anchor.tx_hash)
            wait_until(lambda: bool(chain.doubts()))
        relays[0].lies.clear()
        chain.evidence(anchor.tx_hash)

    told = [record.getMessage() for record in caplog.records if relays[0].name in record.getMessage()]
    assert told == [f"chain node={relays[0].name} problem={quorum.OUTVOTED}"]
    assert "secret-key" not in caplog.text


def test_a_node_that_was_outvoted_is_named_for_ten_minutes_and_no_longer(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(relays[0], "eth_getTransactionReceipt", status="0x0")
    chain.evidence(anchor.tx_hash)
    wait_until(lambda: bool(chain.doubts()))
    relays[0].lies.clear()

    chain.evidence(anchor.tx_hash)
    soon = chain.doubts()
    later = time.monotonic() + quorum.DOUBT_SECONDS + 1
    monkeypatch.setattr(quorum.time, "monotonic", lambda: later)
    chain.evidence(anchor.tx_hash)

    assert soon == {relays[0].name: quorum.OUTVOTED}
    wait_until(lambda: chain.doubts() == {})


def test_an_answer_of_another_chain_has_no_vote(anvil: Anvil, anchor: SignedTransaction) -> None:
    with Anvil(chain_id=5) as stranger:
        chain = Chain([stranger.url, anvil.url], chain_id=CHAIN_ID, signer=LocalSigner(KEY))

        assert chain.evidence(anchor.tx_hash).receipt
        assert list(chain.doubts().values()) == [quorum.ELSEWHERE]
        only = Chain([stranger.url, stranger.url], chain_id=CHAIN_ID, signer=LocalSigner(KEY))
        with pytest.raises(ChainMismatchError):
            only.head()


def test_another_chain_that_bears_our_number_is_outvoted(anvil: Anvil, anchor: SignedTransaction) -> None:
    with Anvil() as twin:
        twin.mine(50)
        relay = Relay(anvil)
        urls = [twin.url, anvil.url, relay.url]
        chain = Chain(urls, chain_id=CHAIN_ID, signer=LocalSigner(KEY))

        assert chain.evidence(anchor.tx_hash).receipt
        assert chain.block_hash(5) == anvil.rpc("eth_getBlockByNumber", "0x5", False)["hash"]
        assert chain.account_state() == AccountState(block=10, nonce=1)
        wait_until(lambda: list(chain.doubts().values()) == [quorum.OUTVOTED])
        relay.close()


def test_when_none_answers_the_chain_is_out_of_reach() -> None:
    urls = [f"http://127.0.0.1:{free_port()}" for _ in range(3)]
    chain = Chain(urls, chain_id=CHAIN_ID, signer=LocalSigner(KEY))

    with pytest.raises(ChainUnavailableError) as raised:
        chain.head()

    assert not isinstance(raised.value, ChainDisagreementError)


@pytest.mark.parametrize("nonce", ["0x0", "0x5"])
def test_the_accounts_nonce_is_that_of_most_nodes_at_one_block(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction, nonce: str
) -> None:
    relays[0].lies["eth_getTransactionCount"] = lambda _: nonce

    state = chain.account_state()

    assert state == AccountState(block=10, nonce=1)
    transaction = chain.evidence(anchor.tx_hash).transaction
    assert transaction
    assert transaction.nonce == state.nonce - 1


def test_of_two_that_differ_about_the_account_nobody_is_believed(
    relays: list[Relay], anchor: SignedTransaction
) -> None:
    relays[0].lies["eth_getTransactionCount"] = lambda _: "0x0"

    with pytest.raises(ChainDisagreementError):
        through(relays[:2]).account_state()


def test_the_accounts_nonce_is_told_by_a_single_node_too(anvil: Anvil, anchor: SignedTransaction) -> None:
    assert anvil.chain().account_state() == AccountState(block=10, nonce=1)


def test_what_is_sent_goes_to_every_node(chain: Chain, relays: list[Relay]) -> None:
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    answer = chain.send(signed.raw)

    assert answer is Answer.ACCEPTED
    assert all(relay.asked.count("eth_sendRawTransaction") == 1 for relay in relays)


def test_what_one_node_takes_is_sent_whatever_the_others_say(anvil: Anvil, chain: Chain, relays: list[Relay]) -> None:
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())
    relays[0].is_dead = True
    relays[1].refuses = "insufficient funds"

    answer = chain.send(signed.raw)

    assert answer is Answer.ACCEPTED
    anvil.settle()
    assert anvil.anchored_roots() == [ROOT]


def test_what_no_node_answers_for_may_have_been_sent(chain: Chain, relays: list[Relay]) -> None:
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())
    for relay in relays:
        relay.is_dead = True

    with pytest.raises(ChainUnavailableError):
        chain.send(signed.raw)


def test_attempts_are_observed_as_most_nodes_see_them(
    chain: Chain, relays: list[Relay], anchor: SignedTransaction
) -> None:
    says(relays[0], "eth_getTransactionReceipt", blockHash=FORGED)
    relays[1].lies["eth_blockNumber"] = lambda _: hex(10**6)

    sighting = chain.observe([anchor.tx_hash])

    assert (sighting.mined_nonce, sighting.head) == (1, 10)
    assert [receipt.block_hash != FORGED for receipt in sighting.receipts] == [True]


def test_the_dearest_offer_of_one_node_is_not_what_we_pay(chain: Chain, relays: list[Relay]) -> None:
    fair = chain.fees()
    relays[0].lies["eth_maxPriorityFeePerGas"] = lambda _: hex(10**15)

    assert chain.fees() == fair


def test_a_single_node_is_asked_no_more_than_before(relays: list[Relay], anchor: SignedTransaction) -> None:
    alone = through(relays[:1])
    relays[0].asked.clear()

    alone.block_hash(1)
    alone.evidence(anchor.tx_hash)

    assert relays[0].asked == [
        *["eth_chainId", "eth_getBlockByNumber"],
        *["eth_chainId", "eth_blockNumber", "eth_getTransactionByHash", "eth_getTransactionReceipt"],
    ]
    assert "_threads" not in vars(alone._quorum)
