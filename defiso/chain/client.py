"""The chain as the registry sees it: anchors signed and sent, receipts read. The only importer of web3.

Nothing here knows batches or the store, and nothing is tried again later: the worker's next pass does that.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import requests
from django.conf import settings
from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.chain.sightings import (
    Answer,
    Fees,
    OnChain,
    Receipt,
    Sighting,
    SignedTransaction,
    Transaction,
    answer_to_error,
)
from defiso.chain.signers import LocalSigner, Signer

GAS_LIMIT = 22_280  # EIP-7623 floor of 32 non-zero bytes; anvil never mines a transaction sent with less
PLAIN_GAS = 21_000
FEE_CAP = 500 * 10**9  # wei per gas: dearer than this and a batch waits

Call = tuple[str, list[Any]]
T = TypeVar("T")
log = logging.getLogger(__name__)


def floor_gas(data: bytes) -> int:
    """What a plain transaction with this calldata uses (EIP-7623: 10 gas a token; a zero byte is 1, another 4)."""
    return PLAIN_GAS + sum(40 if byte else 10 for byte in data)


@cache
def configured_chain() -> "Chain":
    """The chain of the settings, one client for each process. ``cache_clear`` forgets it, for tests."""
    signer = LocalSigner(settings.CHAIN_ACCOUNT_KEY)
    return Chain(settings.CHAIN_RPC_URLS, chain_id=settings.CHAIN_ID, signer=signer)


class Chain:
    """One account on one chain, reached through the first of ``rpc_urls`` that answers within ``timeout`` seconds.

    Every exchange asks the node for its chain id too, so no answer of another chain is ever believed.
    All methods raise ChainUnavailableError when no node answers, ChainMismatchError when only other chains do.
    """

    def __init__(self, rpc_urls: Sequence[str], *, chain_id: int, signer: Signer, timeout: float = 2.0) -> None:
        self.chain_id = chain_id
        self._signer = signer
        self.address = signer.address
        self._nodes = [
            HTTPProvider(url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)
            for url in rpc_urls
        ]
        self._preferred = 0
        self._reported: set[str] = set()

    def head(self) -> int:
        """The number of the newest block."""
        [number] = self._ask(("eth_blockNumber", []))
        return int(number, 16)

    def block_hash(self, number: int) -> str | None:
        """The hash of the block at this height, None above the head."""
        [block] = self._ask(("eth_getBlockByNumber", [hex(number), False]))
        return str(block["hash"]) if block else None

    def nonce(self, block: int | str = "latest") -> int:
        """How many transactions of our account are mined up to a block, or known to the node at ``pending``."""
        where = hex(block) if isinstance(block, int) else block
        [count] = self._ask(("eth_getTransactionCount", [self.address, where]))
        return int(count, 16)

    def fees(self) -> Fees:
        """What to offer now: room for the base fee to double, never beyond FEE_CAP."""
        block, suggested = self._ask(("eth_getBlockByNumber", ["latest", False]), ("eth_maxPriorityFeePerGas", []))
        tip = max(1, int(suggested, 16))
        most = min(FEE_CAP, 2 * int(block.get("baseFeePerGas", "0x0"), 16) + tip)
        return Fees(most=most, tip=min(tip, most))

    def sign_anchor(self, root: bytes, *, nonce: int, fees: Fees) -> SignedTransaction:
        """A self-transfer of nothing whose whole calldata is the 32-byte root."""
        if len(root) != 32:
            raise ValueError("a root is 32 bytes")
        return self._sign(root, gas=max(GAS_LIMIT, floor_gas(root)), nonce=nonce, fees=fees)

    def sign_filler(self, *, nonce: int, fees: Fees) -> SignedTransaction:
        """A self-transfer of nothing and without calldata, to use up a nonce that anchors wait behind."""
        return self._sign(b"", gas=PLAIN_GAS, nonce=nonce, fees=fees)

    def send(self, raw: str) -> Answer:
        """Hand over signed bytes. ChainUnavailableError here means "maybe sent"; only a receipt is proof."""

        def hand_over(node: HTTPProvider) -> Answer:
            chain_id, response = _exchange(node, [("eth_chainId", []), ("eth_sendRawTransaction", [raw])])
            self._refuse_other_chain(chain_id)
            error = response.get("error")
            return answer_to_error(error) if error else Answer.ACCEPTED

        return self._first_that_answers(hand_over)

    def observe(self, hashes: Sequence[str]) -> Sighting:
        """One node's view of our attempts, oldest first.

        Nonces are read before receipts, so a nonce found used without a receipt was used by something else.
        """
        head, mined, pending, newest, *receipts = self._ask(
            ("eth_blockNumber", []),
            ("eth_getTransactionCount", [self.address, "latest"]),
            ("eth_getTransactionCount", [self.address, "pending"]),
            ("eth_getTransactionByHash", [hashes[-1]]),
            *[("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes],
        )
        return Sighting(
            head=int(head, 16),
            mined_nonce=int(mined, 16),
            pending_nonce=int(pending, 16),
            newest_is_known=newest is not None,
            receipts=[_receipt(raw) for raw in receipts if raw],
        )

    def evidence(self, tx_hash: str) -> OnChain:
        """Everything the chain holds about one transaction."""
        head, transaction, receipt = self._ask(
            ("eth_blockNumber", []),
            ("eth_getTransactionByHash", [tx_hash]),
            ("eth_getTransactionReceipt", [tx_hash]),
        )
        return OnChain(
            head=int(head, 16),
            transaction=_transaction(transaction) if transaction else None,
            receipt=_receipt(receipt) if receipt else None,
        )

    def _sign(self, data: bytes, *, gas: int, nonce: int, fees: Fees) -> SignedTransaction:
        raw, tx_hash = self._signer.sign(
            {
                "type": 2,
                "chainId": self.chain_id,
                "nonce": nonce,
                "to": Web3.to_checksum_address(self.address),
                "value": 0,
                "data": data,
                "gas": gas,
                "maxFeePerGas": fees.most,
                "maxPriorityFeePerGas": fees.tip,
            }
        )
        return SignedTransaction(raw=f"0x{raw.hex()}", tx_hash=f"0x{tx_hash.hex()}", nonce=nonce, fees=fees)

    def _ask(self, *calls: Call) -> list[Any]:
        """The results of calls, all from one node and in this order."""

        def results(node: HTTPProvider) -> list[Any]:
            chain_id, *responses = _exchange(node, [("eth_chainId", []), *calls])
            self._refuse_other_chain(chain_id)
            return [_result(response) for response in responses]

        return self._first_that_answers(results)

    def _first_that_answers(self, exchange: Callable[[HTTPProvider], T]) -> T:
        failure: Exception = ChainUnavailableError("no node is configured")
        for offset in range(len(self._nodes)):
            position = (self._preferred + offset) % len(self._nodes)
            node = self._nodes[position]
            try:
                answer = exchange(node)
            except ChainMismatchError as error:
                failure = error
                self._report_once(_name(node), error.sentence)
            except (requests.RequestException, Web3Exception, ValueError, KeyError, TypeError) as error:
                if not isinstance(failure, ChainMismatchError):
                    failure = ChainUnavailableError(type(error).__name__)
                log.debug("chain node=%s problem=%s", _name(node), type(error).__name__)
            else:
                self._preferred = position
                return answer
        raise failure

    def _report_once(self, name: str, problem: str) -> None:
        if name not in self._reported:
            self._reported.add(name)
            log.error("chain node=%s problem=%s", name, problem)

    def _refuse_other_chain(self, response: dict[str, Any]) -> None:
        found = int(_result(response), 16)
        if found != self.chain_id:
            raise ChainMismatchError(expected=self.chain_id, found=found)


def _exchange(node: HTTPProvider, calls: list[Call]) -> list[dict[str, Any]]:
    """One HTTP request to one node; asked once more if a kept connection turns out to be closed."""
    batch = [(RPCEndpoint(method), parameters) for method, parameters in calls]
    try:
        responses = node.make_batch_request(batch)
    except requests.Timeout:
        raise
    except requests.ConnectionError:
        responses = node.make_batch_request(batch)
    if not isinstance(responses, list) or len(responses) != len(calls):
        raise ValueError("the node did not answer every call")
    return cast(list[dict[str, Any]], responses)


def _result(response: dict[str, Any]) -> Any:
    if "error" in response:
        raise ValueError("the node answered with an error")
    return response["result"]


def _receipt(raw: dict[str, Any]) -> Receipt:
    return Receipt(
        tx_hash=raw["transactionHash"].lower(),
        succeeded=int(raw["status"], 16) == 1,
        block_number=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"].lower(),
        gas_used=int(raw["gasUsed"], 16),
        gas_price=int(raw["effectiveGasPrice"], 16),
    )


def _transaction(raw: dict[str, Any]) -> Transaction:
    return Transaction(
        sender=raw["from"].lower(),
        recipient=(raw["to"] or "").lower(),
        data=bytes.fromhex(raw["input"].removeprefix("0x")),
        chain_id=int(raw["chainId"], 16) if raw.get("chainId") else None,
    )


def _name(node: HTTPProvider) -> str:
    """The host alone: the rest of an RPC address is often a secret."""
    return urlsplit(str(node.endpoint_uri)).hostname or "?"
