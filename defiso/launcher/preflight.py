"""What must be so before anything is started: a data folder of our own, secrets, engines, free ports."""

import base64
import fcntl
import os
import secrets
import socket
import time
from pathlib import Path

from defiso.engines import CHAIN, DYNAMODB, installed, is_packaged_here

PORT_WAIT_SECONDS = 3.0  # a copy killed a moment ago is still closing its ports


class CannotStartError(Exception):
    """One sentence for the person who ran the command."""


def claim_data_dir(data_dir: Path) -> int:
    """Make ``data_dir`` and lock it for this process; the lock goes with the returned file descriptor."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data_dir / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStartError(f"DATA_DIR={data_dir} cannot be written to: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStartError(
            f"Another copy is running on DATA_DIR={data_dir}; stop it, or give this one its own: "
            "make run DATA_DIR=var-2 PORT=8100"
        ) from None
    try:
        tighten(data_dir)
    except OSError as error:
        raise CannotStartError(f"{error.filename} cannot be kept from others: {error.strerror}.") from None
    return lock


def tighten(data_dir: Path) -> None:
    """Take all rights of others from what is already there: folders 0700, files 0600."""
    data_dir.chmod(0o700)
    for folder, folders, files in os.walk(data_dir):
        for name in folders:
            Path(folder, name).chmod(0o700)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o600)


def make_secrets(data_dir: Path) -> None:
    """Write SECRET_KEY, MASTER_KEY and PLATFORM_KEY of a new embedded copy, once, for its owner's eyes only."""
    path = data_dir / "secrets.env"
    if path.exists():
        return
    given = os.environ.get("MASTER_KEY") and os.environ.get("PLATFORM_KEY")
    if (data_dir / "dynamodb.sqlite").exists() and not given:
        raise CannotStartError(
            f"{path} is missing, and without its MASTER_KEY and PLATFORM_KEY the data in {data_dir} are of no use; "
            f"put it back, or remove {data_dir} to begin anew."
        )
    text = (
        "# The secrets of this copy: back them up with the data. Without MASTER_KEY its signing keys are lost, without "
        "PLATFORM_KEY none can be made or retired.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"MASTER_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        f"PLATFORM_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    )
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def check_engines(wanted: set[str]) -> None:
    """Refuse where an engine of ``wanted`` ("dynamodb", "chain") is not packaged or not installed."""
    instead = {"dynamodb": "DYNAMODB_ENDPOINT_URL at a DynamoDB endpoint", "chain": "CHAIN_RPC_URLS at a chain's RPC"}
    if wanted and not is_packaged_here():
        where = " and ".join(instead[name] for name in instead if name in wanted)
        raise CannotStartError(f"The embedded engines are packaged for Linux x64 only; here, point {where}.")
    for name, binary in (("dynamodb", DYNAMODB), ("chain", CHAIN)):
        if name in wanted:
            installed(binary)


def check_ports(wanted: dict[tuple[str, int], str], *, wait_seconds: float = PORT_WAIT_SECONDS) -> None:
    """Refuse if an address and port that we shall listen on is taken; ``wanted`` says what for."""
    deadline = time.monotonic() + wait_seconds
    for (host, port), purpose in wanted.items():
        while not is_free(host, port):
            if time.monotonic() > deadline:
                raise CannotStartError(
                    f"Port {port} ({purpose}) is in use by another program; stop that, or choose another port: "
                    "make run PORT=8100"
                )
            time.sleep(0.1)


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotStartError(f"Port {port} is for the administrator only; choose one of 1024 or more.") from None
        except OSError:
            return False
        return True
