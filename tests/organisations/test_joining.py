"""Certificates join their clients: picked ones, those of a name and country, loaded ones; again without a change."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pynamodb.attributes import UnicodeAttribute

from defiso.certificates.acts.draft import edit_draft
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.states import Status
from defiso.organisations.members import Member, list_members
from defiso.organisations.models import Client
from defiso.organisations.services import get_client, make_client
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, content, in_days, make_certificate, make_draft
from tests.conftest import every_row

MULLER = "gießerei-müller-gmbh-co.-kg"
Drain = Callable[[], None]


def of_client(tenant: Tenant, slug: str) -> dict[str, str]:
    """Numbers and stored statuses."""
    return {member.number: member.status for member in list_members(tenant.slug, slug).items}


def clients(tenant: Tenant) -> list[str]:
    return [row.slug for row in Client.query(f"TENANT#{tenant.slug}", Client.SK.startswith("ORG#"))]


def test_an_issued_certificate_makes_its_client_with_what_it_says_of_it(tenant: Tenant, drain: Drain) -> None:
    make_certificate(tenant)

    drain()

    [slug] = clients(tenant)
    client = get_client(tenant, slug)
    assert (client.name, client.country, client.client_number) == ("Gießerei Müller GmbH & Co. KG", "DE", "CL-1")
    assert client.identifiers == [{"scheme": "VAT", "value": "DE123456789"}]
    assert of_client(tenant, slug) == {"ISO9001-2026-ABC123": "active"}


def test_certificates_of_one_name_and_country_are_one_client_s_in_every_state(tenant: Tenant, drain: Drain) -> None:
    for number, status in (("A", Status.ACTIVE), ("B", Status.DRAFT), ("C", Status.WITHDRAWN), ("D", Status.SUSPENDED)):
        make_certificate(tenant, number=number, status=status)
        drain()

    [slug] = clients(tenant)
    assert of_client(tenant, slug) == {"A": "active", "B": "draft", "C": "withdrawn", "D": "suspended"}


def test_the_same_name_in_another_country_is_another_client(tenant: Tenant, drain: Drain) -> None:
    make_certificate(tenant, number="A", organisation__legalName="Acme", organisation__country="US")
    make_certificate(tenant, number="B", organisation__legalName="Acme", organisation__country="DE")

    drain()

    assert sorted(clients(tenant)) == ["acme", "acme-de"]
    assert (of_client(tenant, "acme"), of_client(tenant, "acme-de")) == ({"A": "active"}, {"B": "active"})


def test_a_certificate_joins_the_client_that_was_picked_whatever_name_it_prints(tenant: Tenant, drain: Drain) -> None:
    picked = make_client(tenant, ISSUER, name="Rheinguss", country="CH")
    make_draft(tenant, client=picked.slug)
    submit_certificate(tenant=tenant, actor=ISSUER, number="ISO9001-2026-ABC123")
    issue_certificate(tenant=tenant, actor=DECIDER, number="ISO9001-2026-ABC123")

    drain()

    assert clients(tenant) == ["rheinguss"]
    assert of_client(tenant, "rheinguss") == {"ISO9001-2026-ABC123": "active"}


def test_a_client_of_another_body_that_was_named_in_a_draft_is_not_joined(
    tenant: Tenant, other: Tenant, drain: Drain
) -> None:
    theirs = make_client(other, ISSUER, name="Rheinguss", country="CH")
    make_draft(tenant, client=theirs.slug)

    drain()

    assert of_client(other, theirs.slug) == {}
    assert clients(tenant) != [theirs.slug]


def test_a_draft_that_is_renamed_or_given_another_client_moves(tenant: Tenant, drain: Drain) -> None:
    picked = make_client(tenant, ISSUER, name="Rheinguss", country="CH")
    draft = make_draft(tenant, number="A")
    drain()
    [made] = [slug for slug in clients(tenant) if slug != picked.slug]
    renamed = content(number="B", organisation__legalName="Other Ltd")
    draft = edit_draft(tenant=tenant, actor=ISSUER, number="A", content=renamed, version=draft.version)
    drain()

    assert (of_client(tenant, made), of_client(tenant, "other-ltd")) == ({}, {"B": "draft"})

    again = content(number="B", client=picked.slug)
    edit_draft(tenant=tenant, actor=ISSUER, number="B", content=again, version=draft.version)
    drain()

    assert (of_client(tenant, "other-ltd"), of_client(tenant, picked.slug)) == ({}, {"B": "draft"})


def test_joining_again_changes_nothing(tenant: Tenant, drain: Drain) -> None:
    for number in "ABC":
        make_certificate(tenant, number=number)
    drain()
    before = every_row()

    call_command("rebuild_clients", tenant=tenant.slug)

    assert every_row() == before


def test_a_loaded_register_has_its_clients_and_rebuilding_makes_those_that_were_lost(
    tenant: Tenant, drain: Drain, tmp_path: Path
) -> None:
    lines = (Path(settings.BASE_DIR) / "tests/data/register.csv").read_text().splitlines(keepends=True)[:61]
    register = tmp_path / "register.csv"
    register.write_text("".join(lines))
    call_command("load_register", str(register), tenant=tenant.slug)
    drain()
    made = {row["SK"]["S"]: row for row in every_row() if row["SK"]["S"].startswith(("ORG#", "MEMBER#"))}  # type: ignore[index]
    members = [key for key in made if key.startswith("MEMBER#")]
    for key in made:
        key_of = {"PK": {"S": f"TENANT#{tenant.slug}"}, "SK": {"S": key}}
        connection().client.delete_item(TableName=Client.Meta.table_name, Key=key_of)
    for row in every_row():
        if row["SK"]["S"].startswith("TERM#"):  # type: ignore[index]
            connection().client.delete_item(TableName=Client.Meta.table_name, Key={"PK": row["PK"], "SK": row["SK"]})

    call_command("rebuild_clients", tenant=tenant.slug)

    rebuilt = {row["SK"]["S"] for row in every_row() if row["SK"]["S"].startswith(("ORG#", "MEMBER#"))}  # type: ignore[index]
    assert len(members) == 60
    assert rebuilt == set(made)


def test_a_member_s_row_follows_its_certificate(tenant: Tenant, drain: Drain) -> None:
    make_certificate(tenant)
    drain()
    suspend_certificate(
        tenant=tenant, actor=ISSUER, number="ISO9001-2026-ABC123", reason="Late.", review_on=in_days(30)
    )
    drain()

    [slug] = clients(tenant)
    assert of_client(tenant, slug) == {"ISO9001-2026-ABC123": "suspended"}


def test_a_row_that_somebody_damaged_holds_up_no_other_certificate_and_no_anchor(
    tenant: Tenant, drain: Drain, caplog: pytest.LogCaptureFixture
) -> None:
    make_certificate(tenant, number="A")
    drain()
    key = {"PK": {"S": f"TENANT#{tenant.slug}"}, "SK": {"S": "MEMBER#A"}}
    damage = {"version": {"Value": {"S": "x"}, "Action": "PUT"}}
    connection().client.update_item(TableName=Client.Meta.table_name, Key=key, AttributeUpdates=damage)
    suspend_certificate(tenant=tenant, actor=ISSUER, number="A", reason="Late.", review_on=in_days(30))
    make_certificate(tenant, number="B")

    with caplog.at_level(logging.ERROR, "defiso.certificates.joining"):
        drain()

    assert "certificate A has not joined its client" in caplog.text
    assert Member.find(f"TENANT#{tenant.slug}", "MEMBER#B") is not None


def test_lists_of_a_client_are_one_query(tenant: Tenant, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    make_certificate(tenant)
    drain()
    [slug] = clients(tenant)
    asked: list[str] = []
    dispatch = connection().dispatch
    monkeypatch.setattr(connection(), "dispatch", lambda name, request: asked.append(name) or dispatch(name, request))

    list_members(tenant.slug, slug)

    assert asked == ["Query"]
    assert isinstance(Member.client, UnicodeAttribute)
