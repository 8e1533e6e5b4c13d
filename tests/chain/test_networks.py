"""What is known of each chain, and what the settings make of it."""

import json
from pathlib import Path

import pytest

from defiso.chain.networks import GWEI, NETWORKS, network_of
from tests.anchoring.anvil import Anvil
from tests.ops.test_settings import GIVEN, read

SEEN = "import json, defiso.settings as s; print(json.dumps([s.CONFIRMATIONS, s.CHAIN_FINALITY]))"
HASH = "0x" + "ab" * 32
ACCOUNT = {"CHAIN_ACCOUNT": "0x" + "11" * 20}


@pytest.mark.parametrize(
    ("chain_id", "name", "page"),
    [  # ethereum-lists/chains, _data/chains/eip155-<id>.json: name, explorers[0].url; /tx/<hash> is EIP-3091
        (1, "Ethereum", "https://etherscan.io/tx/"),
        (11155111, "Sepolia", "https://sepolia.etherscan.io/tx/"),
        (8453, "Base", "https://basescan.org/tx/"),
        (137, "Polygon", "https://polygonscan.com/tx/"),
        (42161, "Arbitrum One", "https://arbiscan.io/tx/"),
        (42793, "Etherlink", "https://explorer.etherlink.com/tx/"),
    ],
)
def test_each_chain_has_its_name_and_the_page_of_a_transaction(chain_id: int, name: str, page: str) -> None:
    network = network_of(chain_id)

    assert name in network.name
    assert network.address_of_transaction(HASH) == page + HASH


def test_the_local_chain_and_unknown_ones_have_no_explorer_and_the_defaults() -> None:
    unknown = network_of(99)

    assert network_of(31337).address_of_transaction(HASH) == ""
    assert unknown.address_of_transaction(HASH) == ""
    assert (unknown.name, unknown.confirmations, unknown.finality) == ("EVM chain 99", 12, None)


def test_no_chain_is_listed_twice_and_none_asks_for_state_that_nodes_have_forgotten() -> None:
    assert len({network.chain_id for network in NETWORKS}) == len(NETWORKS)
    assert all(1 <= network.confirmations <= 100 for network in NETWORKS)
    assert all(network.tip_floor < network.fee_cap for network in NETWORKS)


def test_an_offer_keeps_to_the_floor_and_the_cap_of_its_chain_and_an_anchor_to_its_gas() -> None:
    with Anvil(chain_id=137) as polygon, Anvil(chain_id=42161) as arbitrum:
        polygon_fees, arbitrum_fees = polygon.chain().fees(), arbitrum.chain().fees()
        signed = arbitrum.chain().sign_anchor(bytes(range(1, 33)), nonce=0, fees=arbitrum_fees)
        arbitrum.chain().send(signed.raw)
        sent = arbitrum.rpc("eth_getTransactionByHash", signed.tx_hash)
        arbitrum.rpc("anvil_setNextBlockBaseFeePerGas", hex(10**12))
        arbitrum.mine()
        dear = arbitrum.chain().fees()

    assert polygon_fees.tip == 30 * GWEI
    assert arbitrum_fees.tip < 30 * GWEI
    assert dear.most == 50 * GWEI
    assert int(sent["gas"], 16) == 2_000_000


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({}, [1, None]),
        ({"CHAIN_ID": "1", **ACCOUNT}, [32, "finalized"]),
        ({"CHAIN_ID": "42793", **ACCOUNT}, [100, None]),
        ({"CHAIN_ID": "99", **ACCOUNT}, [12, None]),
        ({"CHAIN_ID": "1", "CONFIRMATIONS": "5", **ACCOUNT}, [5, None]),
    ],
)
def test_when_an_anchor_is_final_follows_from_the_chain_unless_it_is_set(
    given: dict[str, str], seen: list[object], tmp_path: Path
) -> None:
    assert json.loads(read({**GIVEN, **given}, tmp_path, SEEN)[1]) == seen


def test_chains_that_are_only_checked_are_set_by_their_number(tmp_path: Path) -> None:
    urls = "1=https://a.example/key=1, 1=https://b.example,5=http://c.example"
    program = "import json, defiso.settings as s; print(json.dumps(s.FORMER_CHAIN_RPC_URLS))"

    output = read({**GIVEN, "FORMER_CHAIN_RPC_URLS": urls}, tmp_path, program)[1]

    assert json.loads(output) == {"1": ["https://a.example/key=1", "https://b.example"], "5": ["http://c.example"]}
