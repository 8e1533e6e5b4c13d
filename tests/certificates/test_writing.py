"""Writing a draft page by page, as a browser without JavaScript does: nothing typed is lost, each problem is marked."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from defiso.certificates.acts.draft import edit_draft
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.lists import Filters, list_certificates
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate, history_of
from defiso.core.clock import today
from defiso.core.permissions import Role
from defiso.organisations.services import make_client
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER, actions_on, content, in_days, make_certificate, make_draft
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


def test_findings_and_a_transfer_are_written_and_shown_again(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    second = {
        "audits-count": "2",
        "audits-1-type": "special",
        "audits-1-date": "3 Mar 2026",
        "findings-count": "3",
        "findings-0-grade": "major",
        "findings-0-text": "No calibration",
        "findings-0-audit": "2",
        "findings-1-grade": "minor",
        "findings-1-text": "Labels",
        "findings-1-verifiedOn": "4 Mar 2026",
        "findings-2-grade": "minor",
        "findings-2-text": "Too early",
        "findings-2-audit": "2",
        "findings-2-verifiedOn": "1 Mar 2020",
        "transferred_from": "Other Body",
    }

    write(browser, "audits", version=1, **second)

    first, special = dictionary_of(found(tenant))["audits"]
    assert first["findings"] == [{"grade": "minor", "text": "Labels", "verifiedOn": "2026-03-04"}]
    assert [finding["text"] for finding in special["findings"]] == ["No calibration", "Too early"]
    page = page_of(browser.get(f"{LIST}FM-12345-A/edit/audits"))
    shown = form_of(page)
    assert [shown[f"findings-{index}-audit"] for index in range(3)] == ["1", "2", "2"]
    assert "after the audit began" in field_errors(page)["findings-2-verifiedOn"]
    assert shown["transferred_from"] == "Other Body"
    assert "2 audits, 3 findings, 1 open" in page_of(browser.get(f"{LIST}FM-12345-A"))


def test_the_accounts_of_an_audit_team_stay_with_it_when_its_page_is_saved(tenant: Tenant, browser: Client) -> None:
    audit = {"type": "initial", "date": "2026-02-10", "auditors": ["Lead auditor"], "auditorUsers": ["01LEAD"]}
    make_draft(tenant, number="FM 12345/A", audits=[audit])
    shown = form_of(page_of(browser.get(f"{LIST}FM-12345-A/edit/audits")))

    browser.post(f"{LIST}FM-12345-A/edit/audits", shown | {"audits-0-date": "11 Feb 2026"})

    [kept] = dictionary_of(found(tenant))["audits"]
    assert kept == audit | {"date": "2026-02-11"}


def test_no_audit_is_made_up_where_none_was_typed(tenant: Tenant, browser: Client) -> None:
    begin(browser)

    browser.post(f"{LIST}FM-12345-A/edit/audits", {"version": "1", "audits-count": "0", "findings-count": "0"})

    assert "audits" not in dictionary_of(found(tenant))


def test_a_scope_in_further_languages_stands_beside_the_binding_one(tenant: Tenant, browser: Client) -> None:
    begin(browser)
    german = {"scopes-count": "1", "scopes-0-language": "de", "scopes-0-text": "Gießen\r\nvon Grauguss"}

    write(browser, "standard", version=1, **german)

    assert dictionary_of(found(tenant))["scopes"] == [{"language": "de", "text": "Gießen\nvon Grauguss"}]
    page = page_of(browser.get(f"{LIST}FM-12345-A?tab=details"))
    assert page.index("binding</span>") < page.index("Casting &lt;b&gt;") < page.index("Gießen")
    assert "2 languages" in page_of(browser.get(f"{LIST}FM-12345-A"))


def test_a_copy_takes_over_what_stays_and_none_of_the_cycle(tenant: Tenant, browser: Client) -> None:
    source = make_certificate(tenant, number="OLD 1")
    page = page_of(browser.get(f"{NEW}?copy=OLD-1"))

    browser.post(NEW, form_of(page) | {"standard": "9001:2015", "number": "NEW 1"})

    was, copy = dictionary_of(source), dictionary_of(found(tenant, "NEW 1"))
    assert {name for name in was if was[name] == copy.get(name)} == {  # type: ignore[literal-required]
        *("organisation", "sites", "standard", "scope", "scopeLanguage", "iafCodes", "naceCodes"),
        *("certificationType", "accreditation", "confidential"),
    }
    assert copy.keys() - was.keys() == set()
    assert "integratedWith" not in copy


def test_same_again_for_another_standard_links_the_drafts_of_a_set(tenant: Tenant, browser: Client) -> None:
    make_draft(tenant, number="Q 1")
    link = r"\?copy=Q-1&amp;standard=([^\"]+)\">Same again for ISO 14001"
    [standard] = re.findall(link, page_of(browser.get(f"{LIST}Q-1")))
    page = page_of(browser.get(f"{NEW}?copy=Q-1&standard={unquote(standard)}"))

    browser.post(NEW, form_of(page) | {"number": "E 1", "integrated": "on"})
    assert "integrated" in form_of(page)
    browser.post(NEW, START | {"number": "S 1", "copy_of": "E-1", "standard": "45001:2018", "integrated": "on"})

    contents = {number: dictionary_of(found(tenant, number)) for number in ("Q 1", "E 1", "S 1")}
    assert {number: content["integratedWith"] for number, content in contents.items()} == {
        "Q 1": ["E 1", "S 1"],
        "E 1": ["Q 1", "S 1"],
        "S 1": ["Q 1", "E 1"],
    }
    assert contents["E 1"]["standard"]["code"] == "14001"
    assert contents["E 1"]["audits"] == contents["Q 1"]["audits"]
    assert actions_on(tenant, found(tenant, "Q 1")) == ["certificate.drafted", *["certificate.edited"] * 2]
    assert f'<a href="{LIST}E-1">E 1</a>' in page_of(browser.get(f"{LIST}Q-1?tab=details"))


def test_a_set_follows_a_draft_that_gets_another_number(tenant: Tenant, browser: Client) -> None:
    make_draft(tenant, number="E 1")
    make_draft(tenant, number="Q 1", integratedWith=["E 1"])

    renumbered = content(number="Q 2", integratedWith=["E 1"])
    edit_draft(tenant=tenant, actor=ISSUER, number="Q 1", version=1, content=renumbered)

    assert dictionary_of(found(tenant, "E 1"))["integratedWith"] == ["Q 2"]


def test_what_is_issued_names_only_what_it_was_signed_with(tenant: Tenant, browser: Client) -> None:
    issued = make_certificate(tenant, number="Q 1")

    browser.post(NEW, START | {"number": "E 1", "standard": "14001:2015", "copy_of": "Q-1", "integrated": "on"})

    assert dictionary_of(found(tenant, "E 1"))["integratedWith"] == ["Q 1"]
    assert found(tenant, "Q 1").version == issued.version


def test_a_draft_begins_with_a_client_found_by_a_word_of_its_name(tenant: Tenant, browser: Client) -> None:
    ids = [{"scheme": "VAT", "value": "DE123456788"}]
    client = make_client(
        tenant, ISSUER, name="Gießerei Müller GmbH", country="DE", address="Hüttenstraße 1", legal_ids=ids
    )
    typed = form_of(page_of(browser.get(NEW))) | {"standard": "9001:2015", "number": "FM 1"}

    offered = page_of(browser.post(NEW, typed | {"client_search": "muel", "find": "1"}))
    assert "No organisation here" in offered
    offered = page_of(browser.post(NEW, typed | {"client_search": "mull", "find": "1"}))
    assert f'name="client" value="{client.slug}"' in offered
    picked = form_of(page_of(browser.post(NEW, form_of(offered) | {"client": client.slug})))
    assert (picked["standard"], picked["number"], picked["legal_name"]) == ("9001:2015", "FM 1", "Gießerei Müller GmbH")
    assert browser.post(NEW, picked).status_code == 302

    draft = found(tenant, "FM 1")
    assert draft.client == client.slug
    assert dictionary_of(draft)["organisation"] == {
        "legalName": "Gießerei Müller GmbH",
        "address": "Hüttenstraße 1",
        "country": "DE",
        "legalIds": ids,
    }
