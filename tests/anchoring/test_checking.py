"""The public check of an anchor: every flipped part is noticed, and what could not be checked is never called wrong."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine

from defiso.anchoring.models import Proof
from defiso.anchoring.services import (
    chain_doubts,
    chain_problem,
    check_anchor,
    forget_checked_anchors,
)
from defiso.chain.accounts import FormerAccount, account_of_private_key
from defiso.chain.client import configured_chain
from defiso.core.clock import now
from defiso.store.connection import counted_calls
from defiso.verification.health import forget_health, is_well
from defiso.worker.passes import run_pass
from tests.anchoring.anvil import CHAIN_ID, KEY, Anvil, Relay, free_port
from tests.anchoring.kit import RULES, issue, issue_many, proof_of, work
from tests.waiting import wait_until


@pytest.fixture
def leaf(anvil, chain, hold):
    leaves = [issue("acme", f"FM-{number}") for number in range(5)]
    work(hold, chain)
    return leaves[2]


@pytest.fixture
def proof(leaf) -> Proof:
    return proof_of(leaf)


def digest(leaf) -> bytes:
    return bytes.fromhex(leaf.digest)


def flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def go_out_of_reach(settings) -> None:
    settings.CHAIN_RPC_URLS = [f"http://127.0.0.1:{free_port()}"]
    configured_chain.cache_clear()


def test_an_anchored_certificate_passes_with_its_block_and_confirmations(anvil, leaf, proof):
    anvil.mine(4)

    check = check_anchor(proof, digest(leaf))

    assert check.result == "pass"
    assert (check.seen.block, check.seen.confirmations) == (1, 5)
    assert "Recorded on the blockchain on" in check.reason


def test_a_good_check_is_kept_and_costs_nothing(anvil, leaf, proof):
    check_anchor(proof, digest(leaf))
    anvil.kill()

    with counted_calls() as calls:
        check = check_anchor(proof, digest(leaf))

    assert check.result == "pass"
    assert calls == []


def test_certificates_of_one_batch_share_the_kept_check(anvil, chain, hold):
    leaves = issue_many("acme", 30)
    work(hold, chain)
    check_anchor(proof_of(leaves[0]), digest(leaves[0]))
    anvil.kill()

    assert {check_anchor(proof_of(leaf), digest(leaf)).result for leaf in leaves} == {"pass"}


def test_another_certificates_digest_fails(leaf, proof):
    assert check_anchor(proof, digest(leaf)[::-1]).result == "fail"


def test_every_step_of_the_path_counts(leaf, proof):
    assert len(proof.path) > 2
    for position, step in enumerate(proof.path):
        [(side, sibling)] = step.items()
        other = {"left": "right", "right": "left"}[side]
        for altered in ({side: flipped(sibling)}, {other: sibling}, {side: sibling[:-2]}, {}, {side: None}):
            changed = replace(proof, path=[*proof.path[:position], altered, *proof.path[position + 1 :]])
            assert check_anchor(changed, digest(leaf)).result == "fail", altered
    assert check_anchor(proof, digest(leaf)).result == "pass"


@pytest.mark.parametrize("path", [None, "", "text", 5, [5], [["left", "00"]], {}])
def test_a_path_of_another_shape_fails(leaf, proof, path):
    changed = replace(proof, path=path)

    assert check_anchor(changed, digest(leaf)).result == "fail"


@pytest.mark.parametrize("name", ["root", "digest", "sender", "tx_hash"])
def test_a_flipped_part_of_the_proof_fails(leaf, proof, name):
    changed = replace(proof, **{name: flipped(getattr(proof, name))})

    assert check_anchor(changed, digest(leaf)).result == "fail"


def test_a_proof_of_another_chain_could_not_be_checked(leaf, proof):
    check = check_anchor(replace(proof, chain_id=1), digest(leaf))

    assert check.result == "unknown"
    assert "chain 1" in check.reason


def test_another_transaction_of_ours_fails(anvil, chain, hold, leaf, proof):
    issue("acme", "LATER")
    work(hold, chain)
    other = chain.evidence(anvil.rpc("eth_getBlockByNumber", "latest", False)["transactions"][0])

    changed = replace(proof, tx_hash=other.receipt.tx_hash)

    assert check_anchor(changed, digest(leaf)).result == "fail"


def test_the_same_root_from_another_account_fails(anvil, leaf, proof):
    stranger = anvil.rpc("eth_accounts")[1]
    theirs = anvil.rpc("eth_sendTransaction", {"from": stranger, "to": stranger, "data": f"0x{proof.root}"})
    anvil.mine()

    assert check_anchor(replace(proof, tx_hash=theirs), digest(leaf)).result == "fail"


def test_a_reverted_transaction_is_no_anchor(anvil, chain, leaf, proof):
    anvil.make_account_revert()
    reverted = chain.sign_anchor(bytes.fromhex(proof.root), nonce=chain.nonce(), fees=chain.fees())
    chain.send(reverted.raw)
    anvil.mine()

    changed = replace(proof, tx_hash=reverted.tx_hash)

    assert check_anchor(changed, digest(leaf)).result == "fail"


def test_an_outage_says_when_it_was_last_confirmed(settings, leaf, proof):
    go_out_of_reach(settings)

    with time_machine.travel(now() + timedelta(minutes=12, seconds=5), tick=True):
        check = check_anchor(proof, digest(leaf))

    assert check.result == "unknown"
    assert check.reason == "We could not reach the blockchain just now; last confirmed 12 minutes ago."


def test_an_outage_remembers_a_good_check_past_its_minute(settings, leaf, proof):
    with time_machine.travel(now() + timedelta(minutes=30), tick=True):
        good = check_anchor(proof, digest(leaf))
    go_out_of_reach(settings)

    with time_machine.travel(now() + timedelta(minutes=33, seconds=5), tick=True):
        check = check_anchor(proof, digest(leaf))

    assert (check.result, check.seen.checked_at) == ("unknown", good.seen.checked_at)
    assert "last confirmed 3 minutes ago" in check.reason
    assert (check.seen.block, check.seen.confirmations) == (good.seen.block, good.seen.confirmations)


def test_an_outage_does_not_hide_a_path_that_is_wrong(settings, leaf, proof):
    go_out_of_reach(settings)

    assert check_anchor(proof, digest(leaf)[::-1]).result == "fail"


def test_in_an_outage_only_one_request_in_a_while_waits_for_the_chain(settings, leaf, proof, monkeypatch):
    go_out_of_reach(settings)
    check_anchor(proof, digest(leaf))
    asked = []
    monkeypatch.setattr(configured_chain(), "evidence", lambda tx_hash: asked.append(tx_hash))

    for _ in range(5):
        assert check_anchor(proof, digest(leaf)).result == "unknown"

    assert asked == []


def test_a_node_of_another_chain_is_an_outage_not_a_verdict(settings, leaf, proof):
    with Anvil(chain_id=5) as stranger:
        settings.CHAIN_RPC_URLS = [stranger.url]
        configured_chain.cache_clear()

        assert check_anchor(proof, digest(leaf)).result == "unknown"


def test_a_chain_that_lost_the_anchor_is_never_called_a_forgery(anvil, chain, hold, leaf, proof):
    anvil.kill()
    anvil.start()

    unnoticed = check_anchor(proof, digest(leaf))
    anvil.hold_transactions()
    run_pass(hold, chain, RULES)
    forget_checked_anchors()
    noticed = check_anchor(proof, digest(leaf))
    anvil.release_transactions()
    work(hold, chain)
    forget_checked_anchors()

    assert (unnoticed.result, unnoticed.is_pending) == ("unknown", False)
    assert (noticed.result, noticed.is_pending) == ("unknown", True)
    assert check_anchor(proof_of(leaf), digest(leaf)).result == "pass"


def test_an_anchor_that_is_not_deep_enough_is_pending(settings, leaf, proof):
    settings.CONFIRMATIONS = 12

    check = check_anchor(proof, digest(leaf))

    assert (check.result, check.is_pending) == ("unknown", True)


def test_former_accounts_stay_ours_when_they_are_named(settings, leaf, proof):
    settings.CHAIN_ACCOUNT_KEY = "0x" + "11" * 32
    configured_chain.cache_clear()
    refused = check_anchor(proof, digest(leaf)).result
    former = account_of_private_key(KEY)
    settings.FORMER_CHAIN_ACCOUNTS = [FormerAccount(CHAIN_ID, former, since=date(2024, 1, 1), until=date(2026, 1, 1))]

    assert refused == "fail"
    assert check_anchor(proof, digest(leaf)).result == "pass"


def through(settings, relays):
    settings.CHAIN_RPC_URLS = [relay.url for relay in relays]
    configured_chain.cache_clear()
    forget_checked_anchors()


@pytest.fixture
def relays(anvil):
    made = [Relay(anvil) for _ in range(3)]
    yield made
    for relay in made:
        relay.close()


def test_a_node_that_denies_an_anchor_is_outvoted_and_named_in_healthz_which_stays_well(
    settings, leaf, proof, relays, client
):
    through(settings, relays)
    relays[0].lies["eth_getTransactionReceipt"] = lambda receipt: {**receipt, "status": "0x0"}

    check = check_anchor(proof, digest(leaf))
    wait_until(chain_doubts)
    forget_health()
    health = client.get("/healthz", headers={"Host": "localhost"}).json()
    forget_health()

    assert check.result == "pass"
    assert health["chain"] == "ok"
    assert health["chain_nodes"] == f"{relays[0].name} answers otherwise than the others"
    assert is_well({**health, "worker": "ok"})


def test_of_two_nodes_that_differ_neither_is_believed_for_or_against_a_certificate(settings, leaf, proof, relays):
    through(settings, relays[:2])
    relays[0].lies["eth_getTransactionByHash"] = lambda found: {**found, "input": "0x" + "ee" * 32}

    check = check_anchor(proof, digest(leaf))
    names = ", ".join(sorted(relay.name for relay in relays[:2]))
    relays[0].lies.clear()

    assert check.result == "unknown"
    assert check.reason.startswith(f"The blockchain’s nodes disagree ({names}), so none is believed; last confirmed ")
    assert check_anchor(proof, digest(leaf)).result == "pass"


def move_to_another_chain(settings, anvil):
    """As a platform does that goes on with another account on another chain."""
    former = account_of_private_key(settings.CHAIN_ACCOUNT_KEY)
    settings.FORMER_CHAIN_ACCOUNTS = [FormerAccount(CHAIN_ID, former, since=date(2024, 1, 1), until=date(2026, 1, 1))]
    settings.FORMER_CHAIN_RPC_URLS = {CHAIN_ID: [anvil.url]}
    settings.CHAIN_ID = 5
    settings.CHAIN_RPC_URLS = [f"http://127.0.0.1:{free_port()}"]
    settings.CHAIN_ACCOUNT_KEY = ""
    settings.CHAIN_ACCOUNT = "0x" + "11" * 20
    configured_chain.cache_clear()
    forget_checked_anchors()


def test_a_platform_on_another_chain_checks_old_proofs_on_theirs_with_public_configuration_alone(
    settings, anvil, leaf, proof
):
    move_to_another_chain(settings, anvil)

    assert configured_chain().address == "0x" + "11" * 20
    assert check_anchor(proof, digest(leaf)).result == "pass"


def test_an_outage_of_one_chain_is_none_of_another(settings, anvil, leaf, proof):
    move_to_another_chain(settings, anvil)
    settings.FORMER_CHAIN_ACCOUNTS += [replace(settings.FORMER_CHAIN_ACCOUNTS[0], chain_id=5)]

    assert check_anchor(replace(proof, chain_id=5), digest(leaf)).result == "unknown"
    assert check_anchor(proof, digest(leaf)).result == "pass"


def test_an_account_of_a_former_chain_is_not_ours_on_the_present_one(settings, anvil, leaf, proof):
    move_to_another_chain(settings, anvil)

    assert check_anchor(replace(proof, chain_id=5), digest(leaf)).result == "fail"


def test_a_proof_on_a_former_chain_without_a_node_could_not_be_checked_and_says_why(settings, anvil, leaf, proof):
    move_to_another_chain(settings, anvil)
    settings.FORMER_CHAIN_RPC_URLS = {}

    check = check_anchor(proof, digest(leaf))

    assert check.result == "unknown"
    assert check.reason == "It was recorded on embedded test chain (chain 31337), of which no node is known here."


def test_an_anchor_above_the_final_block_of_a_chain_that_tells_it_is_pending(settings, anvil, leaf, proof):
    settings.CHAIN_FINALITY = "finalized"
    configured_chain.cache_clear()
    forget_checked_anchors()
    early = check_anchor(proof, digest(leaf))
    anvil.mine(200)

    later = check_anchor(proof, digest(leaf))

    assert (early.result, early.is_pending) == ("unknown", True)
    assert later.result == "pass"


def test_health_is_honest_about_an_outage(anvil, settings, leaf, proof):
    reachable = chain_problem()
    go_out_of_reach(settings)

    assert reachable is None
    assert "does not answer" in chain_problem()


def test_a_damaged_transaction_hash_is_wrong_and_no_outage_for_others(leaf, proof):
    good = check_anchor(proof_of(leaf), digest(leaf)).result
    forget_checked_anchors()
    damaged = check_anchor(replace(proof, tx_hash="0x" + "zz" * 32), digest(leaf)).result

    assert (good, damaged) == ("pass", "fail")
    assert check_anchor(proof_of(leaf), digest(leaf)).result == "pass"
