from datetime import timedelta

import pytest
import time_machine

from defiso.audit.actors import SYSTEM
from defiso.core.clock import now
from defiso.core.errors import ChangedMeanwhileError, RefusedError
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants import services
from defiso.tenants.errors import InvalidTenantError, UnknownTenantError
from defiso.tenants.models import CustomDomain, TenantStatus
from defiso.tenants.services import (
    find_tenant_by_host,
    forget_cached_tenants,
    get_tenant,
    reinstate_tenant,
    suspend_tenant,
)
from tests.conftest import every_row
from tests.staff import actions_of, make_tenant


def add_domain(slug: str, host: str, *, verified: bool) -> None:
    domain = CustomDomain(
        f"TENANT#{slug}",
        f"DOMAIN#{host}",
        GSI1PK=f"DOMAIN#{host}",
        GSI1SK=f"TENANT#{slug}",
        slug=slug,
        host=host,
        verified_at="2026-01-01T00:00:00.000Z" if verified else None,
    )
    with transaction() as writes:
        writes.create(domain, otherwise=RefusedError("in use"))


def slug_at(host: str) -> str | None:
    tenant = find_tenant_by_host(host)
    return tenant.slug if tenant else None


def test_a_host_is_one_query_and_then_none_for_a_minute() -> None:
    make_tenant("acme")
    forget_cached_tenants()
    with time_machine.travel(now(), tick=False) as traveller, counted_calls() as calls:
        assert slug_at("acme.localhost") == "acme"
        traveller.shift(timedelta(seconds=59))
        assert slug_at("acme.localhost") == "acme"
        assert calls == ["Query"]
        traveller.shift(timedelta(seconds=1))
        assert slug_at("acme.localhost") == "acme"
        assert calls == ["Query", "Query"]


def test_an_unknown_host_is_asked_for_again_after_ten_seconds() -> None:
    with time_machine.travel(now(), tick=False) as traveller, counted_calls() as calls:
        assert slug_at("nobody.localhost") is None
        traveller.shift(timedelta(seconds=9))
        assert slug_at("nobody.localhost") is None
        assert calls == ["Query"]
        traveller.shift(timedelta(seconds=1))
        assert slug_at("nobody.localhost") is None
        assert calls == ["Query", "Query"]


def test_a_flood_of_unknown_hosts_takes_bounded_room_and_leaves_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    make_tenant("acme")
    slug_at("acme.localhost")
    monkeypatch.setattr(services, "_look_up_host", lambda host: None)

    for number in range(services.MOST_CACHED + 500):
        slug_at(f"made-up-{number}.localhost")

    assert len(services._unknown_hosts) == services.MOST_CACHED
    assert slug_at("acme.localhost") == "acme"


@pytest.mark.parametrize("host", ["a.acme.localhost", "-.localhost", "x.localhost", ".localhost"])
def test_a_name_that_can_be_no_slug_is_not_looked_up(host: str) -> None:
    make_tenant("acme")

    with counted_calls() as calls:
        assert slug_at(host) is None

    assert calls == []


def test_a_verified_domain_leads_to_its_tenant_and_an_unverified_one_to_nobody() -> None:
    make_tenant("acme")
    add_domain("acme", "certificates.acme.example", verified=True)
    add_domain("acme", "new.acme.example", verified=False)

    assert slug_at("certificates.acme.example") == "acme"
    assert slug_at("new.acme.example") is None


def test_a_domain_that_two_tenants_claim_leads_to_neither() -> None:
    for slug in ("acme", "globex"):
        make_tenant(slug)
        add_domain(slug, "certificates.example", verified=True)

    assert slug_at("certificates.example") is None


def test_no_tenant_can_take_another_ones_host_as_a_domain_of_its_own() -> None:
    make_tenant("acme")
    make_tenant("globex")
    add_domain("globex", "acme.localhost", verified=True)
    add_domain("globex", "initech.localhost", verified=True)

    assert slug_at("acme.localhost") == "acme"
    assert slug_at("initech.localhost") is None


def test_a_tenant_is_read_by_slug_once_a_minute() -> None:
    make_tenant("acme")
    forget_cached_tenants()

    with counted_calls() as calls:
        assert get_tenant("acme").name == "Acme Certification"
        assert get_tenant("acme").name == "Acme Certification"

    assert calls == ["GetItem"]
    with pytest.raises(UnknownTenantError, match="no tenant globex"):
        get_tenant("globex")


def test_suspending_and_reinstating_are_seen_at_once_and_recorded() -> None:
    tenant = make_tenant("acme")

    suspended = suspend_tenant(actor=SYSTEM, slug="acme", reason="Unpaid since March.")
    assert (suspended.is_suspended, suspended.suspended_reason) == (True, "Unpaid since March.")
    assert get_tenant("acme").is_suspended
    reinstated = reinstate_tenant(actor=SYSTEM, slug="acme")

    assert (reinstated.status, reinstated.suspended_reason) == (TenantStatus.ACTIVE, None)
    assert not get_tenant("acme").is_suspended
    assert actions_of(tenant) == ["tenant.created", "tenant.suspended", "tenant.reinstated"]


def test_a_tenant_cannot_be_suspended_twice_nor_without_a_reason() -> None:
    make_tenant("acme")
    suspend_tenant(actor=SYSTEM, slug="acme", reason="Unpaid.")
    before = every_row()

    with pytest.raises(ChangedMeanwhileError):
        suspend_tenant(actor=SYSTEM, slug="acme", reason="Again.")
    with pytest.raises(InvalidTenantError):
        suspend_tenant(actor=SYSTEM, slug="acme", reason="  ")

    assert every_row() == before
