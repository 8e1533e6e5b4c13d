"""``python -m defiso.launcher``: start one copy of defiso, say where it is, and stop it on Ctrl-C."""

import asyncio
import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from defiso.engines import BASE_DIR, CHAIN_PORT, DYNAMODB_PORT, EngineMissingError, engine_host
from defiso.launcher.preflight import CannotStartError, check_engines, check_ports, claim_data_dir, make_secrets
from defiso.launcher.preparation import Preparation
from defiso.launcher.processes import Processes, read_procfile
from defiso.launcher.static import collect_static
from defiso.leash import end_with_parent

ENGINE_SETTINGS = {"dynamodb": ("USE_DYNAMODB", "DYNAMODB_ENDPOINT_URL"), "chain": ("CHAIN_RPC_URLS",)}


def main() -> int:
    parser = ArgumentParser(prog="python -m defiso.launcher", description="Start one copy of defiso.")
    parser.add_argument("procfile", nargs="?", default="Procfile")
    parser.add_argument(
        "--end-with-parent", action="store_true", help="stop when the command that started this is gone"
    )
    arguments = parser.parse_args()
    if arguments.end_with_parent:
        end_with_parent()
    try:
        return run(BASE_DIR / arguments.procfile)
    except (CannotStartError, EngineMissingError) as refusal:
        print(f"defiso cannot start: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(procfile: Path) -> int:
    data_dir = (BASE_DIR / os.environ.get("DATA_DIR", "var")).resolve()
    lock = claim_data_dir(data_dir)
    if is_embedded("dynamodb"):
        make_secrets(data_dir)
    from defiso import settings  # stops with a sentence of its own; reads the secrets, so not sooner

    engines = {name for name in ENGINE_SETTINGS if is_embedded(name)}
    check_engines(engines)
    check_ports(ports_of(settings.PORT, engines))
    environment = environment_of_children(settings.PORT, data_dir)
    collect_static(settings.STATIC_ROOT, environment=environment)
    os.umask(0o077)

    preparation = Preparation(settings, environment=environment, embedded=engines)
    commands = read_procfile(procfile)
    wanted = {name: commands[name] for name in commands if name in engines or name not in ENGINE_SETTINGS}
    processes = Processes(wanted, environment=environment)
    asyncio.run(processes.run(when_started=preparation.start))
    os.close(lock)
    return exit_code(processes, preparation)


def is_embedded(engine: str) -> bool:
    """Whether nothing in the environment points elsewhere."""
    values = {name: os.environ.get(name, "").strip() for name in ENGINE_SETTINGS[engine]}
    if values.get("USE_DYNAMODB", "").lower() != "true":
        values.pop("USE_DYNAMODB", None)
    return not any(values.values())


def ports_of(port: int, engines: set[str]) -> dict[tuple[str, int], str]:
    wanted = {("127.0.0.1", port): "the web server, PORT"}
    if "dynamodb" in engines:
        wanted[engine_host(port), DYNAMODB_PORT] = "the DynamoDB engine"
    if "chain" in engines:
        wanted[engine_host(port), CHAIN_PORT] = "the chain"
    return wanted


def environment_of_children(port: int, data_dir: Path) -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


def exit_code(processes: Processes, preparation: Preparation) -> int:
    failure = preparation.failure or processes.failure
    if failure:
        print(f"defiso stopped: {failure}", file=sys.stderr)
        return 1
    print("defiso has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
