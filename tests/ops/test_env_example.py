"""``.env.example`` and ``settings.py`` name the same variables, with the same defaults."""

import ast
import re
from itertools import pairwise

from defiso.engines import BASE_DIR

READERS = {"str", "whole_number", "yes_or_no", "required"}


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert set(example()) == set(settings())


def test_the_example_gives_the_defaults_of_the_settings() -> None:
    fixed = {name: default for name, default in settings().items() if default is not None}

    assert {name: example()[name] for name in fixed} == fixed


def test_every_variable_of_the_example_has_a_line_that_says_what_it_is() -> None:
    lines = (BASE_DIR / ".env.example").read_text().splitlines()

    for before, line in pairwise(lines):
        if re.match(r"#[A-Z_]+=", line):
            assert before.startswith("# "), line


def test_the_table_in_the_readme_has_every_variable_with_its_default() -> None:
    lines = re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", (BASE_DIR / "README.md").read_text(), re.MULTILINE)
    told = {name: default for names, default in lines for name in re.findall(r"`([A-Z_]+)`", names)}

    assert set(told) == set(example())
    for name, default in settings().items():
        if default:
            assert f"`{default}`" in told[name], name


def example() -> dict[str, str]:
    return dict(re.findall(r"^#([A-Z_]+)=(.*)$", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def settings() -> dict[str, str | None]:
    """Each variable that settings.py reads, with its default as text; None where it is worked out or there is none."""
    found: dict[str, str | None] = {}
    for node in ast.walk(ast.parse((BASE_DIR / "defiso/settings.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in READERS and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                found[name.value] = default_of(node)
    return found


def default_of(call: ast.Call) -> str | None:
    if ast.unparse(call.func) == "required":
        return None
    given = [word.value for word in call.keywords if word.arg == "default"] + call.args[1:2]
    if not given or not isinstance(given[0], ast.Constant):
        return None
    value = given[0].value
    return str(value).lower() if isinstance(value, bool) else str(value)
