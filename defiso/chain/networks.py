"""The chains we know, as data; any other EIP-155 number works too, with the defaults of ``Network``.

Numbers, currencies, explorers and public nodes: ethereum-lists/chains, ``_data/chains/eip155-<id>.json``; addresses of
transactions there: EIP-3091. What the tags mean: Ethereum's execution-apis (``safe``, ``finalized``), the OP Stack's
and Arbitrum's documentation (finalized when the batch is final on Ethereum), Polygon's PIP-11 (milestones).
"""

from dataclasses import dataclass
from typing import Literal

EMBEDDED = 31337  # the chain that `make run` starts
GWEI = 10**9
ANCHOR_GAS = 22_280  # EIP-7623 floor of 32 non-zero bytes; anvil never mines a transaction sent with less


@dataclass(frozen=True)
class Network:
    """One EVM chain: its EIP-155 number, what people call it, where they look a transaction up, when it is final.

    Final is what has ``confirmations`` blocks, its own included (at most 100: nodes keep the state of the last 128),
    and is not above the block with the tag ``finality``, where the chain has one. ``fee_cap``, the most to offer,
    and ``tip_floor`` are wei per gas. ``gas_limit`` is of an anchor. ``nodes`` are some that anybody may ask
    from a page of any site: they are proposed to visitors who check for themselves, and never asked by us.
    """

    chain_id: int
    name: str
    currency: str = "ETH"
    explorer: str = ""
    confirmations: int = 12
    finality: Literal["safe", "finalized"] | None = None
    fee_cap: int = 500 * GWEI
    tip_floor: int = 1
    gas_limit: int = ANCHOR_GAS
    nodes: tuple[str, ...] = ()

    def address_of_transaction(self, tx_hash: str) -> str:
        """Where an explorer shows the transaction; empty if we know none."""
        return f"{self.explorer}/tx/{tx_hash}" if self.explorer else ""


NETWORKS = (
    Network(
        1,
        "Ethereum",
        explorer="https://etherscan.io",
        confirmations=32,
        finality="finalized",
        nodes=("https://ethereum-rpc.publicnode.com", "https://eth.drpc.org"),
    ),
    Network(
        11155111,
        "Sepolia test network",
        explorer="https://sepolia.etherscan.io",
        confirmations=32,
        finality="finalized",
        nodes=("https://ethereum-sepolia-rpc.publicnode.com", "https://sepolia.drpc.org"),
    ),
    Network(
        8453,
        "Base",
        explorer="https://basescan.org",
        confirmations=30,
        finality="finalized",
        fee_cap=50 * GWEI,
        tip_floor=1_000_000,
        nodes=("https://mainnet.base.org", "https://base-rpc.publicnode.com"),
    ),
    Network(  # a tip below 30 gwei is refused: maticnetwork/matic.js issue 373
        137,
        "Polygon",
        currency="POL",
        explorer="https://polygonscan.com",
        confirmations=16,
        finality="finalized",
        fee_cap=3_000 * GWEI,
        tip_floor=30 * GWEI,
        nodes=("https://polygon-bor-rpc.publicnode.com", "https://polygon.drpc.org"),
    ),
    Network(  # no tips; gas includes what the parent chain takes for the bytes (docs.arbitrum.io, "Estimate gas")
        42161,
        "Arbitrum One",
        explorer="https://arbiscan.io",
        confirmations=100,
        finality="finalized",
        fee_cap=50 * GWEI,
        tip_floor=0,
        gas_limit=2_000_000,
        nodes=("https://arb1.arbitrum.io/rpc", "https://arbitrum-one-rpc.publicnode.com"),
    ),
    Network(  # as Arbitrum's, for the inclusion fee; no fork but that of its sequencer
        42793,
        "Etherlink",
        currency="XTZ",
        explorer="https://explorer.etherlink.com",
        confirmations=100,
        fee_cap=500 * GWEI,
        tip_floor=0,
        gas_limit=2_000_000,
        nodes=("https://node.mainnet.etherlink.com",),
    ),
    Network(EMBEDDED, "embedded test chain", confirmations=1),
)
_BY_ID = {network.chain_id: network for network in NETWORKS}


def network_of(chain_id: int) -> Network:
    """What we know of the chain of this number, or the defaults under a name made of the number."""
    return _BY_ID.get(chain_id) or Network(chain_id, f"EVM chain {chain_id}")
