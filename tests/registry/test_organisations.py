"""Public pages of an organisation: by the name printed, of one body and of all; what is in no list; one query."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.models import Certificate
from defiso.certificates.relisting import relist_certificates
from defiso.certificates.states import Status
from defiso.organisations.models import name_slug
from defiso.store.connection import connection
from defiso.tenants.models import Tenant
from defiso.tenants.services import forget_cached_tenants, get_tenant
from tests.certificates.making import ISSUER, in_days, make_certificate, make_draft
from tests.conftest import every_row
from tests.staff import browser_at

ACME = {"organisation__legalName": "Acme Corporation", "organisation__country": "US", "organisation__legalIds": []}
LEI = [{"scheme": "LEI", "value": "5493001KJTIIGC8Y1R12"}]
ADDRESS = "/organisations/acme-corporation"


def page(at: Tenant | None, address: str = ADDRESS, status: int = 200) -> str:
    answer = browser_at(at).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def set_browsable(tenant: Tenant, answer: str) -> None:
    call_command("set_policy", tenant.slug, browsable=answer)
    forget_cached_tenants()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is asked of the store."""
    names: list[str] = []
    dispatch = connection().dispatch
    with monkeypatch.context() as watched:
        watched.setattr(connection(), "dispatch", lambda name, sent: names.append(name) or dispatch(name, sent))
        yield names


def test_the_portal_lists_the_body_s_own_and_the_apex_those_of_all(tenant: Tenant, other: Tenant) -> None:
    make_certificate(tenant, number="OURS-1", **ACME)
    make_certificate(other, number="THEIRS-1", **ACME)

    ours, all_of_them = page(tenant), page(None)

    assert ("OURS-1" in ours, "THEIRS-1" in ours) == (True, False)
    for part in ("OURS-1", "THEIRS-1", tenant.name, other.name):
        assert part in all_of_them


def test_it_says_that_equal_names_need_not_be_one_company_and_shows_country_and_identifiers(tenant: Tenant) -> None:
    make_certificate(tenant, number="A", **ACME)
    make_certificate(tenant, number="B", **{**ACME, "organisation__country": "DE", "organisation__legalIds": LEI})

    for text in (page(tenant), page(None)):
        assert "Equal names need not be one company" in text
        assert text.count("<h2>") == 2
        for part in ("United States", "Germany", "LEI 5493001KJTIIGC8Y1R12", "no identifier printed"):
            assert part in text


def test_drafts_void_and_confidential_certificates_are_in_no_list(tenant: Tenant) -> None:
    make_draft(tenant, number="DRAFT-1", **ACME)
    make_certificate(tenant, number="SECRET-1", confidential=True, confidentialityReason="A shelter.", **ACME)
    assert "SECRET-1" not in page(tenant, status=404) + page(None, status=404)

    make_certificate(tenant, number="SHOWN-1", status=Status.WITHDRAWN, **ACME)

    for text in (page(tenant), page(None)):
        assert "Withdrawn" in text
        assert "SECRET-1" not in text
        assert "DRAFT-1" not in text


def test_a_body_that_shows_exact_numbers_only_is_in_no_list_at_once_and_has_no_keys_after_relisting(
    tenant: Tenant, other: Tenant
) -> None:
    make_certificate(tenant, number="OURS-1", **ACME)
    make_certificate(other, number="THEIRS-1", **ACME)

    set_browsable(tenant, "no")

    assert page(tenant, status=404)
    assert "OURS-1" not in page(None)
    assert "THEIRS-1" in page(None)
    assert page(tenant, "/certificates/OURS-1")
    assert ADDRESS not in page(tenant, "/certificates/OURS-1")

    call_command("relist_certificates", tenant.slug)

    head = Certificate.get(f"TENANT#{tenant.slug}", "CERT#OURS-1")
    assert (head.GSI1PK, head.GSI1SK, head.GSI2PK, head.GSI2SK) == (None, None, None, None)
    assert f"TENANT#{tenant.slug}#STATUS#active" == head.GSI3PK


def test_what_such_a_body_does_next_gives_no_keys_either_and_the_certificate_stays_verifiable(tenant: Tenant) -> None:
    set_browsable(tenant, "no")
    fresh = get_tenant(tenant.slug)
    make_certificate(fresh, number="OURS-1", **ACME)
    suspend_certificate(tenant=fresh, actor=ISSUER, number="OURS-1", reason="Late.", review_on=in_days(30))

    head = Certificate.get(f"TENANT#{tenant.slug}", "CERT#OURS-1")

    assert (head.GSI1PK, head.GSI2PK) == (None, None)
    assert "Suspended" in page(tenant, "/certificates/OURS-1")


def test_a_body_that_is_browsable_again_is_listed_again_and_relisting_twice_changes_nothing(tenant: Tenant) -> None:
    make_certificate(tenant, number="OURS-1", **ACME)
    before = Certificate.get(f"TENANT#{tenant.slug}", "CERT#OURS-1").attribute_values
    for answer in ("no", "yes"):
        set_browsable(tenant, answer)
        call_command("relist_certificates", tenant.slug)
    rows = every_row()

    assert [changed for _slug, changed in relist_certificates(tenant.slug)] == [False]
    after = Certificate.get(f"TENANT#{tenant.slug}", "CERT#OURS-1").attribute_values
    assert every_row() == rows
    assert {**after, "operation": ""} == {**before, "operation": ""}
    assert "OURS-1" in page(None)


def test_relisting_that_was_interrupted_goes_on_and_leaves_what_changed_meanwhile(tenant: Tenant) -> None:
    for number in "ABC":
        make_certificate(tenant, number=number, **ACME)
    set_browsable(tenant, "no")
    steps = relist_certificates(tenant.slug)
    assert next(steps) == ("A", True)
    steps.close()

    assert list(relist_certificates(tenant.slug, after="A")) == [("A", False), ("B", True), ("C", True)]


def test_an_organisation_s_page_is_one_query(tenant: Tenant, asked: list[str]) -> None:
    make_certificate(tenant, number="OURS-1", **ACME)
    for at in (tenant, None):
        page(at)  # bodies are remembered for a minute
        asked.clear()
        page(at)

        assert asked == ["Query"]


def test_the_public_page_leads_to_the_organisation_s(tenant: Tenant) -> None:
    make_certificate(tenant)
    address = f"/organisations/{quote(name_slug('Gießerei Müller GmbH & Co. KG'))}"

    assert f'href="{address}"' in page(tenant, "/certificates/ISO9001-2026-ABC123")
    assert "ISO9001-2026-ABC123" in page(tenant, address)


@pytest.mark.parametrize("asked_for", ["nobody", "-", "x" * 2000, "%00", "ACME%20corporation", "acme%2Fcorporation"])
def test_a_name_that_nobody_has_is_answered_as_designed(tenant: Tenant, asked_for: str) -> None:
    for at in (tenant, None):
        browser: Browser = browser_at(at)
        assert browser.get(f"/organisations/{asked_for}").status_code == 404
