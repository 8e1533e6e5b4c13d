"""Writing a draft page by page, as a browser without JavaScript does: nothing typed is lost, each problem is marked."""

import re

import pytest
from django.test import Client

from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate, history_of
from defiso.core.clock import today
from defiso.core.permissions import Role
from defiso.tenants.models import Tenant
from tests.certificates.making import actions_on, in_days, make_draft
from tests.certificates.pages import field_errors, form_of
from tests.certificates.test_screens import page_of
from tests.certificates.typing import LIST, NEW, PAGES, SITE, START, begin, write, write_all
from tests.conftest import every_row
from tests.staff import log_in_as, make_user


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return log_in_as(make_user(tenant, Role.ISSUER), tenant)


def found(tenant: Tenant, number: str = "FM 12345/A") -> Certificate:
    return get_certificate(tenant=tenant, number=number, consistent=True)


def states_in(page: str) -> dict[str, str]:
    """Each task of the list by its title: how it stands."""
    rows = re.findall(
        r'task-title">(?:<a[^>]*>)?([\w ]+).*?task-summary">(.*?)</span>.*?task-state">([\w ]+)', page, re.S
    )
    return {title: f"{state}: {re.sub('<[^>]+>', '', summary)}" for title, summary, state in rows}


def test_a_name_and_a_standard_begin_a_draft(tenant: Tenant, browser: Client) -> None:
    response = begin(browser)

    assert (response.status_code, response["Location"]) == (302, f"{LIST}FM-12345-A")
    assert dictionary_of(found(tenant))["standard"]["title"] == "ISO 9001:2015"


def test_a_draft_is_written_page_by_page(tenant: Tenant, browser: Client) -> None:
    write_all(browser)

    content = dictionary_of(found(tenant))
    assert content["organisation"]["address"] == "Hüttenstraße 1\n44135 Dortmund"
    assert content["organisation"]["country"] == "DE"
    assert content["sites"] == [SITE | {"main": False}]
    assert content["audits"][0]["auditors"] == ["Lead auditor", "Technical expert"]
    assert content["iafCodes"] == ["17", "18"]
    page = page_of(browser.get(f"{LIST}FM-12345-A"))
    assert {state.partition(":")[0] for state in states_in(page).values()} == {"Done"}


def test_each_page_leads_to_the_next_or_to_the_list(browser: Client) -> None:
    begin(browser)
    edit = f"{LIST}FM-12345-A/edit"

    ways = [
        write(browser, "organisation", version=1)["Location"],
        write(browser, "standard", version=2)["Location"],
        write(browser, "audits", version=3)["Location"],
        write(browser, "dates", version=4)["Location"],
        write(browser, "organisation", version=5, list="1")["Location"],
    ]

    assert ways == [f"{edit}/standard", f"{edit}/sites", f"{edit}/dates", f"{LIST}FM-12345-A", f"{LIST}FM-12345-A"]


def test_editing_goes_on_where_something_is_left_to_do(browser: Client) -> None:
    begin(browser)
    write(browser, "organisation", version=1)

    assert browser.get(f"{LIST}FM-12345-A/edit")["Location"] == f"{LIST}FM-12345-A/edit/standard"


@pytest.mark.parametrize("page", PAGES)
def test_what_a_draft_holds_is_shown_again_and_saved_unchanged_it_is_not_written(
    tenant: Tenant, browser: Client, page: str
) -> None:
    write_all(browser)
    before = every_row()

    shown = form_of(page_of(browser.get(f"{LIST}FM-12345-A/edit/{page}")))
    browser.post(f"{LIST}FM-12345-A/edit/{page}", shown)

    assert [row for row in every_row() if row["PK"]["S"].startswith("TENANT#")] == [
        row for row in before if row["PK"]["S"].startswith("TENANT#")
    ]


def test_the_list_says_how_far_each_task_is_and_what_is_missing(tenant: Tenant, browser: Client) -> None:
    draft = make_draft(
        tenant,
        scope=None,
        audits=None,
        expiryDate=in_days(-11).isoformat(),
        sites=[{"address": "Here", "country": "DE"}, {"address": "There"}, {"address": "Elsewhere"}],
    )

    page = page_of(browser.get(f"{LIST}{draft.slug}"))

    assert states_in(page) == {
        "Organisation": "Done: Gießerei Müller GmbH &amp; Co. KG, Germany",
        "Standard and scope": "Incomplete: ISO 9001:2015",
        "Sites": "Incomplete: 3 sites, 2 want a country",
        "Audits and findings": "Nothing yet: none yet",
        "Dates and decision": f"Wrong: expires {in_days(-11).day} {in_days(-11):%B %Y}",
    }
    assert "What is missing: 4" in page
    assert f'<a href="{LIST}{draft.slug}/edit/standard">Give the scope.</a>' in page


