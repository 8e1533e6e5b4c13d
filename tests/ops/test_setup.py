"""What setting up says when the machine lacks something or a download fails: one sentence, and a non-zero exit.

Runs the real script in an empty folder, with programs on the path that fail, or only seem to work, as it is told.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from defiso.engines import BASE_DIR

TOOLS = ("sh", "dirname", "mkdir", "rm", "cat", "grep")  # what any Debian has; python, npm and apt are made up
FAILS, WORKS = "exit 1", "exit 0"


class Machine:
    """An empty checkout and a path with nothing but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.programs = folder / "checkout", folder / "programs"
        for made in (self.checkout / "bin", self.programs):
            made.mkdir(parents=True)
        shutil.copy(BASE_DIR / "bin/setup", self.checkout / "bin/setup")
        for tool in TOOLS:
            (self.programs / tool).symlink_to(str(shutil.which(tool)))
        self.has("id", "echo 1000")
        self.has("uname", 'case $1 in -s) echo Linux ;; *) echo "${MACHINE:-x86_64}" ;; esac')

    def has(self, program: str, script: str, *, within: Path | None = None) -> None:
        path = (within or self.programs) / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def has_a_virtual_environment(self, script: str) -> None:
        """Whose pip is there, and answers to everything else as ``script`` does."""
        there = 'case "$*" in "-m pip --version") exit 0 ;; esac'
        self.has("python", f"{there}\n{script}", within=self.checkout / ".venv/bin")

    def set_up(self, what: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {"PATH": str(self.programs), **environment}
        command = [str(self.checkout / "bin/setup"), what]
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refused(done: subprocess.CompletedProcess[str], sentence: str) -> bool:
    return done.returncode == 1 and done.stderr.count("\n") == 1 and sentence in done.stderr


def test_without_python_the_start_says_which_is_needed(machine: Machine) -> None:
    assert refused(machine.set_up("packages"), "Python 3.11 or newer is needed and was not found")


def test_without_the_venv_module_the_package_to_install_is_named(machine: Machine) -> None:
    machine.has("python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')

    assert refused(machine.set_up("packages"), "install it with: apt-get install python3-venv")


def test_packages_that_cannot_be_downloaded_are_one_sentence_and_the_details_are_kept(machine: Machine) -> None:
    machine.has_a_virtual_environment("echo no route to host; exit 1")

    done = machine.set_up("packages")

    assert "Installing the Python packages" in done.stdout
    assert refused(done, "requirements.txt could not be installed: is the network there?")
    assert "no route to host" in (machine.checkout / "install.log").read_text()


def test_engines_that_cannot_be_downloaded_are_one_sentence(machine: Machine) -> None:
    machine.has_a_virtual_environment(WORKS)
    machine.has("npm", "case $1 in --version) echo 10.9.0 ;; *) exit 1 ;; esac")

    assert refused(machine.set_up("engines"), "the embedded engines could not be installed: is the network there?")


def test_engines_that_npm_left_out_without_a_word_are_noticed(machine: Machine) -> None:
    machine.has_a_virtual_environment(WORKS)
    machine.has("npm", "echo 10.9.0")

    assert refused(machine.set_up("engines"), "the embedded engines could not be installed")


@pytest.mark.parametrize("npm", ["", "echo 6.14.4"], ids=["no npm", "an old npm"])
def test_without_a_usable_npm_the_wheel_provides_it(machine: Machine, npm: str) -> None:
    if npm:
        machine.has("npm", npm)
    machine.has_a_virtual_environment(f'echo "$*" >>{machine.checkout}/asked')
    machine.has("npm", f'echo "npm $*" >>{machine.checkout}/asked; echo 10.9.0', within=machine.checkout / ".venv/bin")
    for engine in ("@dynoxide/linux-x64/dynoxide", "@foundry-rs/anvil-linux-amd64/bin/anvil"):
        path = machine.checkout / "node_modules" / engine
        machine.has(path.name, WORKS, within=path.parent)

    done = machine.set_up("engines")

    asked = (machine.checkout / "asked").read_text()
    assert done.returncode == 0, done.stderr
    assert "requirements-node.txt" in asked
    assert "npm ci" in asked


@pytest.mark.parametrize("folder", [".", "tests/independent"])
def test_every_package_of_npm_is_pinned_by_its_digest_and_at_no_address(folder: str) -> None:
    packages = json.loads((BASE_DIR / folder / "package-lock.json").read_text())["packages"]
    installed = [package for place, package in packages.items() if place]

    assert installed != []
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in installed)


@pytest.mark.parametrize("node", ["", "echo v18.19.1"], ids=["no Node", "an old Node"])
def test_without_a_usable_node_the_verifiers_get_the_wheels(machine: Machine, node: str) -> None:
    own = machine.checkout / ".venv/bin"
    machine.has("npm", "echo 10.9.0")
    if node:
        machine.has("node", node)
    machine.has_a_virtual_environment(f'echo "$*" >>{machine.checkout}/asked')
    machine.has("npm", f'echo "npm $*" >>{machine.checkout}/asked; echo 10.9.0', within=own)

    done = machine.set_up("verifiers")

    asked = (machine.checkout / "asked").read_text()
    assert done.returncode == 0, done.stderr
    assert "requirements-node.txt" in asked
    assert "npm ci --prefix tests/independent --ignore-scripts" in asked


def test_verifiers_that_cannot_be_downloaded_are_one_sentence(machine: Machine) -> None:
    machine.has("node", "echo v20.20.2")
    machine.has("npm", "case $1 in --version) echo 10.9.0 ;; *) exit 1 ;; esac")

    assert refused(machine.set_up("verifiers"), "the verifiers of tests/independent could not be installed")


def test_a_machine_without_packaged_engines_is_told_which_variables_to_set(machine: Machine) -> None:
    done = machine.set_up("engines", MACHINE="aarch64")

    assert done.returncode == 0
    assert "set DYNAMODB_ENDPOINT_URL and CHAIN_RPC_URLS here" in done.stdout


def test_without_a_browser_and_without_rights_the_package_to_install_is_named(machine: Machine) -> None:
    machine.has("sudo", FAILS)
    machine.has("apt-get", WORKS)

    assert refused(machine.set_up("browser"), "apt-get install chromium")


def test_debians_chromium_is_installed_where_that_is_allowed(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("env", f'echo "$*" >>{os.fspath(machine.checkout)}/asked')
    machine.has("apt-get", WORKS)

    done = machine.set_up("browser")

    assert done.returncode == 0, done.stderr
    assert "install -y -qq --no-install-recommends chromium" in (machine.checkout / "asked").read_text()
