"""A copy as `make run` starts it: complete the first time, quick the second, whole again after a kill -9."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from defiso.engines import BASE_DIR, CHAIN_PORT, DYNAMODB_PORT, engine_host
from defiso.launcher.preflight import is_free
from tests.conftest import free_port

FIRST_START_SECONDS = 60
SECOND_START_SECONDS = 30  # 2 to 4 on a machine with nothing else to do
CERTIFICATE = "/certificates/FM-12345-A/verdict.json"


class Launched:
    """The launcher in an environment as empty as a fresh shell's."""

    def __init__(self, data_dir: Path, port: int, within: float) -> None:
        self.port = port
        environment = {"PATH": os.defpath, "HOME": str(data_dir), "DATA_DIR": str(data_dir), "PORT": str(port)}
        self.log = data_dir.parent / "launcher.log"
        started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "defiso.launcher"], cwd=BASE_DIR, env=environment, stdout=log, stderr=log
            )
        while "defiso is running" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < started + within, f"not running after {within} s:\n{self.log.read_text()}"
            time.sleep(0.05)

    def get(self, path: str, host: str) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": f"{host}:{self.port}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def verdict_when_anchored(self) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while True:
            verdict: dict[str, Any] = self.get(CERTIFICATE, "acme.localhost")
            if verdict["overall"] == "valid" or time.monotonic() > deadline:
                return verdict
            time.sleep(0.2)

    def listeners(self) -> list[int]:
        """Which of our three ports still answer."""
        ours = [("127.0.0.1", self.port), *((engine_host(self.port), port) for port in (DYNAMODB_PORT, CHAIN_PORT))]
        return [port for host, port in ours if not is_free(host, port)]


def test_a_copy_starts_stops_and_comes_back_with_everything(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "data", free_port()
    first = Launched(data_dir, port, FIRST_START_SECONDS)
    try:
        before = first.verdict_when_anchored()
        assert before["overall"] == "valid", before
        assert "Password of all demo staff" in first.log.read_text()
        assert first.get("/healthz", "localhost") == {"dynamodb": "ok", "chain": "ok", "worker": "ok"}
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert open_to_others(data_dir) == []
    finally:
        first.process.send_signal(signal.SIGINT)
        code = first.process.wait(15)
    assert (code, first.listeners()) == (0, [])
    assert first.log.read_text().endswith("defiso has stopped.\n")

    second = Launched(data_dir, port, SECOND_START_SECONDS)
    second.process.kill()
    second.process.wait()

    third = Launched(data_dir, port, SECOND_START_SECONDS)
    try:
        assert anchor_of(third.verdict_when_anchored()) == anchor_of(before)
    finally:
        third.process.terminate()
        assert third.process.wait(15) == 0
    assert third.listeners() == []


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.exists() and path.stat().st_mode & 0o077]


def anchor_of(verdict: dict[str, Any]) -> dict[str, Any]:
    anchor = {name: value for name, value in verdict["anchor"].items() if name != "confirmations"}
    return {"overall": verdict["overall"], **anchor}
