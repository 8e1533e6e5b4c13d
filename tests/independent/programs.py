"""Other people's programs as processes: JSON in, JSON out, and nothing reachable but this machine's loopback."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LONGEST_SECONDS = 60

Outcome = dict[str, Any]


def node() -> str:
    """Node as ``bin/setup`` found it: its own if it had to install one, else the machine's."""
    own = Path(sys.executable).with_name("node")
    return str(own) if own.exists() else str(shutil.which("node"))


def try_cases(program: str, cases: list[dict[str, Any]], **request: Any) -> dict[str, Outcome]:
    """The outcome of each case by its name. Fails loudly where the program itself fails."""
    command = [node(), "--import", str(HERE / "only_here.mjs"), str(HERE / program)]
    asked = json.dumps({**request, "cases": cases})
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    assert done.returncode == 0, f"{program} failed (`make test` installs what it needs):\n{done.stderr[-4000:]}"
    outcomes: dict[str, Outcome] = json.loads(done.stdout)
    return outcomes
