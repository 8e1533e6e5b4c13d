"""What stops a start, each with one sentence that says what to do."""

import os
import platform
import socket
import stat
from pathlib import Path

import pytest

from defiso.launcher.preflight import CannotStartError, check_engines, check_ports, claim_data_dir, make_secrets


def test_a_port_in_use_is_named_with_what_it_is_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStartError, match=rf"^Port {port} \(the chain\) is in use .* make run PORT="):
            check_ports({("127.0.0.1", port): "the chain"}, wait_seconds=0)


def test_two_copies_cannot_share_a_data_folder(tmp_path: Path) -> None:
    lock = claim_data_dir(tmp_path)

    with pytest.raises(CannotStartError, match=r"^Another copy is running on DATA_DIR="):
        claim_data_dir(tmp_path)

    os.close(lock)
    os.close(claim_data_dir(tmp_path))


def test_what_is_open_in_a_data_folder_is_taken_from_others_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "chain-cache").mkdir(mode=0o755)
    (tmp_path / "chain-cache" / "state").touch(mode=0o644)
    (tmp_path / "dynamodb.sqlite").touch(mode=0o664)
    tmp_path.chmod(0o777)

    os.close(claim_data_dir(tmp_path))

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, *tmp_path.rglob("*"))}
    assert modes == {
        tmp_path.name: 0o700,
        "chain-cache": 0o700,
        "state": 0o600,
        "dynamodb.sqlite": 0o600,
        "running.lock": 0o600,
    }


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStartError, match="cannot be written to: Not a directory"):
        claim_data_dir(tmp_path / "file" / "data")


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    first = (tmp_path / "secrets.env").read_text()

    make_secrets(tmp_path)

    assert (tmp_path / "secrets.env").read_text() == first
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert [line.partition("=")[0] for line in first.splitlines()[1:]] == ["SECRET_KEY", "MASTER_KEY", "PLATFORM_KEY"]


@pytest.mark.parametrize("missing", ["MASTER_KEY", "PLATFORM_KEY"])
def test_data_without_its_keys_is_not_given_new_ones(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(missing)
    (tmp_path / "dynamodb.sqlite").touch()

    with pytest.raises(CannotStartError, match=r"secrets\.env is missing"):
        make_secrets(tmp_path)

    assert not (tmp_path / "secrets.env").exists()


def test_a_machine_without_engines_is_told_which_variables_to_point_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")

    with pytest.raises(CannotStartError, match=r"Linux x64 only.*DYNAMODB_ENDPOINT_URL at .* and CHAIN_RPC_URLS at"):
        check_engines({"dynamodb", "chain"})
    with pytest.raises(CannotStartError, match=r"here, point CHAIN_RPC_URLS at a chain's RPC\.$"):
        check_engines({"chain"})
    check_engines(set())
