"""``verify.py`` as whoever downloads a pack runs it: a process of its own, in another folder, without a network."""

import io
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from defiso.verification.pack import contents, verify

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


def run_here(place: Path, *options: str) -> tuple[int, str]:
    """The same in this process, for many packs: starting one for each takes longer than checking it."""
    printed = io.StringIO()
    with mock.patch.object(sys, "argv", [str(VERIFIER), str(place), *options]), redirect_stdout(printed):
        code = verify.main()
    return code, printed.getvalue()


def write(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, octets in files.items():
        (folder / name).write_bytes(octets)
    return folder
