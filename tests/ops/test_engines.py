"""The chain starts again from whatever a kill -9 left of its state."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from defiso.engines import (
    BASE_DIR,
    CHAIN,
    CHAIN_PORT,
    DYNAMODB_PORT,
    KEPT_VARIABLES,
    EngineMissingError,
    engine_host,
    installed,
    restore_whole_state,
)
from tests.conftest import free_port, wait_for_port
from tests.waiting import wait_until


def test_half_a_state_file_gives_way_to_the_last_whole_one(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    state.write_text('{"best_block_number": 7}')
    restore_whole_state(state)
    state.write_text('{"best_block_number": 8, "blo')

    restore_whole_state(state)

    assert json.loads(state.read_text()) == {"best_block_number": 7}


def test_half_a_state_file_with_nothing_kept_begins_an_empty_chain(tmp_path: Path) -> None:
    state = tmp_path / "chain.json"
    state.write_text("{")

    restore_whole_state(state)

    assert not state.exists()


def test_the_chain_engine_starts_on_half_a_state_file(tmp_path: Path) -> None:
    (tmp_path / "chain.json").write_text('{"block":{"number":"0x1"')
    port = free_port()
    environment = os.environ | {"DATA_DIR": str(tmp_path), "PORT": str(port)}
    chain = subprocess.Popen([sys.executable, "-m", "defiso.engines", "chain"], cwd=BASE_DIR, env=environment)
    try:
        wait_for_port(CHAIN_PORT, host=engine_host(port))
        assert chain.poll() is None
    finally:
        chain.kill()
        chain.wait()


@pytest.mark.parametrize(("name", "port"), [("dynamodb", DYNAMODB_PORT), ("chain", CHAIN_PORT)])
def test_an_engine_has_no_secret_in_its_environment_and_its_files_are_for_its_owner(
    tmp_path: Path, name: str, port: int
) -> None:
    web = free_port()
    secrets = {
        "SECRET_KEY": "s" * 40,
        "MASTER_KEY": "A" * 43 + "=",
        "PLATFORM_KEY": "A" * 43 + "=",
        "CHAIN_ACCOUNT_KEY": f"0x{7:064x}",
        "AWS_SECRET_ACCESS_KEY": "aws-secret",
    }
    environment = os.environ | secrets | {"DATA_DIR": str(tmp_path / "data"), "PORT": str(web)}
    engine = subprocess.Popen([sys.executable, "-m", "defiso.engines", name], cwd=BASE_DIR, env=environment)
    try:
        wait_for_port(port, host=engine_host(web))
        wait_until(lambda: any((tmp_path / "data").iterdir()), "it keeps nothing")  # the chain, a second after it began
        seen = Path(f"/proc/{engine.pid}/environ").read_text()
        kept = list((tmp_path / "data").rglob("*"))
    finally:
        engine.terminate()
        engine.wait()

    assert {entry.partition("=")[0] for entry in seen.split("\0") if entry} <= set(KEPT_VARIABLES)
    assert not any(value in seen for value in secrets.values())
    kept += (tmp_path / "data").rglob("*")
    assert [path for path in {*kept} if path.exists() and path.stat().st_mode & 0o077] == []
    assert list((tmp_path / "data").iterdir()) != []


def test_a_missing_engine_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError, match="anvil is not installed; `make engines`"):
        installed(tmp_path / CHAIN.name)
