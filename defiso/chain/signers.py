"""Who signs anchors: the account's address and its signature of a transaction. The key never leaves a signer."""

import sys
from typing import Any, Protocol

from eth_account import Account
from eth_utils.address import to_checksum_address

from defiso.chain.errors import KeyNotHereError
from defiso.chain.networks import Network
from defiso.chain.sightings import Fees, SignedTransaction

# eth_account loads py_ecc, which raises this to 100,000: a deeply nested JSON text would then crash the process.
sys.setrecursionlimit(1_000)


class Signer(Protocol):
    """An account: ``address`` is lower-case hex with 0x."""

    address: str

    def sign(self, transaction: dict[str, Any]) -> tuple[bytes, bytes]:
        """The raw bytes to send and their 32-byte hash, of an EIP-1559 transaction without sender."""


class PublicSide:
    """An account whose key is not here: enough to check, not to sign."""

    def __init__(self, address: str) -> None:
        self.address = address

    def sign(self, transaction: dict[str, Any]) -> tuple[bytes, bytes]:
        raise KeyNotHereError


class LocalSigner:
    """A key in this process's memory, from its private key as 64 hexadecimal digits."""

    def __init__(self, private_key: str) -> None:
        self._account = Account.from_key(private_key)
        self.address: str = self._account.address.lower()

    def sign(self, transaction: dict[str, Any]) -> tuple[bytes, bytes]:
        signed = self._account.sign_transaction(transaction)
        return bytes(signed.raw_transaction), bytes(signed.hash)


def sign_self_transfer(signer: Signer, network: Network, data: bytes, *, nonce: int, fees: Fees) -> SignedTransaction:
    """A transaction of nothing, from the account to itself, with this calldata. Raises KeyNotHereError."""
    raw, tx_hash = signer.sign(
        {
            "type": 2,
            "chainId": network.chain_id,
            "nonce": nonce,
            "to": to_checksum_address(signer.address),
            "value": 0,
            "data": data,
            "gas": network.gas_limit,
            "maxFeePerGas": fees.most,
            "maxPriorityFeePerGas": fees.tip,
        }
    )
    return SignedTransaction(raw=f"0x{raw.hex()}", tx_hash=f"0x{tx_hash.hex()}", nonce=nonce, fees=fees)
