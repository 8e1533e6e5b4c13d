"""The commands of the Makefile, and the scripts behind them."""

import re
import subprocess

import pytest

from defiso.engines import BASE_DIR

SCRIPTS = ("bin/setup", "bin/lock", ".ci/run", "dynamodb-setup-simple.sh")


def test_make_help_lists_what_a_person_would_run() -> None:
    printed = subprocess.run(["make", "help"], cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout

    assert {"run", "dev", "test", "lint", "clean"} <= set(re.findall(r"^  make ([a-z-]+) ", printed, re.MULTILINE))


def test_every_command_is_phony_so_that_no_file_can_stand_in_its_way() -> None:
    makefile = (BASE_DIR / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert phony
    assert set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set(phony[1].split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_executable_and_plain_shell(script: str) -> None:
    path = BASE_DIR / script

    assert path.stat().st_mode & 0o100
    assert path.read_text().startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", path], check=True)


def test_setup_says_what_it_can_set_up() -> None:
    done = subprocess.run([BASE_DIR / "bin/setup"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "defiso: say what to set up: packages, test-packages, engines, verifiers or browser\n"


def test_pinned_packages_have_hashes_and_name_no_index() -> None:
    for path in BASE_DIR.glob("requirements*.txt"):
        text = path.read_text()
        packages = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]

        assert all("--hash=sha256:" in package for package in packages), path
        assert not re.search(r"^--|://", text, re.MULTILINE), path


def test_the_image_runs_as_nobody_in_particular_says_how_it_is_and_serves_as_make_run_does() -> None:
    image, procfile = (BASE_DIR / "Dockerfile").read_text(), (BASE_DIR / "Procfile").read_text()

    assert re.search(r"^USER 10001:10001$", image, re.MULTILINE)
    assert "HEALTHCHECK" in image
    assert "--require-hashes" in image
    assert "DEBUG" not in image + procfile
    assert '"python", "-m", "defiso.server"' in image
    assert "python -m defiso.server" in procfile


def test_every_command_of_manage_py_is_in_the_operators_guide() -> None:
    guide = (BASE_DIR / "docs/operations.md").read_text().partition("## Commands")[2].partition("\n## ")[0]
    commands = {path.stem for path in (BASE_DIR / "defiso/management/commands").glob("[a-z]*.py")}

    assert set(re.findall(r"^\| `([a-z_]+)", guide, re.MULTILINE)) == commands
