"""The form with as many sites as there may be: small and quick, its countries typed or taken from one list."""

import re

import pytest
from django.test import Client

from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.limits import MOST_ROWS
from defiso.certificates.services import get_certificate
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.certificates.making import make_draft
from tests.certificates.pages import field_errors, form_of
from tests.certificates.test_screens import LIST, NEW, page_of, typed
from tests.conftest import every_row
from tests.staff import log_in_as, make_user

SITES = [
    {"name": f"Works {index}", "address": f"Hafenweg {index}, 44135 Dortmund", "country": "DE", "scope": "Casting"}
    for index in range(MOST_ROWS["sites"])
]
MOST_BYTES = 300_000


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return log_in_as(make_user(tenant, Role.ISSUER), tenant)


@pytest.fixture
def address(tenant: Tenant) -> str:
    return f"{LIST}{make_draft(tenant, sites=SITES).slug}/edit"


def test_a_form_with_every_site_is_under_300_kb(browser: Client, address: str) -> None:
    response = browser.get(address)

    page = page_of(response)
    assert len(response.content) < MOST_BYTES
    assert form_of(page)["sites-149-country"] == "Germany"
    assert page.count('<datalist id="countries">') == page.count('value="Switzerland"') == 1


def test_so_it_is_when_a_row_is_added_or_every_one_has_an_error(browser: Client, address: str) -> None:
    shown = form_of(page_of(browser.get(address)))
    wrong = shown | {f"sites-{index}-country": "Ruritania" for index in range(150)}

    removed = browser.post(address, shown | {"remove": "sites-0"})
    refused = browser.post(address, wrong)

    assert form_of(page_of(removed))["sites-count"] == "149"
    assert len(field_errors(page_of(refused, 422))) == 150
    assert "150 things need correcting" in page_of(refused, 422)
    assert form_of(page_of(refused, 422))["sites-149-country"] == "Ruritania"
    assert max(len(answer.content) for answer in (removed, refused)) < MOST_BYTES


@pytest.mark.parametrize("name", ["DE", "de", "DEU", "Germany", "germany ", "Federal Republic of Germany"])
def test_a_country_is_its_name_or_its_code(tenant: Tenant, browser: Client, name: str) -> None:
    browser.post(NEW, typed(country=name) | {"sites-1-country": name})

    content = dictionary_of(get_certificate(tenant=tenant, number="FM 12345/A"))
    assert (content["organisation"]["country"], content["sites"][0]["country"]) == ("DE", "DE")


def test_a_country_nobody_knows_is_named_beside_its_field_and_kept(browser: Client) -> None:
    before = every_row()
    wrong = typed(country="Ruritania") | {"sites-1-country": "<b>D</b>", "sites-0-country": ""}

    page = page_of(browser.post(NEW, wrong), 422)

    assert "We know no country Ruritania." in field_errors(page)["country"]
    assert "We know no country <b>D</b>." in field_errors(page)["sites-1-country"]
    assert (form_of(page)["country"], form_of(page)["sites-1-country"]) == ("Ruritania", "<b>D</b>")
    assert every_row() == before


def test_the_fields_of_a_row_are_tied_to_their_labels_hints_and_errors(browser: Client) -> None:
    wrong = typed() | {"sites-1-country": "Ruritania", "audits-0-date": "soon", "audits-0-type": ""}

    page = page_of(browser.post(NEW, wrong), 422)

    for name in ("sites-1-name", "sites-1-country", "sites-1-scope", "sites-1-main", "audits-0-type", "audits-0-date"):
        [field] = re.findall(rf'<(?:input|textarea|select) [^>]*id="id_{name}"[^>]*>', page)
        assert f'name="{name}"' in field
        assert page.count(f'<label class="label" for="id_{name}">') + page.count(f'<label for="id_{name}">') == 1
        noted = re.search(r'aria-describedby="([^"]*)"', field)
        assert all(f'id="{note}"' in page for note in (noted[1].split() if noted else ()))
        assert ('aria-invalid="true"' in field) == (name in field_errors(page))
    assert 'aria-describedby="id_audits-0-auditors_helptext"' in page
    assert 'type="date"' in re.findall(r'<input [^>]*id="id_audits-0-date"[^>]*>', page)[0]
