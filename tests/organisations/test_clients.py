"""Clients: made, found by the beginnings of words, told apart by country and identifiers, changed with an event."""

from typing import Any

import pytest

from defiso.organisations.errors import (
    ClientChangedError,
    ClientExistsError,
    ClientInvalidError,
    ClientNotFoundError,
)
from defiso.organisations.models import Client, Term
from defiso.organisations.search import search_clients
from defiso.organisations.services import change_client, find_clients, get_client, make_client
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER
from tests.conftest import every_row
from tests.staff import actions_of

LEI = "5493001KJTIIGC8Y1R12"


def make(tenant: Tenant, name: str = "Gießerei Müller GmbH", country: str = "DE", **given: Any) -> Client:
    return make_client(tenant, ISSUER, name=name, country=country, **given)


def found(tenant: Tenant, text: str) -> list[str]:
    return [term.slug for term in find_clients(tenant, text)]


def test_a_client_is_found_by_the_beginning_of_any_word_whatever_case_and_accents(tenant: Tenant) -> None:
    client = make(tenant, english_name="Mueller Foundry")

    for text in ("giess", "GIE", "mull", "Müll", "müller gie", "foun", "gmbh m"):
        assert found(tenant, text) == [client.slug], text
    for text in ("", "...", "esserei", "muller x"):
        assert found(tenant, text) == [], text


def test_a_client_whose_words_begin_alike_is_offered_once(tenant: Tenant) -> None:
    make(tenant, "Demo Democracy Demos Ltd", "GB")

    assert found(tenant, "demo") == ["demo-democracy-demos-ltd"]


def test_a_client_of_another_body_is_not_found(tenant: Tenant, other: Tenant) -> None:
    client = make(other)

    assert found(tenant, "muller") == []
    with pytest.raises(ClientNotFoundError):
        get_client(tenant, client.slug)


def test_a_search_goes_on_page_by_page_and_shows_each_client_once(tenant: Tenant) -> None:
    made = {make(tenant, f"Acme {number} Ltd", "GB").slug for number in range(7)}

    seen: list[str] = []
    cursor = None
    while True:
        page = search_clients(tenant=tenant, text="acm lt", cursor=cursor, size=3)
        seen += [term.slug for term in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert sorted(seen) == sorted(made)


def test_the_same_name_in_another_country_gets_its_own_slug(tenant: Tenant) -> None:
    slugs = [make(tenant, "Acme Corporation", country).slug for country in ("US", "DE", "FR")]

    assert slugs == ["acme-corporation", "acme-corporation-de", "acme-corporation-fr"]


def test_the_same_name_in_the_same_country_is_refused_unless_an_identifier_tells_them_apart(tenant: Tenant) -> None:
    make(tenant, "Acme Corporation", "DE", legal_ids=[{"scheme": "LEI", "value": LEI}])
    before = every_row()

    with pytest.raises(ClientExistsError) as refusal:
        make(tenant, "ACME corporation", "DE")

    assert refusal.value.slug == "acme-corporation"
    assert every_row() == before
    apart = make(tenant, "Acme Corporation", "DE", legal_ids=[{"scheme": "LEI", "value": "529900T8BM49AURSDO55"}])
    assert apart.slug == "acme-corporation-de"


@pytest.mark.parametrize(
    ("scheme", "value", "country", "is_right"),
    [
        ("LEI", LEI, "US", True),
        ("LEI", "5493001KJTIIGC8Y1R13", "US", False),
        ("VAT", "DE136695976", "DE", True),
        ("VAT", "136695976", "DE", True),
        ("VAT", "DE136695975", "DE", False),
        ("VAT", "EL094259216", "GR", True),
        ("VAT", "FR40303265045", "DE", True),
        ("VAT", "anything", "AE", True),
        ("National register", "552100554", "FR", True),
        ("National register", "552100555", "FR", False),
        ("National register", "HRB 44863", "DE", True),
        ("GLN", "4006381333931", "DE", True),
        ("GLN", "4006381333932", "DE", False),
        ("Passport", "X1", "DE", False),
    ],
)
def test_identifiers_are_judged_by_their_check_digits(
    tenant: Tenant, scheme: str, value: str, country: str, is_right: bool
) -> None:
    given = [{"scheme": scheme, "value": value}]

    if is_right:
        assert make(tenant, "Acme", country, legal_ids=given).identifiers == given
        return
    with pytest.raises(ClientInvalidError) as refusal:
        make(tenant, "Acme", country, legal_ids=given)
    assert [path.rsplit(".", 1)[0] for path in refusal.value.fields] == ["legal_ids.0"]
    assert not list(Client.query(f"TENANT#{tenant.slug}", Client.SK.startswith("ORG#")))


def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_written(tenant: Tenant) -> None:
    before = every_row()

    with pytest.raises(ClientInvalidError) as refusal:
        make(tenant, " ", "XX", contacts=[{"name": "Jo", "email": "jo@"}, {"email": "a@b.example"}], notes="x" * 5000)

    assert set(refusal.value.fields) == {"name", "country", "contacts.0.email", "contacts.1.name", "notes"}
    assert every_row() == before


def test_a_changed_client_is_found_by_its_new_words_only_and_keeps_its_slug(tenant: Tenant) -> None:
    client = make(tenant)

    changed = change_client(
        tenant=tenant, actor=ISSUER, slug=client.slug, version=1, given={"name": "Rheinguss AG", "country": "DE"}
    )

    assert changed.slug == client.slug
    assert (found(tenant, "rheing"), found(tenant, "muller")) == ([client.slug], [])
    assert len(list(Term.query(client.PK, Term.SK.startswith("TERM#")))) == 2
    assert actions_of(tenant)[-2:] == ["organisation.created", "organisation.changed"]


def test_two_who_change_a_client_at_once_do_not_undo_each_other(tenant: Tenant) -> None:
    client = make(tenant)
    change_client(tenant=tenant, actor=ISSUER, slug=client.slug, version=1, given={"name": "One", "country": "DE"})
    before = every_row()

    with pytest.raises(ClientChangedError):
        change_client(tenant=tenant, actor=ISSUER, slug=client.slug, version=1, given={"name": "Two", "country": "DE"})

    assert every_row() == before
