"""The staff's pages of clients: found, read in one query, edited with what is wrong beside a field, merged, parted."""

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

import pytest
from django.test import Client as Browser

from defiso.accounts.models import User
from defiso.certificates.states import Status
from defiso.core.dates import write_day
from defiso.core.permissions import Role
from defiso.organisations.models import Client
from defiso.organisations.services import get_client, make_client
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER, make_certificate, make_draft
from tests.certificates.pages import field_errors, form_of
from tests.staff import log_in_as, make_user

Drain = Callable[[], None]
AREA = "/staff/organisations"


@pytest.fixture
def issuer(tenant: Tenant) -> User:
    return make_user(tenant, Role.ISSUER)


@pytest.fixture
def page(tenant: Tenant, issuer: User) -> Browser:
    return log_in_as(issuer, tenant)


@pytest.fixture
def acme(tenant: Tenant) -> Client:
    contacts = [{"name": "Jo", "email": "jo@acme.example"}]
    return make_client(tenant, ISSUER, name="Acmé Ltd", country="GB", address="Leeds", contacts=contacts)


def asked_of_certificates(browser: Browser, path: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a page asks of the table of certificates."""
    asked: list[str] = []
    dispatch = connection().dispatch

    def noting(name: str, request: dict[str, object]) -> object:
        if "certificates" in str(request.get("TableName") or request.get("RequestItems")):
            asked.append(name)
        return dispatch(name, request)  # type: ignore[arg-type]

    with monkeypatch.context() as watched:
        watched.setattr(connection(), "dispatch", noting)
        assert browser.get(path).status_code == 200
    return asked


def test_a_list_and_a_search_are_one_query_and_a_client_one_read_more(
    tenant: Tenant, acme: Client, page: Browser, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_certificate(tenant, client=acme.slug)
    drain()

    assert asked_of_certificates(page, f"{AREA}/", monkeypatch) == ["Query"]
    assert asked_of_certificates(page, f"{AREA}/?q=acm+lt", monkeypatch) == ["Query"]
    assert asked_of_certificates(page, f"{AREA}/pick?client_search=acm", monkeypatch) == ["Query"]
    assert asked_of_certificates(page, f"{AREA}/{acme.slug}/", monkeypatch) == ["GetItem", "Query"]


def test_a_client_s_page_has_its_certificates_in_every_state(
    tenant: Tenant, acme: Client, page: Browser, drain: Drain
) -> None:
    make_certificate(tenant, number="ISSUED-1", client=acme.slug)
    make_draft(tenant, number="DRAFT-1", client=acme.slug)
    drain()

    text = page.get(f"{AREA}/{acme.slug}/").content.decode()

    for part in ("ISSUED-1", "DRAFT-1", "Active", "Draft", "jo@acme.example"):
        assert part in text


def test_a_client_s_page_says_by_when_each_certificate_in_force_is_to_be_audited(
    tenant: Tenant, acme: Client, page: Browser, drain: Drain
) -> None:
    head = make_certificate(tenant, number="DUE-1", client=acme.slug)
    make_certificate(tenant, number="ENDED-1", client=acme.slug, status=Status.WITHDRAWN)
    drain()

    _before, _heading, due = page.get(f"{AREA}/{acme.slug}/").content.decode().partition("Audits due")

    assert write_day(date.fromisoformat(head.surveillance_due or "")) in due
    assert "DUE-1" in due
    assert "ENDED-1" not in due


def test_a_search_finds_by_the_beginning_of_a_word_and_says_when_there_is_none(acme: Client, page: Browser) -> None:
    assert f'href="{AREA}/{quote(acme.slug)}/"' in page.get(f"{AREA}/?q=LT").content.decode()
    assert "No organisation has such a word" in page.get(f"{AREA}/?q=cme").content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(tenant: Tenant, page: Browser) -> None:
    typed = form_of(page.get(f"{AREA}/new").content.decode()) | {
        "name": "Acme",
        "country": "Atlantis",
        "legal_ids-1-scheme": "LEI",
        "legal_ids-1-value": "123",
        "contacts-0-email": "jo@acme.example",
    }

    answer = page.post(f"{AREA}/new", typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert set(field_errors(text)) == {"country", "legal_ids-1-value", "contacts-0-name"}
    assert form_of(text)["contacts-0-email"] == "jo@acme.example"


def test_a_changed_name_offers_revisions_of_the_certificates_it_touches_and_changes_none(
    tenant: Tenant, page: Browser, drain: Drain
) -> None:
    make_certificate(tenant, number="A")
    make_draft(tenant, number="B")
    drain()
    [client] = list(Client.query(f"TENANT#{tenant.slug}", Client.SK.startswith("ORG#")))
    form = form_of(page.get(f"{AREA}/{client.slug}/edit").content.decode()) | {"name": "Rheinguss AG"}

    answer = page.post(f"{AREA}/{client.slug}/edit", form, follow=True)

    text = answer.content.decode()
    assert get_client(tenant, client.slug).name == "Rheinguss AG"
    assert ">A</a>" in text
    assert "/staff/certificates/A" in text
    assert "/staff/certificates/B" not in text
    assert "<ins><bdi>Rheinguss AG</bdi></ins>" in text
    assert "Gießerei Müller" in page.get("/staff/certificates/A").content.decode()


def test_an_identifier_from_a_register_that_does_not_check_out_is_shown_so_and_holds_up_no_edit(
    tenant: Tenant, page: Browser, drain: Drain
) -> None:
    wrong = [{"scheme": "VAT", "value": "DE123456780"}]
    make_certificate(tenant, organisation__legalIds=wrong)
    drain()
    [client] = list(Client.query(f"TENANT#{tenant.slug}", Client.SK.startswith("ORG#")))
    form = form_of(page.get(f"{AREA}/{client.slug}/edit").content.decode()) | {"notes": "Call Jo."}

    assert page.post(f"{AREA}/{client.slug}/edit", form).status_code == 302
    text = page.get(f"{AREA}/{client.slug}/").content.decode()
    assert "DE123456780 is no VAT number of Germany" in text
    assert "Call Jo." in text


def test_a_merge_is_shown_done_and_undone_by_one_click(tenant: Tenant, acme: Client, page: Browser) -> None:
    twin = make_client(tenant, ISSUER, name="Acme Limited", country="GB")
    address = f"{AREA}/{twin.slug}/merge/{acme.slug}"
    assert quote(acme.slug) in page.get(f"{AREA}/{twin.slug}/merge").content.decode()

    merged = page.post(address, form_of(page.get(address).content.decode()), follow=True).content.decode()
    assert "Undo the merge" in merged
    assert "was merged into" in page.get(f"{AREA}/{twin.slug}/").content.decode()
    page.post(f"{AREA}/{twin.slug}/part")

    assert get_client(tenant, twin.slug).name == "Acme Limited"


def test_who_may_only_look_is_offered_no_change(tenant: Tenant, acme: Client) -> None:
    text = log_in_as(make_user(tenant, Role.VIEWER), tenant).get(f"{AREA}/{acme.slug}/").content.decode()

    assert "/edit" not in text
    assert "/merge" not in text


def test_a_client_called_new_has_a_page(tenant: Tenant, page: Browser) -> None:
    make_client(tenant, ISSUER, name="New", country="GB")

    assert "<h1><bdi>New</bdi></h1>" in page.get(f"{AREA}/new/").content.decode()