def test_what_is_wrong_is_kept_as_typed_marked_and_named_beside_its_field(tenant: Tenant, browser: Client) -> None:
    begin(browser)

    answers = [
        write(browser, "organisation", version=1, country="Ruritania"),
        write(browser, "standard", version=2, iaf_codes="17, 99"),
        write(browser, "dates", version=3, expiry_date="next spring", effective_date=in_days(-20).isoformat()),
    ]

    assert [answer["Location"].rpartition("/")[2] for answer in answers] == ["organisation", "standard", "dates"]
    pages = {
        name: page_of(browser.get(f"{LIST}FM-12345-A/edit/{name}")) for name in ("organisation", "standard", "dates")
    }
    assert "We know no country Ruritania" in field_errors(pages["organisation"])["country"]
    assert "99 is no IAF code" in field_errors(pages["standard"])["iaf_codes"]
    assert set(field_errors(pages["dates"])) == {"expiry_date", "effective_date"}
    assert form_of(pages["dates"])["expiry_date"] == "next spring"
    states = states_in(page_of(browser.get(f"{LIST}FM-12345-A")))
    assert [
        states[name].partition(":")[0] for name in ("Organisation", "Standard and scope", "Dates and decision")
    ] == ["Wrong"] * 3
    assert found(tenant).expires_on is None


