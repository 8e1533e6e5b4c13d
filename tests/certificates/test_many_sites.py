"""Sites by the hundred: pasted from a spreadsheet, seen before they are taken over, and shown small and quickly."""

import re
import time
from html import unescape

import pytest
from django.test import Client

from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.limits import MOST_ROWS
from defiso.certificates.services import get_certificate
from defiso.certificates.staff.pasted_sites import read_pasted
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.certificates.making import make_draft
from tests.certificates.pages import field_errors, form_of
from tests.certificates.test_screens import page_of
from tests.certificates.typing import LIST, SITE
from tests.conftest import every_row
from tests.staff import log_in_as, make_user

ROWS = "\r\n".join(f"Works {index}\tHafenweg {index}, 44135 Dortmund\tGermany\tCasting" for index in range(150))
SITES = [
    {"name": f"Works {index}", "address": f"Hafenweg {index}, 44135 Dortmund", "country": "DE", "scope": "Casting"}
    for index in range(MOST_ROWS["sites"])
]
MOST_BYTES = 300_000
MOST_SECONDS = 0.3


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return log_in_as(make_user(tenant, Role.ISSUER), tenant)


@pytest.fixture
def sites(tenant: Tenant) -> str:
    """The page of the sites of a draft that has none."""
    return f"{LIST}{make_draft(tenant, sites=None).slug}/edit/sites"


def held(tenant: Tenant) -> list[dict[str, str]]:
    return dictionary_of(get_certificate(tenant=tenant, number="ISO9001-2026-ABC123")).get("sites", [])  # type: ignore[return-value]


def problems_in(page: str) -> list[str]:
    return [unescape(sentence) for sentence in re.findall(r'<span class="error">.*?<span>(.*?)</span>', page, re.S)]


def test_pasted_rows_are_shown_before_they_are_taken_over(tenant: Tenant, browser: Client, sites: str) -> None:
    before = every_row()
    typed = form_of(page_of(browser.get(sites))) | {"pasted": "Works 1\tHafenweg 1\tDeutschland\nWorks 2\tHafenweg 2\n"}

    seen = page_of(
        browser.post(f"{sites}/paste", typed | {"pasted": typed["pasted"].replace("Deutschland", "Ruritania")})
    )
    assert "2 rows read, 2 with something missing or wrong" in seen
    assert problems_in(seen) == [
        "We know no country Ruritania. Write its English name or its two letters.",
        "Give the country of the site.",
    ]
    assert every_row() == before

    answer = browser.post(f"{sites}/paste", form_of(seen) | {"accept": "add"})
    assert answer["Location"] == sites
    assert held(tenant) == [
        {"name": "Works 1", "address": "Hafenweg 1", "country": "Ruritania"},
        {"name": "Works 2", "address": "Hafenweg 2"},
    ]
    assert len(problems_in(page_of(browser.get(sites)))) == 2


@pytest.mark.parametrize(("accept", "names"), [("add", ["Works 2", "Works 3"]), ("replace", ["Works 3"])])
def test_pasted_rows_are_added_or_take_the_place_of_those_there(
    tenant: Tenant, browser: Client, accept: str, names: list[str]
) -> None:
    sites = f"{LIST}{make_draft(tenant).slug}/edit/sites"

    browser.post(f"{sites}/paste", {"version": "1", "pasted": "Works 3\tHafenweg 3\tDE", "accept": accept})

    assert [site["name"] for site in held(tenant)] == names


def test_every_site_there_may_be_is_pasted_seen_and_listed_quickly(tenant: Tenant, browser: Client, sites: str) -> None:
    browser.get(sites)  # compiles the template
    browser.post(f"{sites}/paste", {"version": "1", "pasted": "A\tB\tDE"})
    sizes, times = [], []
    for answer in (
        lambda: browser.post(f"{sites}/paste", {"version": "1", "pasted": ROWS}),
        lambda: browser.post(f"{sites}/paste", {"version": "1", "pasted": ROWS, "accept": "add"}),
        lambda: browser.get(sites),
        lambda: browser.get(sites.removesuffix("/edit/sites")),
        lambda: browser.get(f"{sites}/150"),
    ):
        started = time.process_time()
        sizes.append(len(answer().content))
        times.append(time.process_time() - started)

    assert [dict(site) for site in held(tenant)] == SITES
    assert max(sizes) < MOST_BYTES
    assert max(times) < MOST_SECONDS


