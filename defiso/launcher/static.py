"""Collecting the static files: before the web server starts, because WhiteNoise lists them once.

Copies that run side by side share the folder, so one collects at a time, and only when something has changed.
"""

import fcntl
import hashlib
from pathlib import Path

from defiso.engines import BASE_DIR
from defiso.launcher.processes import manage


def collect_static(folder: Path, *, environment: dict[str, str]) -> None:
    """Fill ``folder`` (STATIC_ROOT). Raises CannotStartError."""
    with (BASE_DIR / "manage.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = folder / "collected.sha256", fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        manage("collectstatic", "--noinput", environment=environment)
        stamp.write_text(wanted)


def fingerprint() -> str:
    """Changes when a static file of ours does, or a package that may bring some."""
    digest = hashlib.sha256()
    for path in sorted(path for path in (BASE_DIR / "static").rglob("*") if path.is_file()):
        digest.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for path in (BASE_DIR / "requirements.txt", BASE_DIR / "defiso/settings.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()
