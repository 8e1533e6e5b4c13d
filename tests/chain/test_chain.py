"""The chain client against the real engine."""

import time

import pytest

from defiso.chain.client import Chain
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.chain.networks import ANCHOR_GAS, network_of
from defiso.chain.sightings import Answer, Fees, answer_to_error
from defiso.chain.signers import LocalSigner
from tests.anchoring.anvil import ADDRESS, CHAIN_ID, KEY, Anvil, LossyProxy, free_port
from tests.anchoring.kit import floor_gas, is_about_to_mine

ROOT = bytes(range(1, 33))
ROOT_WITH_ZEROS = bytes(16) + bytes(range(1, 17))


def send_and_mine(chain, signed):
    answer = chain.send(signed.raw)
    while is_about_to_mine(chain):
        pass
    return answer


def test_an_anchor_is_a_self_transfer_whose_whole_calldata_is_the_root(chain):
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    answer = send_and_mine(chain, signed)
    evidence = chain.evidence(signed.tx_hash)

    assert answer is Answer.ACCEPTED
    assert evidence.transaction.data == ROOT
    assert evidence.transaction.sender == evidence.transaction.recipient == chain.address == ADDRESS
    assert evidence.transaction.chain_id == CHAIN_ID
    assert evidence.receipt.succeeded
    assert evidence.receipt.gas_used == 22_280


def test_a_root_with_zero_bytes_is_sent_with_the_full_limit_and_uses_less(chain):
    signed = chain.sign_anchor(ROOT_WITH_ZEROS, nonce=0, fees=chain.fees())

    send_and_mine(chain, signed)

    assert floor_gas(ROOT) == ANCHOR_GAS
    assert chain.evidence(signed.tx_hash).receipt.gas_used == floor_gas(ROOT_WITH_ZEROS) == ANCHOR_GAS - 16 * 30


def test_only_whole_roots_are_signed(chain):
    with pytest.raises(ValueError, match="32 bytes"):
        chain.sign_anchor(b"short", nonce=0, fees=Fees(1, 1))


def test_resending_tells_known_from_used(anvil, chain):
    anvil.hold_transactions()
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    answers = [chain.send(signed.raw), chain.send(signed.raw)]
    anvil.release_transactions()
    answers.append(chain.send(signed.raw))

    assert answers == [Answer.ACCEPTED, Answer.ALREADY_KNOWN, Answer.NONCE_USED]


def test_an_offer_below_the_base_fee_and_an_empty_account_are_told_apart(anvil, chain):
    cheap = chain.sign_anchor(ROOT, nonce=0, fees=Fees(most=10, tip=1))
    dear = chain.sign_anchor(ROOT, nonce=0, fees=Fees(most=10**22, tip=1))

    assert chain.send(cheap.raw) is Answer.UNDERPRICED
    assert chain.send(dear.raw) is Answer.NO_FUNDS


@pytest.mark.parametrize(
    ("wording", "answer"),
    [
        ("already known", Answer.ALREADY_KNOWN),
        ("ALREADY_EXISTS: already known", Answer.ALREADY_KNOWN),
        ("Known transaction", Answer.ALREADY_KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", Answer.NONCE_USED),
        ("Nonce too low", Answer.NONCE_USED),
        ("OldNonce", Answer.NONCE_USED),
        ("replacement transaction underpriced", Answer.UNDERPRICED),
        ("transaction underpriced: gas tip cap 0, minimum needed 1", Answer.UNDERPRICED),
        ("insufficient funds for gas * price + value: balance 0", Answer.NO_FUNDS),
        ("intrinsic gas too low", Answer.REFUSED),
    ],
)
def test_nodes_word_their_refusals_differently(wording, answer):
    assert answer_to_error({"code": -32000, "message": wording}) is answer


def test_observing_sees_pool_receipt_and_nonces(anvil, chain):
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    unsent = chain.observe([signed.tx_hash])
    anvil.hold_transactions()
    chain.send(signed.raw)
    pooled = chain.observe([signed.tx_hash])
    anvil.release_transactions()
    mined = chain.observe([signed.tx_hash])

    assert (unsent.newest_is_known, unsent.mined_nonce, unsent.pending_nonce, unsent.receipts) == (False, 0, 0, [])
    assert (pooled.newest_is_known, pooled.mined_nonce, pooled.pending_nonce, pooled.receipts) == (True, 0, 1, [])
    assert (mined.newest_is_known, mined.mined_nonce, mined.pending_nonce) == (True, 1, 1)
    assert mined.receipts[0].tx_hash == signed.tx_hash
    assert chain.block_hash(mined.receipts[0].block_number) == mined.receipts[0].block_hash


def test_a_block_beyond_the_head_has_no_hash(chain):
    assert chain.block_hash(chain.head() + 1) is None


def test_a_node_of_another_chain_is_refused_loudly(anvil):
    stranger = Chain([anvil.url], chain_id=1, signer=LocalSigner(KEY))

    with pytest.raises(ChainMismatchError, match="chain 31337, but CHAIN_ID is 1"):
        stranger.head()


def test_no_node_means_unavailable_and_names_no_address():
    chain = Chain([f"http://127.0.0.1:{free_port()}/secret-key"], chain_id=CHAIN_ID, signer=LocalSigner(KEY))

    with pytest.raises(ChainUnavailableError) as raised:
        chain.head()

    assert "secret-key" not in str(raised.value)


def test_the_next_node_is_asked_when_one_is_down_or_on_another_chain(anvil):
    with Anvil(chain_id=5) as stranger:
        urls = [f"http://127.0.0.1:{free_port()}", stranger.url, anvil.url]
        chain = Chain(urls, chain_id=CHAIN_ID, signer=LocalSigner(KEY))

        assert chain.head() == 0
        assert chain.nonce() == 0


def test_a_node_that_restarts_is_found_again_at_once(anvil, chain):
    assert chain.head() == 0
    anvil.mine(3)

    anvil.kill()
    anvil.start()

    assert chain.head() == 0


def test_an_answer_lost_after_acceptance_is_a_time_out_and_the_bytes_are_known(anvil):
    proxy = LossyProxy(anvil.port)
    chain = Chain([proxy.url], chain_id=CHAIN_ID, signer=LocalSigner(KEY), timeout=0.5)
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    proxy.swallow_answers = True
    started = time.monotonic()
    with pytest.raises(ChainUnavailableError):
        chain.send(signed.raw)
    waited = time.monotonic() - started
    proxy.swallow_answers = False
    answer = send_and_mine(chain, signed)
    proxy.close()

    assert waited < 2
    assert answer is Answer.NONCE_USED
    assert anvil.anchored_roots() == [ROOT]


def test_the_offer_never_exceeds_the_cap(anvil, chain):
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(10**12))
    anvil.mine()

    fees = chain.fees()

    assert fees.most == network_of(CHAIN_ID).fee_cap
    assert fees.tip <= fees.most


def test_a_self_transfer_can_revert(anvil, chain):
    anvil.make_account_revert()
    signed = chain.sign_anchor(ROOT, nonce=0, fees=chain.fees())

    send_and_mine(chain, signed)

    assert not chain.evidence(signed.tx_hash).receipt.succeeded
    assert anvil.anchored_roots() == []