def test_more_sites_than_there_may_be_are_refused_not_left_out(tenant: Tenant, browser: Client) -> None:
    sites = f"{LIST}{make_draft(tenant).slug}/edit/sites"
    before = every_row()

    page = page_of(browser.post(f"{sites}/paste", {"version": "1", "pasted": ROWS, "accept": "add"}), 422)

    assert "At most 150; there are 151." in page
    assert form_of(page)["pasted"].startswith("Works 0\tHafenweg 0")
    assert every_row() == before


def test_a_site_is_added_changed_and_removed_on_a_page_of_its_own(tenant: Tenant, browser: Client, sites: str) -> None:
    ways = [
        browser.post(f"{sites}/1", SITE | {"version": "1", "another": "1"})["Location"],
        browser.post(f"{sites}/2", SITE | {"version": "2", "name": "Works 3", "main": "on"})["Location"],
        browser.post(f"{sites}/1", SITE | {"version": "3", "name": "Works 1"})["Location"],
    ]
    assert ways == [f"{sites}/2", sites, sites]
    assert [site["name"] for site in held(tenant)] == ["Works 1", "Works 3"]

    shown = form_of(page_of(browser.get(f"{sites}/1")))
    browser.post(f"{sites}/1", shown | {"remove": "1"})
    assert [(site["name"], site["main"]) for site in held(tenant)] == [("Works 3", True)]


def test_a_site_that_cannot_be_kept_is_named_beside_its_field(browser: Client, sites: str) -> None:
    before = every_row()

    page = page_of(browser.post(f"{sites}/1", SITE | {"version": "1", "address": "A" * 501}), 422)

    assert "At most 500 characters" in field_errors(page)["address"]
    assert every_row() == before


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("Works 1\tHere\tDE\tCasting", [{"name": "Works 1", "address": "Here", "country": "DE", "scope": "Casting"}]),
        ("Site name\tCountry\tAddress\nA\tFrance\tThere", [{"name": "A", "country": "FR", "address": "There"}]),
        ("Country\tSite address\nFR\tThere", [{"country": "FR", "address": "There"}]),
        (
            'A\t"Two\nlines, and a ""word"""\tDE',
            [{"name": "A", "address": 'Two\nlines, and a "word"', "country": "DE"}],
        ),
        ('"Best" Ltd\t12" pipe works\tDE', [{"name": '"Best" Ltd', "address": '12" pipe works', "country": "DE"}]),
        ("\n\t\t\nA\tHere\tDE\n\n", [{"name": "A", "address": "Here", "country": "DE"}]),
        ("\tHere\tDE", [{"address": "Here", "country": "DE"}]),
        ("工場\t東京都千代田区\t日本", [{"name": "工場", "address": "東京都千代田区", "country": "日本"}]),
        ("", []),
    ],
)
def test_rows_are_read_as_a_spreadsheet_copies_them(text: str, sites: list[dict[str, str]]) -> None:
    assert [one.site for one in read_pasted(text)] == sites
    assert [one.site for one in read_pasted(text.replace("\n", "\r\n"))] == sites


def test_what_is_odd_about_a_row_is_told_beside_it() -> None:
    rows = read_pasted("A\tHere\tDE\tCasting\tmore\nB, There, DE\nC\tHere\u202e\tDE")

    assert [" ".join(row.problems) for row in rows] == [
        "This row has 5 columns; only 4 are read: name, address, country, scope.",
        "Give the address of the site. Give the country of the site.",
        "Contains a character that cannot be seen (U+202E). Type the text again by hand.",
    ]
