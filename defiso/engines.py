"""The two embedded engines: where npm put them and how they are started. Not what is stored in them.

``python -m defiso.engines dynamodb`` (or ``chain``) becomes that engine, on the address of this copy and its files.

Both engines answer whoever reaches them, and neither can listen on a Unix socket alone, refuse an ``Origin`` or ask for
a token. So they listen where no web page may go: on ports that every browser refuses (the Fetch standard's "port
blocking", which also holds for WebSockets and whatever name leads there), at a loopback address of this copy's own.
"""

import json
import os
import platform
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
DYNAMODB = BASE_DIR / "node_modules/@dynoxide/linux-x64/dynoxide"
CHAIN = BASE_DIR / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"

DYNAMODB_PORT, CHAIN_PORT = 6666, 6667  # both on the list of bad ports: https://fetch.spec.whatwg.org/#port-blocking
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")  # all that an engine sees: no secret is among them


class EngineMissingError(Exception):
    """The engine is not installed, or there is none for this machine. Its text is a sentence for a person."""


def is_packaged_here() -> bool:
    """Whether npm has the engines for this machine."""
    return sys.platform == "linux" and platform.machine().lower() in ("x86_64", "amd64")


def engine_host(port: int) -> str:
    """The loopback address of the engines of the copy whose web server is on ``port``: 8000 has 127.31.64.1."""
    return f"127.{port >> 8}.{port & 255}.1"


def dynamodb_command(*, port: int, host: str = "127.0.0.1", database: Path | None = None) -> list[str]:
    """The DynamoDB engine, in memory unless it has a ``database`` file. Raises EngineMissingError."""
    command = [installed(DYNAMODB), "--host", host, "--port", str(port)]
    return [*command, "--db-path", str(database)] if database else command


def chain_command(
    *, port: int, chain_id: int, host: str = "127.0.0.1", state: Path | None = None, cache: Path | None = None
) -> list[str]:
    """The chain, a block for each transaction. Raises EngineMissingError."""
    command = [installed(CHAIN), "--host", host, "--port", str(port), "--no-cors"]
    command += ["--chain-id", str(chain_id), "--quiet"]
    if state:
        command += ["--state", str(state), "--state-interval", "1", "--max-persisted-states", "10"]
    if cache:
        command += ["--cache-path", str(cache)]
    return command


def installed(binary: Path) -> str:
    if not os.access(binary, os.X_OK):
        raise EngineMissingError(f"The engine {binary.name} is not installed; `make engines` installs it.")
    return str(binary)


def restore_whole_state(state: Path) -> None:
    """Give the chain a state file it can read.

    It rewrites the file in place, so a kill -9 may leave half of one, which it then refuses. The last file that was
    whole at a start is kept beside it. What the chain forgets this way the worker anchors again, as after a reorg.
    """
    kept = state.with_suffix(".kept.json")
    if is_whole(state):
        copy = state.with_suffix(".copy.json")
        copy.write_bytes(state.read_bytes())
        copy.replace(kept)
        return
    if state.exists():
        print(f"{state.name} was cut short; going back to the last whole one", flush=True)
        state.unlink()
    if is_whole(kept):
        state.write_bytes(kept.read_bytes())


def is_whole(state: Path) -> bool:
    try:
        json.loads(state.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def main() -> None:
    from defiso import settings

    os.umask(0o077)
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    host = engine_host(settings.PORT)
    if sys.argv[1:] == ["dynamodb"]:
        command = dynamodb_command(port=DYNAMODB_PORT, host=host, database=settings.DATA_DIR / "dynamodb.sqlite")
    elif sys.argv[1:] == ["chain"]:
        state = settings.DATA_DIR / "chain.json"
        restore_whole_state(state)
        command = chain_command(
            port=CHAIN_PORT,
            host=host,
            chain_id=settings.CHAIN_ID,
            state=state,
            cache=settings.DATA_DIR / "chain-cache",
        )
    else:
        raise SystemExit("Say which engine: python -m defiso.engines dynamodb, or chain.")
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    os.execve(command[0], command, kept)  # noqa: S606


if __name__ == "__main__":
    try:
        main()
    except EngineMissingError as missing:
        raise SystemExit(str(missing)) from None
