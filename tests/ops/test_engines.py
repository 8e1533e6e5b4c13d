"""The chain starts again from whatever a kill -9 left of its state."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from defiso.engines import BASE_DIR, CHAIN, EngineMissingError, installed, restore_whole_state
from tests.conftest import free_port, wait_for_port


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
    environment = os.environ | {"DATA_DIR": str(tmp_path), "PORT": str(port - 2)}
    chain = subprocess.Popen([sys.executable, "-m", "defiso.engines", "chain"], cwd=BASE_DIR, env=environment)
    try:
        wait_for_port(port)
        assert chain.poll() is None
    finally:
        chain.kill()
        chain.wait()


def test_a_missing_engine_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(EngineMissingError, match="anvil is not installed; `make engines`"):
        installed(tmp_path / CHAIN.name)
