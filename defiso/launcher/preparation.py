"""What is done beside the running processes, once: tables, demo data, and waiting until everything is healthy."""

import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from types import ModuleType

from defiso.engines import CHAIN_PORT, DYNAMODB_PORT, engine_host
from defiso.launcher.preflight import CannotStartError
from defiso.launcher.processes import manage

ENGINE_SECONDS = 30.0
HEALTHY_SECONDS = 90.0


class Preparation(threading.Thread):
    """If it fails, ``failure`` says why and this process gets SIGTERM."""

    def __init__(self, settings: ModuleType, *, environment: dict[str, str], embedded: set[str]) -> None:
        super().__init__(daemon=True)
        self.failure = ""
        self._settings = settings
        self._environment = environment
        self._embedded = embedded
        self._demo_log_ins = settings.DATA_DIR / "demo-log-ins.txt"

    def run(self) -> None:
        try:
            self._prepare()
        except CannotStartError as refusal:
            self.failure = str(refusal)
            os.kill(os.getpid(), signal.SIGTERM)

    def _prepare(self) -> None:
        for name, port in (("dynamodb", DYNAMODB_PORT), ("chain", CHAIN_PORT)):
            if name in self._embedded:
                wait_for_engine(name, (engine_host(self._settings.PORT), port))
        manage("create_tables", environment=self._environment)
        if len(self._embedded) == 2 and not self._demo_log_ins.exists():
            print("Making the demo tenants acme and globex …", flush=True)
            manage("seed_demo", environment=self._environment)
        wait_until_healthy(f"http://127.0.0.1:{self._settings.PORT}/healthz")
        print(self._welcome(), flush=True)

    def _welcome(self) -> str:
        base = self._settings.BASE_DOMAIN
        address = f"http://{base}:{self._settings.PORT}/" if base == "localhost" else f"https://{base}/"
        lines = ["", f"defiso is running: {address}   (Ctrl-C stops it)", ""]
        if self._demo_log_ins.exists():
            lines.append(self._demo_log_ins.read_text())
        return "\n".join(lines)


def wait_for_engine(name: str, address: tuple[str, int]) -> None:
    deadline = time.monotonic() + ENGINE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.02)
    raise CannotStartError(f"{name} did not open port {address[1]} of {address[0]} in {ENGINE_SECONDS:.0f} seconds.")


def wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            answer = unhealthy_parts(error.read())
        except OSError:
            pass
        time.sleep(0.25)
    raise CannotStartError(f"not healthy after {HEALTHY_SECONDS:.0f} seconds: {answer}")


def unhealthy_parts(body: bytes) -> str:
    """The reasons in the answer of /healthz, which names each part with "ok" or why not."""
    try:
        parts = json.loads(body)
    except ValueError:
        return "the web server answers with an error page"
    return "; ".join(f"{name}: {reason}" for name, reason in parts.items() if reason != "ok")
