"""What somebody downloads and checks elsewhere: genuine packs pass, tampered ones do not, and the file is named."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from defiso.credentials.canonicalisation import Statements
from defiso.credentials.contexts import TERMS
from defiso.tenants.models import Tenant
from defiso.verification.pack import verify
from defiso.verification.pack.contents import pack_files, sign_files
from defiso.verification.pack.zipping import MANIFEST, zipped
from tests.anchoring.anvil import ADDRESS, Anvil
from tests.credentials.contents import subjects, unsigned_document
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at
from tests.tampering.document import DOCUMENT, document
from tests.tampering.node import lying_node
from tests.tampering.running import run, run_here, write
from tests.tampering.table import ANSWERS, CHAIN, MOMENTS, TAMPERS, Files, put
from tests.tampering.world import make_world

NUMBER = "ISO9001-2026-ABC123"


@pytest.fixture
def pack(tenant: Tenant, anvil: Anvil) -> Files:
    issue(tenant)
    anchor_everything()
    return pack_files(tenant, NUMBER)


def signed_again(files: Files, tenant: Tenant) -> Files:
    unsigned = {name: octets for name, octets in files.items() if name != MANIFEST}
    return {**unsigned, MANIFEST: sign_files(tenant, NUMBER, unsigned)}


def test_a_genuine_pack_passes_as_a_folder_as_a_zip_and_before_the_chain(
    pack: Files, tmp_path: Path, tenant: Tenant, anvil: Anvil
) -> None:
    folder = write(pack, tmp_path / "pack")
    code, printed = run(folder)
    assert (code, "GENUINE" in printed, "status active" in printed) == (0, True, True), printed
    answer = browser_at(tenant).get(f"/certificates/{NUMBER}/proof-pack.zip")
    assert answer.content == zipped(pack)
    (tmp_path / "pack.zip").write_bytes(answer.content)
    assert run(tmp_path / "pack.zip", "--platform-key", settings.PLATFORM_PUBLIC_KEY)[0] == 0
    code, printed = run(folder, "--rpc", anvil.url, online=True)
    assert code == 0, printed
    assert "It has each, deep enough, with its root." in printed


def test_a_certificate_of_many_sites_and_audits_is_genuine(tenant: Tenant, anvil: Anvil, tmp_path: Path) -> None:
    """Nodes without a name under one word are told apart by what they say."""
    sites = [{"name": f"Works {number}", "address": "Hafenweg", "country": "DE", "main": False} for number in range(4)]
    audits = [{"type": kind, "date": "2026-02-10", "auditors": ["A", "B"]} for kind in ("initial", "surveillance")]
    issue(tenant, sites=[*sites, sites[0]], audits=audits)
    anchor_everything()
    code, printed = run(write(pack_files(tenant, NUMBER), tmp_path / "pack"))
    assert code == 0, printed


def test_each_tamper_of_the_table_is_noticed_by_the_step_that_is_meant_to(
    pack: Files, tmp_path: Path, tenant: Tenant
) -> None:
    surprises = {}
    for place, tamper in enumerate(TAMPERS):
        files = dict(pack)
        tamper.change(files)
        assert files != pack, tamper.name
        code, printed = run_here(write(signed_again(files, tenant), tmp_path / str(place)))
        named = any(
            line.startswith(f"{tamper.finding} ") and f" {tamper.step}:" in line for line in printed.split("\n")
        )
        if (code, named) != (tamper.code, True):
            surprises[tamper.name] = (code, printed)
    assert surprises == {}


def test_parts_of_packs_of_other_moments_are_noticed(tmp_path: Path) -> None:
    world = make_world()
    surprises = {}
    for place, moment in enumerate(MOMENTS):
        files = dict(world.packs[moment.moment])
        moment.change(files, world.packs)
        code, printed = run_here(write(world.signed_again(files), tmp_path / str(place)))
        named = any(
            line.startswith(f"{moment.finding} ") and f" {moment.step}:" in line for line in printed.split("\n")
        )
        if (code, named) != (moment.code, True):
            surprises[moment.name] = (code, printed)
    assert surprises == {}
    for name in ("first", "suspended", "whole", "neighbour", "other body", "waiting"):
        code, printed = run(write(world.packs[name], tmp_path / name))
        assert (code, "FAIL" in printed, "UNKNOWN" in printed) == (0, False, False), (name, printed)


def test_a_byte_changed_at_any_of_several_places_of_any_file_is_found_and_the_file_named(
    pack: Files, tmp_path: Path
) -> None:
    unnoticed = []
    for name, octets in pack.items():
        for at in (0, len(octets) // 3, len(octets) - 2):
            changed = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
            code, printed = run_here(write({**pack, name: changed}, tmp_path / f"{name} {at}"))
            if code != 1 or not any(line.startswith("FAIL") and name in line for line in printed.split("\n")):
                unnoticed.append((name, at, printed))
    assert unnoticed == []


def test_a_file_missing_or_added_is_named(pack: Files, tmp_path: Path) -> None:
    fewer = {name: octets for name, octets in pack.items() if name != "did.json"}
    code, printed = run(write(fewer, tmp_path / "fewer"))
    assert (code, "did.json is missing" in printed, "FAIL" in printed) == (2, True, False), printed
    code, printed = run(write({**pack, "extra.json": b"{}"}, tmp_path / "more"))
    assert (code, "extra.json is not of this pack" in printed) == (1, True)


def test_an_account_other_than_the_one_named_is_not_genuine(pack: Files, tmp_path: Path) -> None:
    folder = write(pack, tmp_path / "pack")
    assert run(folder, "--account", ADDRESS)[0] == 0
    code, printed = run(folder, "--account", "0x" + "ab" * 20)
    assert (code, "not the one that you named" in printed) == (1, True)


def test_a_pack_without_the_header_of_its_block_is_genuine_and_says_so(
    pack: Files, tmp_path: Path, tenant: Tenant
) -> None:
    files = dict(pack)
    put(CHAIN, "transactions", 0, "header", to=None)(files)
    code, printed = run(write(signed_again(files, tenant), tmp_path / "pack"))
    assert (code, "The header of 1 blocks is not in the pack" in printed) == (0, True), printed


def test_a_pack_of_another_platform_than_the_one_named_is_not_genuine(pack: Files, tmp_path: Path) -> None:
    named = json.loads(pack["key.json"])["keys"][0]["statement"]["kid"]  # a key, and not the platform's
    code, printed = run(write(pack, tmp_path / "pack"), "--platform-key", named)
    assert (code, "not the one that you named" in printed) == (1, True)


def test_what_is_no_pack_is_refused_in_a_sentence(pack: Files, tmp_path: Path) -> None:
    broken = zipped(pack)[:5000]
    (tmp_path / "broken.zip").write_bytes(broken)
    assert run(tmp_path / "broken.zip")[0] == 2
    assert run(tmp_path / "nothing.zip")[0] == 2
    assert run(write({"key.json": b"[" * 100_000}, tmp_path / "deep"))[0] == 1


def test_a_certificate_that_waits_for_the_chain_could_not_be_checked_in_full(
    tenant: Tenant, anvil: Anvil, tmp_path: Path
) -> None:
    issue(tenant, "ISO9001-2026-FIRST1")
    anchor_everything()
    issue(tenant)
    files = pack_files(tenant, NUMBER)
    code, printed = run(write(files, tmp_path / "pack"))
    assert (code, "FAIL" in printed) == (2, False), printed


def test_a_body_whose_log_has_no_checkpoint_yet_gives_a_pack_that_says_so(
    tenant: Tenant, anvil: Anvil, tmp_path: Path
) -> None:
    issue(tenant)
    answer = browser_at(tenant).get(f"/certificates/{NUMBER}/proof-pack.zip")
    assert answer.status_code == 200
    (tmp_path / "pack.zip").write_bytes(answer.content)
    code, printed = run(tmp_path / "pack.zip")
    assert (code, "FAIL" in printed) == (2, False), printed
    assert "PASS    credential.json: Signed by" in printed
    assert "UNKNOWN checkpoint.txt: The file is not in the pack." in printed
    assert "UNKNOWN proof.json: It is not written to the blockchain yet." in printed


def test_nodes_that_contradict_each_other_say_nothing_and_one_that_is_gone_does_not_matter(
    pack: Files, tmp_path: Path, anvil: Anvil
) -> None:
    folder = write(pack, tmp_path / "pack")
    with lying_node(anvil.url, ANSWERS[0]) as url:
        code, printed = run(folder, "--rpc", anvil.url, "--rpc", url, online=True)
    assert (code, "The nodes do not agree." in printed) == (2, True), printed
    assert run(folder, "--rpc", "http://127.0.0.1:9", "--rpc", anvil.url, online=True)[0] == 0


def test_a_block_must_be_as_deep_and_as_final_as_the_chain_needs(
    pack: Files, tmp_path: Path, tenant: Tenant, anvil: Anvil
) -> None:
    deeper, final = dict(pack), dict(pack)
    put(CHAIN, "transactions", 0, "confirmations", to=3)(deeper)
    put(CHAIN, "transactions", 0, "finality", to="finalized")(final)
    code, printed = run(write(signed_again(deeper, tenant), tmp_path / "deeper"), "--rpc", anvil.url, online=True)
    assert (code, "The block of the transaction is 1 deep, and 3 are needed." in printed) == (2, True), printed
    code, printed = run(write(signed_again(final, tenant), tmp_path / "final"), "--rpc", anvil.url, online=True)
    assert (code, "The block of the transaction is not final yet." in printed) == (2, True), printed


def test_what_a_node_of_the_chain_answers_is_compared(pack: Files, tmp_path: Path, anvil: Anvil) -> None:
    folder = write(pack, tmp_path / "pack")
    surprises = {}
    for answer in ANSWERS:
        with lying_node(anvil.url, answer) as url:
            code, printed = run_here(folder, "--rpc", url)
        if code != answer.code:
            surprises[answer.name] = (code, printed)
    assert surprises == {}
    assert run(folder, "--rpc", "http://127.0.0.1:9", online=True)[0] == 2


def test_nobody_gets_a_pack_of_what_is_confidential_or_not_there(tenant: Tenant, anvil: Anvil) -> None:
    issue(tenant, confidential=True, confidentialityReason="The client asked for it.")
    anchor_everything()
    browser = browser_at(tenant)
    for number in (NUMBER, "NOT-THERE-1"):
        assert browser.get(f"/certificates/{number}/proof-pack.zip").status_code == 404


def test_its_words_mean_what_they_mean_to_the_registry() -> None:
    for word, meaning in verify.MEANINGS.items():
        kind = "@id" if word in verify.ADDRESSES else verify.TYPED.get(word, "")
        assert (meaning, kind) == (TERMS[word].address, TERMS[word].type), word
    assert set(TERMS) - set(verify.MEANINGS) == {"MerkleProof2019"}


def test_it_writes_the_same_statements_as_the_registry(pack: Files) -> None:
    credential = json.loads(pack["credential.json"])
    says = verify.proof_statements(credential["proof"][0])
    written = verify.Statements(credential).canonical_with_proof(says)
    assert written == pack["credential.nq"]


@hypothesis_settings(deadline=None, max_examples=300)
@given(subjects)
def test_it_writes_the_same_statements_of_any_certificate(subject: dict[str, Any]) -> None:
    document = unsigned_document(subject)
    assert verify.Statements(document).canonical() == Statements(document).canonical()


def test_its_keccak_is_the_one_of_ethereum_at_every_length_around_a_block() -> None:
    for length in (0, 1, 31, 32, 134, 135, 136, 137, 271, 272, 273, 700):
        octets = hashlib.shake_256(bytes([length % 256])).digest(length)
        assert verify.keccak(octets) == keccak(octets)


def test_the_document_of_tampers_is_current() -> None:
    assert DOCUMENT.read_text() == document()
    assert len(TAMPERS) + len(MOMENTS) + len(ANSWERS) >= 60
