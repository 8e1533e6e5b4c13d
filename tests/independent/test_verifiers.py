"""Verifiers that others wrote, as programs of their own, on a whole running copy: they accept and reject as we do.

What they accept besides is in ``tampering``. Nothing they ask for comes from anywhere but this machine.
"""

import hashlib
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from defiso.credentials.canonicalisation import Statements, canonical_under
from defiso.credentials.contexts import CREDENTIALS_V2, definitions_of
from defiso.credentials.merkle_proof import decode_proof_value
from defiso.credentials.status_entries import PURPOSES
from defiso.engines import CHAIN_PORT, engine_host
from tests.anchoring.anvil import ADDRESS, KEY
from tests.credentials.contents import ORDINARY, subject_with_sites, subjects, unsigned_document
from tests.independent.making import BODY, GENUINE, NUMBERS, STRANGER
from tests.independent.programs import Outcome, try_cases
from tests.independent.tampering import (
    FALSELY_ANCHORED,
    FORGED,
    FORGED_OTHERS,
    GENUINE_ONES,
    GENUINE_OTHERS,
    NOT_ANCHORED,
    Make,
    World,
)
from tests.running_copy import RunningCopy, running_copy

SEPOLIA = "11155111"  # one of the two networks of this kind that Blockcerts' verifier knows
ANCHORED_WITHIN_SECONDS = 60
ENOUGH_BLOCKS = 100  # the engine calls a block finalized that has 64 above it
STRANGERS_ACCOUNT = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"  # the engine's second


@pytest.fixture(scope="module")
def copy() -> Iterator[RunningCopy]:
    """All of its certificates are in one batch: the worker stands still while they are made."""
    with running_copy(CHAIN_ID=SEPOLIA, CHAIN_ACCOUNT_KEY=KEY) as running:
        running.processes["worker"].send_signal(signal.SIGSTOP)
        making = [sys.executable, "-m", "tests.independent.making"]
        subprocess.run(making, env=running.environment, check=True, timeout=60)
        running.processes["worker"].send_signal(signal.SIGCONT)
        _wait_until_anchored(running)
        yield running


@pytest.fixture(scope="module")
def node(copy: RunningCopy) -> str:
    return _node_of(copy)


@pytest.fixture(scope="module")
def world(copy: RunningCopy, node: str) -> World:
    documents = {number: _get(copy, f"/certificates/{number}/credential.json") for number in NUMBERS}
    root = decode_proof_value(documents[GENUINE]["proof"][1]["proofValue"]).root
    return World(
        origins={slug: copy.origin(slug) for slug in (BODY, STRANGER)},
        documents=documents,
        lists={slug: {p: _get(copy, f"/status/{p}/1", slug) for p in PURPOSES} for slug in (BODY, STRANGER)},
        statement=_get(copy, f"/certificates/{GENUINE}/statement.json")["statement"],
        did_documents={slug: _get(copy, "/.well-known/did.json", slug) for slug in (BODY, STRANGER)},
        foreign_anchor=_record_as_a_stranger(node, hashlib.sha256(b"something else").digest()),
        foreign_copy_of_our_anchor=_record_as_a_stranger(node, root),
    )


@pytest.fixture(scope="module")
def blockcerts(copy: RunningCopy, node: str, world: World) -> dict[str, Outcome]:
    makes = GENUINE_ONES | {name: forgery.make for name, forgery in (FORGED | FALSELY_ANCHORED).items()}
    return _outcomes("blockcerts.mjs", makes, copy, node, world)


@pytest.fixture(scope="module")
def data_integrity(copy: RunningCopy, node: str, world: World) -> dict[str, Outcome]:
    forgeries = {name: forgery.make for name, forgery in FORGED.items()}
    forgeries |= {name: make for name, (make, _reason) in FORGED_OTHERS.items()}
    makes = GENUINE_ONES | GENUINE_OTHERS | forgeries
    return _outcomes("data_integrity.mjs", makes, copy, node, world)


@pytest.mark.parametrize("name", GENUINE_ONES)
def test_the_blockcerts_verifier_accepts_what_is_genuine(blockcerts: dict[str, Outcome], name: str) -> None:
    outcome = blockcerts[name]

    assert (outcome["accepted"], outcome["failed"], outcome["refused"]) == (True, [], [])
    assert {"checkDocumentSignature", "checkRevokedStatus"} <= set(outcome["passed"])
    of_the_anchor = {"compareHashes", "checkMerkleRoot", "checkReceipt", "checkAuthenticity", "compareIssuingAddress"}
    assert (of_the_anchor <= set(outcome["passed"])) is (name != NOT_ANCHORED)


