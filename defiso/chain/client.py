"""The chain as the registry sees it: anchors signed and sent, receipts read. The only importer of web3.

Nothing here knows batches or the store, and nothing is tried again later: the worker's next pass does that. What
several nodes must agree on, and how, is said beside each question; ``quorum`` counts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from statistics import median_low
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import requests
from django.conf import settings
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from defiso.chain.accounts import current_account
from defiso.chain.errors import ChainMismatchError, ChainUnavailableError
from defiso.chain.networks import network_of
from defiso.chain.quorum import Quorum, Seen, middle_head
from defiso.chain.sightings import (
    AccountState,
    Answer,
    Fees,
    OnChain,
    Receipt,
    Sighting,
    SignedTransaction,
    Transaction,
    answer_to_error,
    read_receipt,
    read_transaction,
)
from defiso.chain.signers import LocalSigner, PublicSide, Signer, sign_self_transfer

Call = tuple[str, list[Any]]
Evidence = tuple[Transaction | None, Receipt | None, int | None]  # the last: the highest final block
T = TypeVar("T")


@cache
def configured_chain() -> "Chain":
    """The chain of the settings, one client for each process. ``cache_clear`` forgets it, for tests."""
    key = settings.CHAIN_ACCOUNT_KEY
    signer = LocalSigner(key) if key else PublicSide(current_account().address)
    return Chain(settings.CHAIN_RPC_URLS, chain_id=settings.CHAIN_ID, signer=signer, finality=settings.CHAIN_FINALITY)


def chain_of(chain_id: int) -> "Chain | None":
    """The chain of that number: ours, or one that we anchored on before; None where no node of it is configured."""
    if chain_id == settings.CHAIN_ID:
        return configured_chain()
    urls = settings.FORMER_CHAIN_RPC_URLS.get(chain_id)
    return _former_chain(chain_id, tuple(urls)) if urls else None


@lru_cache(maxsize=16)
def _former_chain(chain_id: int, urls: Sequence[str]) -> "Chain":
    return Chain(urls, chain_id=chain_id, signer=PublicSide(""), finality=network_of(chain_id).finality)


class Chain:
    """One account on one chain, reached through all of ``rpc_urls`` at once, each given ``timeout`` seconds.

    Every exchange asks the node for its chain id too, so no answer of another chain is ever believed.
    All methods raise ChainUnavailableError when no node answers, ChainDisagreementError (one of these) when most of
    those that answer do not agree, ChainMismatchError when only other chains answer.
    """

    def __init__(
        self,
        rpc_urls: Sequence[str],
        *,
        chain_id: int,
        signer: Signer,
        finality: str | None = None,
        timeout: float = 2.0,
    ) -> None:
        self.chain_id = chain_id
        self.network = network_of(chain_id)
        self._finality = finality
        self._signer = signer
        self.address = signer.address
        nodes = [Node(url, chain_id=chain_id, timeout=timeout) for url in rpc_urls]
        self._quorum = Quorum(nodes, seconds=timeout, patience=max(3, self.network.confirmations))

    def doubts(self) -> dict[str, str]:
        """What is wrong with which node, by its host; with one node, nothing ever."""
        return self._quorum.doubts()

    def head(self) -> int:
        """The number of the newest block: the middle one of what the nodes say, the lower of two."""
        return middle_head(self._ask([], read=_nothing, key=_nothing, headed=True))

    def block_hash(self, number: int) -> str | None:
        """The hash of the block at this height, None above the head; the same of most nodes."""
        call = ("eth_getBlockByNumber", [hex(number), False])
        return self._ask([call], read=lambda block: block and str(block["hash"]), since=lambda _: number)[0].value

    def block(self, block_hash: str) -> dict[str, Any] | None:
        """The block as a node tells of it, None if there is none: whoever asks compares it with its hash."""
        call = ("eth_getBlockByHash", [block_hash, False])
        return self._ask([call], read=lambda block: block and dict(block), key=lambda block: block is None)[0].value

    def answer(self, method: str, parameters: list[Any]) -> Any:
        """What the nodes answer to a question of somebody else's, which whoever passes it on has looked at."""
        return self._ask([(method, parameters)], read=lambda result: result, key=repr)[0].value

    def nonce(self, block: int | str = "latest") -> int:
        """How many transactions of our account are mined up to a block: the same of most nodes. Or, at ``latest`` and
        ``pending``, which differ for a moment with each block: the middle one, the lower of two.
        """
        where = hex(block) if isinstance(block, int) else block
        call = ("eth_getTransactionCount", [self.address, where])
        if isinstance(block, int):
            return self._ask([call], read=_number, since=lambda _: block)[0].value
        return median_low(seen.value for seen in self._ask([call], read=_number, key=_nothing))

    def account_state(self) -> AccountState:
        """How many transactions of our account are mined at the head, all nodes asked of the same block."""
        head = self.head()
        return AccountState(block=head, nonce=self.nonce(head))

    def transaction_at(self, nonce: int) -> str | None:
        """The hash of our account's transaction with this nonce; not every node can be asked for it."""
        call = ("eth_getTransactionBySenderAndNonce", [self.address, hex(nonce)])
        return self._ask([call], read=lambda found: found and str(found["hash"]))[0].value

    def fees(self) -> Fees:
        """What to offer now: room for the base fee to double, never beyond the network's cap. The nodes' middle one."""
        calls = [("eth_getBlockByNumber", ["latest", False]), ("eth_maxPriorityFeePerGas", [])]
        offers = [seen.value for seen in self._ask(calls, read=self._read_fees, key=_nothing)]
        return Fees(median_low(offer.most for offer in offers), median_low(offer.tip for offer in offers))

    def sign_anchor(self, root: bytes, *, nonce: int, fees: Fees) -> SignedTransaction:
        """A self-transfer of nothing whose whole calldata is the 32-byte root."""
        if len(root) != 32:
            raise ValueError("a root is 32 bytes")
        return sign_self_transfer(self._signer, self.network, root, nonce=nonce, fees=fees)

    def sign_filler(self, *, nonce: int, fees: Fees) -> SignedTransaction:
        """A self-transfer of nothing and without calldata, to use up a nonce that anchors wait behind."""
        return sign_self_transfer(self._signer, self.network, b"", nonce=nonce, fees=fees)

    def send(self, raw: str) -> Answer:
        """Hand signed bytes to every node; the best answer. ChainUnavailableError here means "maybe sent"; only a
        receipt is proof.
        """

        def hand_over(node: Node) -> Answer:
            [response] = node.exchange([("eth_sendRawTransaction", [raw])])
            error = response.get("error")
            return answer_to_error(error) if error else Answer.ACCEPTED

        return min(self._quorum.tell(hand_over), key=list(Answer).index)

    def observe(self, hashes: Sequence[str]) -> Sighting:
        """How our attempts stand, oldest first: mined nonce and receipts the same of most nodes, which otherwise see
        a new block for a moment; the middle head; the newest attempt known to any.

        Nonces are read before receipts, so a nonce found used without a receipt was used by something else.
        """
        calls = [
            ("eth_getTransactionCount", [self.address, "latest"]),
            ("eth_getTransactionCount", [self.address, "pending"]),
            ("eth_getTransactionByHash", [hashes[-1]]),
            *[("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes],
        ]
        seen = self._ask(
            [*calls, *self._finality_call],
            read=lambda mined, pending, newest, *rest: (
                (_number(mined), [read_receipt(raw) for raw in rest[: len(hashes)] if raw]),
                (_number(pending), newest is not None),
                _final_block(rest[len(hashes) :]),
            ),
            key=lambda value: (value[0][0], tuple(value[0][1])),
            since=lambda value: max((receipt.block_number for receipt in value[0][1]), default=0),
            headed=True,
        )
        mined, receipts = seen[0].value[0]
        return Sighting(
            head=middle_head(seen),
            mined_nonce=mined,
            pending_nonce=median_low(one.value[1][0] for one in seen),
            newest_is_known=any(one.value[1][1] for one in seen),
            receipts=receipts,
            finalized=_middle([one.value[2] for one in seen]),
        )

    def evidence(self, tx_hash: str) -> OnChain:
        """Everything the chain holds about one transaction, the same of most nodes; and the middle head of these."""
        seen = self._ask(
            [
                ("eth_getTransactionByHash", [tx_hash]),
                ("eth_getTransactionReceipt", [tx_hash]),
                *self._finality_call,
            ],
            read=partial(self._read_evidence, tx_hash),
            key=lambda value: value[:2],
            since=lambda value: value[1].block_number if value[1] else 0,
            headed=True,
        )
        transaction, receipt, _finalized = seen[0].value
        finalized = _middle([one.value[2] for one in seen])
        return OnChain(head=middle_head(seen), transaction=transaction, receipt=receipt, finalized=finalized)

    @property
    def _finality_call(self) -> list[Call]:
        return [("eth_getBlockByNumber", [self._finality, False])] if self._finality else []

    def _read_evidence(self, tx_hash: str, transaction: Any, receipt: Any, *final: Any) -> Evidence:
        named = [transaction["hash"]] if transaction else []
        named += [receipt["transactionHash"]] if receipt else []
        if any(name.lower() != tx_hash.lower() for name in named):
            raise ValueError("the node answered about another transaction")
        return (
            read_transaction(transaction, chain_id=self.chain_id) if transaction else None,
            read_receipt(receipt) if receipt else None,
            _final_block(final),
        )

    def _read_fees(self, block: Any, suggested: str) -> Fees:
        tip = max(self.network.tip_floor, _number(suggested))
        most = min(self.network.fee_cap, 2 * _number(block.get("baseFeePerGas", "0x0")) + tip)
        return Fees(most=most, tip=min(tip, most))

    def _ask(
        self,
        calls: Sequence[Call],
        *,
        read: Callable[..., T],
        key: Callable[[T], object] = lambda value: value,
        since: Callable[[T], int] = lambda _: 0,
        headed: bool = False,
    ) -> list[Seen[T]]:
        """The agreeing answers; ``read`` makes one of the results of the calls, in this order and all of one node."""
        head_call: list[Call] = [("eth_blockNumber", [])] if headed or self._quorum.compares else []

        def question(node: Node) -> Seen[T]:
            with node.believable():
                results = [_result(response) for response in node.exchange([*head_call, *calls])]
                head = _number(results.pop(0)) if head_call else 0
                value = read(*results)
                return Seen(head, value, since(value))

        return self._quorum.ask(question, key=key)


class Node:
    """One end-point of a chain. ``name`` is its host: the rest of an RPC address is often a secret."""

    def __init__(self, url: str, *, chain_id: int, timeout: float) -> None:
        self.name = urlsplit(url).netloc.rpartition("@")[2]
        self._chain_id = chain_id
        self._provider = HTTPProvider(url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)

    @contextmanager
    def believable(self) -> Iterator[None]:
        """Whatever is wrong with an answer is ChainUnavailableError."""
        try:
            yield
        except (requests.RequestException, Web3Exception, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ChainUnavailableError(type(error).__name__) from error

    def exchange(self, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """What the node responds to each call, in one request. Raises ChainMismatchError, ChainUnavailableError."""
        with self.believable():
            chain_id, *responses = self._request([("eth_chainId", []), *calls])
            found = _number(_result(chain_id))
        if found != self._chain_id:
            raise ChainMismatchError(expected=self._chain_id, found=found)
        return responses

    def _request(self, calls: Sequence[Call]) -> list[dict[str, Any]]:
        """Asked once more if a kept connection turns out to be closed."""
        batch = [(RPCEndpoint(method), parameters) for method, parameters in calls]
        try:
            responses = self._provider.make_batch_request(batch)
        except requests.Timeout:
            raise
        except requests.ConnectionError:
            responses = self._provider.make_batch_request(batch)
        if not isinstance(responses, list) or len(responses) != len(calls):
            raise ValueError("the node did not answer every call")
        return cast(list[dict[str, Any]], responses)


def _result(response: dict[str, Any]) -> Any:
    if "error" in response:
        raise ValueError("the node answered with an error")
    return response["result"]


def _number(text: str) -> int:
    return int(text, 16)


def _nothing(*_values: object) -> None:
    """Where there is nothing to read, or any answer counts."""


def _middle(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return median_low(known) if known else None


def _final_block(results: Sequence[Any]) -> int | None:
    """The number of the block with the finality tag, if one was asked for."""
    return _number(results[0]["number"]) if results else None
