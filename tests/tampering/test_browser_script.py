"""The script of the page "Check in your browser" gives the answers of ``verify.py`` to every case of the one table."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page

from defiso.verification.pack import verify
from tests.credentials.contents import subjects, unsigned_document
from tests.tampering.in_browser import blank_page, check, says
from tests.tampering.table import MOMENTS, TAMPERS
from tests.tampering.world import make_world


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser) as page:
        yield page


def test_it_answers_each_tamper_of_the_table_as_verify_py_does(page: Page) -> None:
    world = make_world()
    cases = [(tamper, world.tampered(tamper.change)) for tamper in TAMPERS]
    cases += [(moment, world.put_together(moment)) for moment in MOMENTS]
    outcomes = check(page, [files for _case, files in cases])
    surprises = {
        case.name: outcome
        for (case, _files), outcome in zip(cases, outcomes, strict=True)
        if outcome[0] != case.code or not says(outcome[1], case.finding, case.step)
    }
    assert surprises == {}


def test_genuine_packs_pass_every_step(page: Page) -> None:
    world = make_world()
    names = ("first", "suspended", "whole", "neighbour", "other body", "waiting")
    for name, (code, lines) in zip(names, check(page, [world.packs[name] for name in names]), strict=True):
        assert (code, {result for result, _file, _found in lines}) == (0, {"pass"}), (name, lines)


def test_its_words_mean_what_they_mean_to_verify_py(page: Page) -> None:
    meanings, addresses, typed = page.evaluate("""async () => {
      const { ADDRESSES, MEANINGS, TYPED } = await import("/statements.js");
      return [Object.fromEntries(MEANINGS), ADDRESSES, Object.fromEntries(TYPED)];
    }""")
    assert (meanings, set(addresses), typed) == (verify.MEANINGS, verify.ADDRESSES, verify.TYPED)


@hypothesis_settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=subjects)
def test_it_writes_the_same_statements_of_any_certificate(page: Page, subject: dict[str, Any]) -> None:
    document = unsigned_document(subject)
    written = page.evaluate(
        """async text => {
          const [{ Statements }, { parsed }] = await Promise.all([import("/statements.js"), import("/octets.js")]);
          return (await Statements.of(parsed(text))).canonical();
        }""",
        json.dumps(document),
    )
    assert written.encode() == verify.Statements(document).canonical()
