"""The header of a block of the Ethereum family: its fields in the order in which they make the block's hash.

Source: Ethereum execution specifications, ``Header``; EIP-1559, 4895, 4844, 4788 and 7685 for the fields at the end.
"""

from typing import Any

import rlp
from eth_hash.auto import keccak

# name in JSON-RPC -> whether it is a number, which RLP writes without leading zeros
FIELDS = {
    "parentHash": False,
    "sha3Uncles": False,
    "miner": False,
    "stateRoot": False,
    "transactionsRoot": False,
    "receiptsRoot": False,
    "logsBloom": False,
    "difficulty": True,
    "number": True,
    "gasLimit": True,
    "gasUsed": True,
    "timestamp": True,
    "extraData": False,
    "mixHash": False,
    "nonce": False,
    "baseFeePerGas": True,
    "withdrawalsRoot": False,
    "blobGasUsed": True,
    "excessBlobGas": True,
    "parentBeaconBlockRoot": False,
    "requestsHash": False,
}


def header_of(block: dict[str, Any], block_hash: str) -> dict[str, str] | None:
    """The header's fields out of a node's JSON of a block; None if they do not make this hash, as on some chains."""
    fields = {name: block[name] for name in FIELDS if isinstance(block.get(name), str)}
    try:
        made = "0x" + keccak(rlp.encode([_octets(name, text) for name, text in fields.items()])).hex()
    except ValueError:
        return None
    return fields if made == block_hash.lower() else None


def _octets(name: str, text: str) -> bytes:
    digits = text.removeprefix("0x")
    octets = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
    return octets.lstrip(b"\x00") if FIELDS[name] else octets