def test_what_no_row_can_hold_is_not_saved_and_not_lost(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    before = every_row()

    response = write(browser, "organisation", version=1, legal_name="", address="Hafenweg 5\u202e", client_id="1" * 46)

    page = page_of(response, 422)
    assert set(field_errors(page)) == {"legal_name", "address", "client_id"}
    assert "3 things need correcting" in page
    assert form_of(page)["address"] == "Hafenweg 5\u202e"
    assert every_row() == before


@pytest.mark.parametrize("typed", ["3 Mar 2026", "3. March 2026", "March 3, 2026", "2026-03-03", " 03 march  2026 "])
def test_a_day_is_typed_as_people_write_it(tenant: Tenant, browser: Client, typed: str) -> None:
    begin(browser)

    write(browser, "dates", version=1, decision_date=typed)

    assert dictionary_of(found(tenant))["decisionDate"] == "2026-03-03"
    assert form_of(page_of(browser.get(f"{LIST}FM-12345-A/edit/dates")))["decision_date"] == "3 March 2026"


@pytest.mark.parametrize("name", ["DE", "de", "DEU", "Germany", "germany ", "Federal Republic of Germany"])
def test_a_country_is_its_name_or_its_code(tenant: Tenant, browser: Client, name: str) -> None:
    begin(browser)

    write(browser, "organisation", version=1, country=name)
    browser.post(f"{LIST}FM-12345-A/edit/sites/1", SITE | {"country": name, "version": "2"})

    content = dictionary_of(found(tenant))
    assert (content["organisation"]["country"], content["sites"][0]["country"]) == ("DE", "DE")


def test_a_number_in_use_is_named_beside_the_number(tenant: Tenant, browser: Client) -> None:
    make_draft(tenant, number="FM-12345-A")
    begin(browser, number="Other 1")
    before = every_row()

    start = page_of(begin(browser, legal_name="Another"), 422)
    page = page_of(write(browser, "standard", version=1, slug="OTHER-1"), 422)

    assert "already in use" in field_errors(start)["number"]
    assert "already in use" in field_errors(page)["number"]
    assert form_of(page)["scope"] == "Casting <b>grey</b> iron"
    assert every_row() == before


@pytest.mark.parametrize(
    ("button", "count", "kept"),
    [
        ({"add": "audits"}, 3, "audits-1-date"),
        ({"remove": "audits-0"}, 1, "audits-0-date"),
        ({"remove": "audits-9"}, 2, "audits-1-date"),
    ],
)
def test_a_row_is_added_or_removed_without_losing_or_judging_anything(
    browser: Client, button: dict[str, str], count: int, kept: str
) -> None:
    begin(browser)
    before = every_row()
    second = {"audits-count": "2", "audits-1-date": "soon", "audits-1-type": "special"}

    page = page_of(write(browser, "audits", version=1, **second, **button))

    assert form_of(page)["audits-count"] == str(count)
    assert form_of(page)[kept] == "soon"
    assert every_row() == before


def test_rows_are_bounded(browser: Client) -> None:
    begin(browser)

    page = page_of(write(browser, "audits", version=1, **{"audits-count": "30", "add": "audits"}))
    assert (form_of(page)["audits-count"], 'value="audits"' in page) == ("30", False)

    for count in ("9999999999", "-1", "²", "many", "31"):
        page = page_of(write(browser, "audits", version=1, **{"audits-count": count}), 422)
        assert "Audits: At most 30 rows; this form has " in page
        assert form_of(page)["audits-count"] in ("0", "30")


def test_a_form_sent_twice_makes_one_draft(tenant: Tenant, browser: Client) -> None:
    key = form_of(page_of(browser.get(NEW)))["draft_key"]

    answers = [browser.post(NEW, START | {"number": "", "draft_key": key}) for _ in range(2)]

    [draft] = list_certificates(tenant=tenant, filters=Filters(), today=today()).items
    assert [answer.headers["Location"] for answer in answers] == [f"{LIST}{draft.slug}"] * 2
    assert actions_on(tenant, draft) == ["certificate.drafted"]


def test_a_form_sent_again_with_something_else_in_it_loses_neither(tenant: Tenant, browser: Client) -> None:
    key = {"draft_key": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    begin(browser, legal_name="The first", **key)

    page = page_of(begin(browser, legal_name="The second", **key), 422)

    [draft] = list_certificates(tenant=tenant, filters=Filters(), today=today()).items
    assert f"This form was saved already, as {draft.number}." in page
    assert form_of(page)["legal_name"] == "The second"
    assert dictionary_of(found(tenant))["organisation"]["legalName"] == "The first"


def test_a_page_sent_twice_is_saved_once(tenant: Tenant, browser: Client) -> None:
    begin(browser)

    answers = [write(browser, "organisation", version=1) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert actions_on(tenant, found(tenant)) == ["certificate.drafted", "certificate.edited"]


def test_a_draft_with_another_number_keeps_its_history(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    write(browser, "standard", version=1, number="FM 2")
    begin(browser)  # another draft, under the number that is free again

    renumbered, other = found(tenant, "FM 2"), found(tenant)

    assert actions_on(tenant, renumbered) == ["certificate.drafted", "certificate.edited"]
    assert len(history_of(tenant=tenant, certificate=other)) == 1
    assert "Drafted" in page_of(browser.get(f"{LIST}FM-2?tab=history"))


def test_somebody_elses_change_is_told_and_what_was_typed_is_kept(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    write(browser, "standard", version=1, scope="The first")

    page = page_of(write(browser, "standard", version=1, scope="The second"), 422)

    assert "Somebody changed FM 12345/A meanwhile" in page
    assert form_of(page)["scope"] == "The second"
    assert dictionary_of(found(tenant))["scope"] == "The first"


def test_a_page_left_without_a_button_is_saved_by_its_script(tenant: Tenant, browser: Client) -> None:
    begin(browser)

    kept = write(browser, "standard", version=1, number="FM 2", keeping="1")
    unfit = write(browser, "organisation", version=2, slug="FM-2", legal_name="", keeping="1")

    assert kept.json() == {"version": 2, "address": f"{LIST}FM-2/edit/standard"}
    assert (unfit.status_code, unfit.json()) == (422, {})


def test_a_page_that_is_none_is_not_found(browser: Client) -> None:
    begin(browser)

    for path in ("edit/nothing", "edit/sites/0", "edit/sites/3", "edit/sites/200"):
        assert browser.get(f"{LIST}FM-12345-A/{path}").status_code == 404


def test_whoever_may_not_write_sees_the_tasks_without_links(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    viewer = log_in_as(make_user(tenant, Role.VIEWER), tenant)

    page = page_of(viewer.get(f"{LIST}FM-12345-A"))

    assert "Give the scope." in page
    assert f'href="{LIST}FM-12345-A/edit' not in page
