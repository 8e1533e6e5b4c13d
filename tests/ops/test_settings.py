"""A setting that is missing or malformed stops the start: its name, what is wrong and an example, in one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from defiso.engines import BASE_DIR

GIVEN = {
    "SECRET_KEY": "for tests only, never used to serve",
    "MASTER_KEY": os.environ["MASTER_KEY"],
    "PLATFORM_KEY": os.environ["PLATFORM_KEY"],
    "PATH": os.defpath,
}
ENDPOINTS = (
    "import json, defiso.settings as s; print(json.dumps([s.DYNAMODB_ENDPOINT_URL, s.CHAIN_RPC_URLS, s.USE_DYNAMODB]))"
)


def read(environment: dict[str, str], data_dir: Path, program: str = "import defiso.settings") -> tuple[int, str, str]:
    """Exit code, output and complaints of a fresh process that reads the settings."""
    command, everything = [sys.executable, "-c", program], {"DATA_DIR": str(data_dir), **environment}
    done = subprocess.run(command, env=everything, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "MASTER_KEY", "PLATFORM_KEY"])
def test_a_missing_secret_is_named_with_an_example(name: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in GIVEN.items() if key != name}

    code, _output, complaint = read(environment, tmp_path)

    assert code == 1
    assert complaint.startswith(f"defiso cannot start: {name} is not set. Example: {name}=")
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65534"),
        ("PORT", ""),
        ("SECRET_KEY", "short secret"),
        ("MASTER_KEY", "c2hvcnQ="),
        ("PLATFORM_KEY", "c2hvcnQ="),
        ("PLATFORM_PUBLIC_KEY", "c2hvcnQ="),
        ("PLATFORM_PUBLIC_KEY", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
        ("BASE_DOMAIN", "not a host"),
        ("HTTPS", "perhaps"),
        ("AWS_REGION", "Frankfurt am Main"),
        ("DYNAMODB_TABLE_PREFIX", "a b"),
        ("DYNAMODB_ENDPOINT_URL", "localhost:8001"),
        ("DYNAMODB_TRANSPORT", "pigeon"),
        ("CHAIN_RPC_URLS", "https://rpc.example/v2/secret,wss://rpc.example/v2/secret"),
        ("CHAIN_ID", "mainnet"),
        ("CONFIRMATIONS", "0"),
        ("FORMER_CHAIN_RPC_URLS", "https://rpc.example/secret"),
        ("FORMER_CHAIN_RPC_URLS", "5=wss://rpc.example/secret"),
        ("FORMER_CHAIN_RPC_URLS", "31337=https://rpc.example/secret"),
        ("BATCH_SECONDS", "-1"),
        ("CHAIN_ACCOUNT_KEY", "0xsecret"),
        ("CHAIN_ACCOUNT_KEY", "0x" + "00" * 32),
        ("CHAIN_ACCOUNT", "0x12"),
        ("CHAIN_ACCOUNT", "0x" + "12" * 20),
        ("FORMER_CHAIN_ACCOUNTS", "1:0x12:zQ3s:2024-01-31:2026-02-28"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_malformed_setting_is_named_with_an_example_and_no_secret_is_shown(
    name: str, value: str, tmp_path: Path
) -> None:
    needed = {"CHAIN_ACCOUNT_KEY": "0x" + "11" * 32} if name == "CHAIN_ACCOUNT" else {}

    code, _output, complaint = read({**GIVEN, **needed, name: value}, tmp_path)

    assert code == 1
    assert complaint.startswith(f"defiso cannot start: {name} ")
    assert f"Example: {name}=" in complaint
    assert complaint.count("\n") == 1
    assert "secret" not in complaint
    assert "c2hvcnQ=" not in complaint


def test_the_platforms_public_key_is_derived_from_the_private_one_and_is_enough_to_check(tmp_path: Path) -> None:
    program = "import defiso.settings as s; print(s.PLATFORM_PUBLIC_KEY, bool(s.PLATFORM_KEY))"
    public = read(GIVEN, tmp_path, program)[1].split()[0]

    alone = read({**GIVEN, "PLATFORM_KEY": "", "PLATFORM_PUBLIC_KEY": public}, tmp_path, program)
    both = read({**GIVEN, "PLATFORM_PUBLIC_KEY": public}, tmp_path, program)

    assert public.startswith("z6Mk")
    assert (alone[0], alone[1]) == (0, f"{public} False\n")
    assert (both[0], both[1]) == (0, f"{public} True\n")


def test_another_chain_than_the_embedded_one_needs_an_account_of_its_own(tmp_path: Path) -> None:
    code, _output, complaint = read({**GIVEN, "CHAIN_ID": "1"}, tmp_path)

    assert (code, "CHAIN_ACCOUNT_KEY is not set" in complaint) == (1, True)


def test_the_engines_are_at_an_address_made_from_the_port(tmp_path: Path) -> None:
    code, output, _complaint = read({**GIVEN, "PORT": "8100"}, tmp_path, ENDPOINTS)

    assert code == 0
    assert json.loads(output) == ["http://127.31.164.1:6666", ["http://127.31.164.1:6667"], False]


@pytest.mark.parametrize("blank", ["", "no", "0"])
def test_only_the_word_true_leads_to_the_real_service(blank: str, tmp_path: Path) -> None:
    nothing = {"USE_DYNAMODB": blank, "DYNAMODB_ENDPOINT_URL": "", "CHAIN_RPC_URLS": ""}

    embedded = read({**GIVEN, **nothing}, tmp_path, ENDPOINTS)[1]
    real = read({**GIVEN, **nothing, "USE_DYNAMODB": "true"}, tmp_path, ENDPOINTS)[1]

    assert json.loads(embedded) == ["http://127.31.64.1:6666", ["http://127.31.64.1:6667"], False]
    assert json.loads(real) == ["", ["http://127.31.64.1:6667"], True]


def test_a_copys_own_secrets_are_read_and_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text(
        f"SECRET_KEY=the one that this copy keeps for itself\nMASTER_KEY={GIVEN['MASTER_KEY']}\n"
        f"PLATFORM_KEY={GIVEN['PLATFORM_KEY']}\n"
    )
    program = "import defiso.settings as s; print(s.SECRET_KEY)"

    assert read({"PATH": os.defpath}, tmp_path, program)[1] == "the one that this copy keeps for itself\n"
    assert (
        read({"PATH": os.defpath, "SECRET_KEY": "the one given by the environment"}, tmp_path, program)[1]
        == "the one given by the environment\n"
    )


def test_every_command_of_manage_py_stops_with_the_same_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "create_tables"]
    environment = {**GIVEN, "DATA_DIR": str(tmp_path), "PORT": "none"}

    done = subprocess.run(command, env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("defiso cannot start: PORT is 'none'")
    assert done.stderr.count("\n") == 1
