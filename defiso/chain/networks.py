"""The chains we know by name, as data; any other EIP-155 number works too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """One EVM chain: its EIP-155 number and what people call it."""

    chain_id: int
    name: str


NETWORKS = (
    Network(1, "Ethereum"),
    Network(11155111, "Sepolia test network"),
    Network(31337, "embedded test chain"),
)
_BY_ID = {network.chain_id: network for network in NETWORKS}


def name_of(chain_id: int) -> str:
    """What to call the chain of this number on a page."""
    known = _BY_ID.get(chain_id)
    return known.name if known else f"EVM chain {chain_id}"
