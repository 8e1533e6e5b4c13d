"""A whole copy of defiso for tests and benchmarks: both engines, web and worker, as real processes on free ports."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from defiso.engines import CHAIN_PORT, DYNAMODB_PORT, engine_host
from tests.conftest import free_port, wait_for_port

ROOT = Path(__file__).resolve().parent.parent
HEALTHY_WITHIN_SECONDS = 60
LOG_IN_EMAIL = "owner@acme.example"
LOG_IN_PASSWORD = "a-long-enough-password-7"


@dataclass
class RunningCopy:
    """``environment`` makes ``manage.py`` act on this copy; ``processes`` are dynamodb, chain, worker and web."""

    port: int
    data_dir: Path
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def origin(self, slug: str = "") -> str:
        return f"http://{slug + '.' if slug else ''}localhost:{self.port}"

    def manage(self, *arguments: str, given: str = "") -> str:
        """Run a ``manage.py`` command on this copy; its output. Fails loudly."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environment, input=given, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def get_json(self, path: str, slug: str = "") -> dict[str, object]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Host", f"{slug + '.' if slug else ''}localhost:{self.port}")
        with urllib.request.urlopen(request, timeout=20) as response:
            body: dict[str, object] = json.load(response)
            return body

    def add_tenant(self, slug: str, name: str) -> None:
        """A tenant with one owner, who logs in with LOG_IN_EMAIL and LOG_IN_PASSWORD."""
        self.manage("create_tenant", slug, "--name", name)
        arguments = [
            "--tenant",
            slug,
            "--email",
            LOG_IN_EMAIL,
            "--name",
            "Owner",
            "--role",
            "owner",
            "--password-stdin",
        ]
        self.manage("create_user", *arguments, given=LOG_IN_PASSWORD + "\n")


@contextmanager
def running_copy(*, batch_seconds: int = 1, **settings: str) -> Iterator[RunningCopy]:
    """Start a copy with empty data in a temporary folder and these ``settings`` beside; stop all of it on leaving."""
    with tempfile.TemporaryDirectory(prefix="defiso-copy-") as folder, ExitStack() as stack:
        port = free_port()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "defiso.settings",
            "PORT": str(port),
            "DATA_DIR": folder,
            "SECRET_KEY": "for a copy that lives as long as a test",
            "MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
            "PLATFORM_KEY": base64.b64encode(os.urandom(32)).decode(),
            "BATCH_SECONDS": str(batch_seconds),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        copy = RunningCopy(port, Path(folder), environment)
        stack.enter_context(_process(copy, "dynamodb", [sys.executable, "-m", "defiso.engines", "dynamodb"]))
        stack.enter_context(_process(copy, "chain", [sys.executable, "-m", "defiso.engines", "chain"]))
        wait_for_port(DYNAMODB_PORT, host=engine_host(port))
        wait_for_port(CHAIN_PORT, host=engine_host(port))
        copy.manage("create_tables")
        copy.manage("collectstatic", "--noinput")
        stack.enter_context(_process(copy, "worker", [sys.executable, "manage.py", "worker"]))
        stack.enter_context(_process(copy, "web", [sys.executable, "-m", "defiso.server"]))
        _wait_until_healthy(copy)
        yield copy


def granian(application: str, port: int) -> list[str]:
    """A yardstick's web server: 2 workers of 4 threads, as ours."""
    address = f"--host 127.0.0.1 --port {port}"
    size = "--workers 2 --blocking-threads 4 --workers-kill-timeout 3"
    options = f"--interface wsgi --no-ws {address} {size} --log-level warning"
    return [sys.executable, "-m", "granian", *options.split(), application]


@contextmanager
def _process(copy: RunningCopy, name: str, command: list[str]) -> Iterator[None]:
    with (copy.data_dir / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=copy.environment, stdout=log, stderr=log)
        copy.processes[name] = process
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(copy: RunningCopy) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
    last = ""
    while time.monotonic() < deadline:
        try:
            copy.get_json("/healthz")
        except (OSError, ValueError) as error:
            last = str(error)
            time.sleep(0.2)
        else:
            return
    logs = "\n".join(f"--- {log.name}\n{log.read_text()[-2000:]}" for log in sorted(copy.data_dir.glob("*.log")))
    raise AssertionError(f"not healthy after {HEALTHY_WITHIN_SECONDS} s: {last}\n{logs}")
