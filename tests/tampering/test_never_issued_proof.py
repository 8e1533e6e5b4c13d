"""``verify.py`` on the proof that a number was never issued: as downloaded, without a network, and tampered with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from defiso.tenants.models import Tenant
from defiso.transparency.entries import certificate_key
from tests.anchoring.anvil import Anvil
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at
from tests.tampering.running import run
from tests.tampering.table import other
from tests.tampering.world import pass_once

Said = dict[str, Any]
GONE = "FM-404"


@pytest.fixture
def issued(tenant: Tenant, anvil: Anvil) -> Tenant:
    for number in ("FM-1", "FM-2"):
        issue(tenant, number)
    anchor_everything()
    return tenant


def download(tenant: Tenant, number: str = GONE) -> Said:
    said: Said = browser_at(tenant).get(f"/certificates/{number}/never-issued.json").json()
    return said


def checked(said: Said, tmp_path: Path, *options: str, online: bool = False) -> tuple[int, str]:
    (tmp_path / "never-issued.json").write_text(json.dumps(said, ensure_ascii=False, indent=2))
    return run(tmp_path / "never-issued.json", *options, online=online)


def test_it_is_proven_as_of_a_dated_checkpoint_up_to_the_blockchain(
    issued: Tenant, anvil: Anvil, tmp_path: Path
) -> None:
    code, printed = checked(download(issued), tmp_path, "--platform-key", settings.PLATFORM_PUBLIC_KEY)

    assert (code, f"PROVEN  {GONE}: never issued by acme, as of 20" in printed) == (0, True), printed
    assert "The log has, as its beginning, the" in printed
    assert checked(download(issued), tmp_path, "--rpc", anvil.url, online=True)[0] == 0


def test_before_the_first_anchor_it_could_not_be_checked_in_full(tenant: Tenant, anvil: Anvil, tmp_path: Path) -> None:
    issue(tenant, "FM-1")
    anvil.hold_transactions()
    pass_once()
    code, printed = checked(download(tenant), tmp_path)

    assert (code, "FAIL" in printed) == (2, False), printed
    assert "No checkpoint of this log is on the blockchain yet." in printed


def of_another_number(said: Said) -> None:
    said["number"] = "FM-1"


def of_another_number_with_its_key(said: Said) -> None:
    said.update(number="FM-1", key=certificate_key("acme", "FM-1").hex())


def of_another_body(said: Said) -> None:
    said["body"] = "globex"


def of_another_day(said: Said) -> None:
    said["as_of"] = "2020-01-01T00:00:00Z"


def with_another_checkpoint(said: Said) -> None:
    said["checkpoint"] = said["files"]["platform-checkpoint.txt"]


def without_entries(said: Said) -> None:
    said["map_proof"]["entries"] = []


def with_another_root(said: Said) -> None:
    note = said["files"]["checkpoint.txt"].split("\n")
    note[3] = other(note[3])
    said["files"]["checkpoint.txt"] = said["checkpoint"] = "\n".join(note)


def with_another_key(said: Said) -> None:
    said["files"]["key.json"] = said["files"]["key.json"].replace('"acme"', '"globex"')


CHANGES = [
    of_another_number,
    of_another_number_with_its_key,
    of_another_body,
    of_another_day,
    with_another_checkpoint,
    without_entries,
    with_another_root,
    with_another_key,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_proof_that_was_changed_is_none(issued: Tenant, tmp_path: Path, change: Callable[[Said], None]) -> None:
    said = download(issued)
    change(said)
    code, printed = checked(said, tmp_path)

    assert (code, "PROVEN" in printed) == (1, False), printed


def test_what_is_no_such_file_is_refused_in_a_sentence(issued: Tenant, tmp_path: Path) -> None:
    for said in ({}, {"files": []}, {"files": {"key.json": 1}}, {"files": {}, "map_proof": {}}):
        code, printed = checked(said, tmp_path)
        assert code == 1 or "not in the pack" in printed, printed
        assert "PROVEN" not in printed


def test_a_pack_as_one_json_is_checked_as_the_archive_is(issued: Tenant, tmp_path: Path) -> None:
    answer = browser_at(issued).get("/certificates/FM-1/proof-pack.json")
    (tmp_path / "proof-pack.json").write_bytes(answer.content)
    code, printed = run(tmp_path / "proof-pack.json")

    assert (code, "GENUINE" in printed) == (0, True), printed
