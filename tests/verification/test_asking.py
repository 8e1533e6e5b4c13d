"""What a visitor's browser may ask of the embedded chain through the register, and that nothing else gets through."""

import json
from typing import Any

import pytest
from django.test import Client

from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.staff import browser_at

HASH = "0x" + "ab" * 32
REFUSED = [
    {"method": "eth_sendRawTransaction", "params": ["0x02"]},
    {"method": "anvil_setBalance", "params": [HASH, "0x1"]},
    {"method": "eth_chainId", "params": [1]},
    {"method": "eth_getTransactionByHash", "params": []},
    {"method": "eth_getTransactionByHash", "params": ["0x" + "ab" * 31]},
    {"method": "eth_getTransactionByHash", "params": [[HASH]]},
    {"method": "eth_getBlockByNumber", "params": ["0x1", True]},
    {"method": "eth_getBlockByNumber", "params": ["0x1", 0]},
    {"method": "eth_getBlockByNumber", "params": ["pending", False]},
    {"method": ["eth_chainId"], "params": []},
    {"params": []},
    [],
    None,
]


@pytest.fixture
def visitor(tenant: Tenant, anvil: Anvil) -> Client:
    return browser_at(tenant)


def ask(visitor: Client, question: Any) -> Any:
    return visitor.get("/chain", {"ask": question if isinstance(question, str) else json.dumps(question)})


def test_the_five_questions_are_answered_as_the_chain_answers_them(visitor: Client) -> None:
    def answer(method: str, *parameters: Any) -> Any:
        return ask(visitor, {"method": method, "params": list(parameters)}).json()["result"]

    assert answer("eth_chainId") == hex(31337)
    assert answer("eth_blockNumber") == "0x0"
    assert answer("eth_getBlockByNumber", "0x0", False)["number"] == "0x0"
    assert answer("eth_getTransactionByHash", HASH) is None
    assert answer("eth_getTransactionReceipt", HASH) is None


@pytest.mark.parametrize("question", [*REFUSED, "", "{", "[" * 100_000], ids=lambda asked: str(asked)[:60])
def test_no_other_question_gets_to_the_chain(visitor: Client, question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("defiso.chain.client.Chain.answer", lambda *_arguments: pytest.fail("the chain was asked"))

    assert ask(visitor, question).status_code == 422


def test_a_page_of_another_site_cannot_read_the_answer(visitor: Client) -> None:
    answer = ask(visitor, {"method": "eth_chainId", "params": []})

    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_other_chain_than_the_embedded_one_is_asked_for_anybody(visitor: Client, settings: Any) -> None:
    settings.CHAIN_ID = 1

    assert ask(visitor, {"method": "eth_chainId", "params": []}).status_code == 404
