"""``verify.py`` as whoever downloads a pack runs it: a process of its own, in another folder, without a network."""

import subprocess
import sys
from pathlib import Path

from defiso.verification.pack import contents

VERIFIER = Path(contents.__file__).parent / "verify.py"
_WITHOUT_NETWORK = """
import os, runpy, sys
sys.addaudithook(lambda event, _arguments: event.startswith("socket.") and os._exit(99))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(place: Path, *options: str, online: bool = False) -> tuple[int, str]:
    """The exit code and all that was printed. ``-I``: nothing of this folder or this environment is imported."""
    wrapper = [] if online else ["-c", _WITHOUT_NETWORK]
    command = [sys.executable, "-I", *wrapper, str(VERIFIER), str(place), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=place.parent)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def write(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    return folder
