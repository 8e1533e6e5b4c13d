"""The databases under the yardstick: a SQLite file, and PostgreSQL started for this run where it is installed."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")  # one folder a version
READY_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Database:
    """``settings`` as Django's DATABASES has them; ``pid`` of the server, if it is a process of its own."""

    settings: dict[str, str]
    pid: int | None = None


def sqlite(folder: Path) -> Database:
    return Database({"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "yardstick.sqlite")})


@contextmanager
def postgresql() -> Iterator[Database | None]:
    """A server with an empty cluster on a socket in a temporary folder; None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="defiso-pg-") as name:
        folder, user = Path(name), _server_user()
        if os.geteuid() == 0:
            shutil.chown(folder, user, user)
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if os.geteuid() == 0 else []
        cluster = folder / "cluster"
        create = [programs / "initdb", "--pgdata", cluster, "--auth=trust", "--username=yardstick", "--no-sync"]
        subprocess.run([*become, *create], check=True, cwd=folder, capture_output=True)
        serve = [programs / "postgres", "-D", cluster, "-k", folder, "-c", "listen_addresses="]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen([*become, *serve], cwd=folder, stdout=log, stderr=log)
        try:
            _wait_until_ready(programs, folder, server)
            yield Database(_settings(folder), server.pid)
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for clients
            server.wait(20)


def _programs() -> Path | None:
    """The folder of the newest version's programs."""
    versions = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda found: int(found.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("postgres")
    return Path(found).parent if found else None


def _server_user() -> str:
    """PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _settings(folder: Path) -> dict[str, str]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(folder),
        "NAME": "postgres",
        "USER": "yardstick",
    }


def _wait_until_ready(programs: Path, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.1)
