"""Two rows that are one client: merged with what they had, parted again, by events, also over a death in between."""

from collections.abc import Callable
from typing import Any

import pytest

from defiso.organisations import merging
from defiso.organisations.errors import ClientChangedError, ClientNotFoundError, MergeRefusedError
from defiso.organisations.members import list_members
from defiso.organisations.merging import merge_clients, part_clients, plan_merge
from defiso.organisations.models import Client
from defiso.organisations.services import change_client, find_clients, get_client, make_client
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER, make_certificate, make_draft
from tests.conftest import every_row
from tests.staff import actions_of

Drain = Callable[[], None]
JO = {"name": "Jo", "email": "jo@acme.example"}


@pytest.fixture
def two(tenant: Tenant, drain: Drain) -> tuple[Client, Client]:
    """Acme Ltd with certificate A, and its other row, Acme Limited, with B and the draft C."""
    target = make_client(tenant, ISSUER, name="Acme Ltd", country="GB", address="Leeds")
    source = make_client(tenant, ISSUER, name="Akme Limited", country="GB", contacts=[JO], notes="By phone only.")
    make_certificate(tenant, number="A", client=target.slug)
    make_certificate(tenant, number="B", client=source.slug)
    make_draft(tenant, number="C", client=source.slug)
    drain()
    return source, target


def merge(tenant: Tenant, source: Client, target: Client) -> Client:
    versions = (source.version, target.version)
    return merge_clients(tenant=tenant, actor=ISSUER, source=source.slug, target=target.slug, versions=versions)


def numbers(tenant: Tenant, client: Client) -> list[str]:
    return sorted(member.number for member in list_members(tenant.slug, client.slug).items)


def without_operations(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows but for events, and for who wrote them last and how often."""
    kept = [row for row in rows if row["SK"]["S"].startswith(("ORG#", "MERGED#", "TERM#", "MEMBER#"))]
    plain = [{name: value for name, value in row.items() if name not in ("operation", "version")} for row in kept]
    return sorted(plain, key=lambda row: str(row["SK"]["S"]))


def test_what_will_move_is_told_before_and_nothing_is_written(tenant: Tenant, two: tuple[Client, Client]) -> None:
    source, target = two
    before = every_row()

    plan = plan_merge(tenant=tenant, source=source.slug, target=target.slug)

    assert sorted(one.number for one in plan.certificates) == ["B", "C"]
    assert (plan.result.contacts, plan.result.notes) == ([JO], "By phone only.")
    assert every_row() == before


def test_a_merged_client_is_found_under_both_names_and_has_the_certificates_of_both(
    tenant: Tenant, two: tuple[Client, Client]
) -> None:
    source, target = two

    merge(tenant, source, target)

    assert numbers(tenant, target) == ["A", "B", "C"]
    assert [term.slug for term in find_clients(tenant, "akme")] == [target.slug]
    assert actions_of(tenant)[-1] == "organisation.merged"
    with pytest.raises(ClientNotFoundError):
        get_client(tenant, source.slug)


def test_undoing_a_merge_leaves_everything_as_it_was(tenant: Tenant, two: tuple[Client, Client], drain: Drain) -> None:
    source, target = two
    before = without_operations(every_row())
    merge(tenant, source, target)
    drain()

    part_clients(tenant=tenant, actor=ISSUER, slug=source.slug)
    drain()

    assert without_operations(every_row()) == before
    assert actions_of(tenant)[-1] == "organisation.parted"


def test_a_certificate_of_the_merged_name_joins_the_other(
    tenant: Tenant, two: tuple[Client, Client], drain: Drain
) -> None:
    merge(tenant, *two)
    make_certificate(tenant, number="D", organisation__legalName="Akme Limited", organisation__country="GB")
    make_certificate(tenant, number="E", client=two[0].slug)

    drain()

    assert numbers(tenant, two[1]) == ["A", "B", "C", "D", "E"]


def test_a_merge_is_not_undone_once_something_has_built_on_it(
    tenant: Tenant, two: tuple[Client, Client], drain: Drain
) -> None:
    merge(tenant, *two)
    make_certificate(tenant, number="D", client=two[1].slug)
    drain()
    before = every_row()

    with pytest.raises(MergeRefusedError, match="has changed since the merge"):
        part_clients(tenant=tenant, actor=ISSUER, slug=two[0].slug)

    assert every_row() == before


def test_a_merge_is_not_undone_once_the_other_was_edited(tenant: Tenant, two: tuple[Client, Client]) -> None:
    merged = merge(tenant, *two)
    given = {"name": "Acme plc", "country": "GB"}
    change_client(tenant=tenant, actor=ISSUER, slug=merged.slug, version=merged.version, given=given)

    with pytest.raises(MergeRefusedError):
        part_clients(tenant=tenant, actor=ISSUER, slug=two[0].slug)


def test_a_client_is_merged_neither_into_itself_nor_into_another_body_s_nor_after_a_change(
    tenant: Tenant, other: Tenant, two: tuple[Client, Client]
) -> None:
    source, target = two
    theirs = make_client(other, ISSUER, name="Theirs", country="GB")
    before = every_row()

    with pytest.raises(MergeRefusedError):
        merge(tenant, source, source)
    with pytest.raises(ClientNotFoundError):
        merge(tenant, source, theirs)
    with pytest.raises(ClientChangedError):
        merge_clients(tenant=tenant, actor=ISSUER, source=source.slug, target=target.slug, versions=(1, 9))

    assert every_row() == before


def test_a_merge_of_more_than_a_transaction_that_dies_half_way_is_ended_by_the_worker(
    tenant: Tenant, two: tuple[Client, Client], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "IN_THE_FIRST", 1)
    with monkeypatch.context() as broken:
        broken.setattr(merging, "_move_rest", lambda *given: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            merge(tenant, *two)
    assert len(numbers(tenant, two[0])) == 1

    drain()

    assert (numbers(tenant, two[0]), numbers(tenant, two[1])) == ([], ["A", "B", "C"])