@pytest.mark.parametrize("name", FORGED | FALSELY_ANCHORED)
def test_the_blockcerts_verifier_stops_at_the_step_that_is_wrong(blockcerts: dict[str, Outcome], name: str) -> None:
    outcome = blockcerts[name]

    assert (outcome["accepted"], outcome["failed"]) == (False, [(FORGED | FALSELY_ANCHORED)[name].step])
    assert outcome["refused"] == []


@pytest.mark.parametrize("name", [*GENUINE_ONES, *GENUINE_OTHERS])
def test_the_data_integrity_verifier_accepts_what_is_genuine(data_integrity: dict[str, Outcome], name: str) -> None:
    assert data_integrity[name] == {"accepted": True, "failed": [], "refused": []}


@pytest.mark.parametrize("name", FORGED | FORGED_OTHERS)
def test_the_data_integrity_verifier_rejects_what_is_not(data_integrity: dict[str, Outcome], name: str) -> None:
    outcome = data_integrity[name]
    reason = FORGED[name].reason if name in FORGED else FORGED_OTHERS[name][1]

    assert (outcome["accepted"], len(outcome["failed"]), outcome["refused"]) == (False, 1, [])
    assert reason in outcome["failed"][0]


def test_the_leaf_of_an_anchor_is_that_of_the_statements_under_the_publishers_contexts(
    copy: RunningCopy, world: World
) -> None:
    signed = {number: {**document, "proof": document["proof"][0]} for number, document in world.documents.items()}

    statements = _canonical(copy, signed)

    for number, document in world.documents.items():
        anchored = decode_proof_value(document["proof"][1]["proofValue"])
        assert hashlib.sha256(statements[number].encode()).digest() == anchored.target


def test_documents_canonicalise_under_the_publishers_contexts_as_under_ours(copy: RunningCopy, world: World) -> None:
    documents = [unsigned_document(subject) for subject in [ORDINARY, subject_with_sites(40, all_alike=True)]]
    documents += [unsigned_document(subject) for subject in _any_subjects()]
    lists = {
        f"list {purpose}": {name: value for name, value in signed.items() if name != "proof"}
        for purpose, signed in world.lists[BODY].items()
    }

    statements = _canonical(copy, {str(index): document for index, document in enumerate(documents)} | lists)

    assert len(documents) > 20
    for index, document in enumerate(documents):
        assert statements[str(index)].encode() == Statements(document).canonical()
    for name, document in lists.items():
        assert statements[name].encode() == canonical_under(definitions_of(CREDENTIALS_V2), document)


def _outcomes(program: str, makes: dict[str, Make], copy: RunningCopy, node: str, world: World) -> dict[str, Outcome]:
    cases = [make(world).asked(name) for name, make in makes.items()]
    return try_cases(program, cases, port=copy.port, chain=node)


def _canonical(copy: RunningCopy, documents: dict[str, Any]) -> dict[str, str]:
    cases = [{"name": name, "document": document} for name, document in documents.items()]
    outcomes = try_cases("canonical.mjs", cases, port=copy.port)
    return {name: outcome["statements"] for name, outcome in outcomes.items()}


def _any_subjects() -> list[dict[str, Any]]:
    """The same few dozen subjects each time, of any form that fits."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=40, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(subjects)
    def collect(subject: dict[str, Any]) -> None:
        found.append(subject)

    collect()
    return found


def _get(copy: RunningCopy, path: str, slug: str = BODY) -> dict[str, Any]:
    return copy.get_json(path, slug)


def _wait_until_anchored(copy: RunningCopy) -> None:
    """Mines what this network's rules want above the transaction, once it is there."""
    node = _node_of(copy)
    _wait_until(lambda: _ask(node, "eth_getTransactionCount", ADDRESS, "latest") != "0x0")
    _ask(node, "anvil_mine", hex(ENOUGH_BLOCKS))
    for number in NUMBERS:
        path = f"/certificates/{number}/credential.json"
        _wait_until(lambda path=path: isinstance(_get(copy, path)["proof"], list))


def _wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ANCHORED_WITHIN_SECONDS
    while not reached():
        assert time.monotonic() < deadline, "the certificates were not anchored"
        time.sleep(0.2)


def _record_as_a_stranger(node: str, root: bytes) -> bytes:
    """The transaction by which another account put these 32 bytes on the chain."""
    sent = {"from": STRANGERS_ACCOUNT, "to": STRANGERS_ACCOUNT, "data": "0x" + root.hex()}
    return bytes.fromhex(_ask(node, "eth_sendTransaction", sent)[2:])


def _node_of(copy: RunningCopy) -> str:
    return f"http://{engine_host(copy.port)}:{CHAIN_PORT}"


def _ask(node: str, method: str, *params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    request = urllib.request.Request(node, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["result"]
