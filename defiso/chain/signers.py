"""Who signs anchors: the account's address and its signature of a transaction. The key never leaves a signer."""

import sys
from typing import Any, Protocol

from eth_account import Account

# eth_account loads py_ecc, which raises this to 100,000: a deeply nested JSON text would then crash the process.
sys.setrecursionlimit(1_000)


class Signer(Protocol):
    """An account: ``address`` is lower-case hex with 0x."""

    address: str

    def sign(self, transaction: dict[str, Any]) -> tuple[bytes, bytes]:
        """The raw bytes to send and their 32-byte hash, of an EIP-1559 transaction without sender."""


class LocalSigner:
    """A key in this process's memory, from its private key as 64 hexadecimal digits."""

    def __init__(self, private_key: str) -> None:
        self._account = Account.from_key(private_key)
        self.address: str = self._account.address.lower()

    def sign(self, transaction: dict[str, Any]) -> tuple[bytes, bytes]:
        signed = self._account.sign_transaction(transaction)
        return bytes(signed.raw_transaction), bytes(signed.hash)
