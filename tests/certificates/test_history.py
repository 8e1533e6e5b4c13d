"""A certificate's history is its own, whatever number it had and whatever the clocks of the machines said."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from defiso.certificates.acts.draft import edit_draft
from defiso.certificates.models import Certificate
from defiso.certificates.services import get_certificate
from defiso.core import ids
from defiso.core.clock import now
from defiso.tenants.models import Tenant
from tests.certificates.making import ISSUER, actions_on, content, make_certificate, make_draft

NUMBER = content()["number"]
HOUR = timedelta(hours=1)


@contextmanager
def another_machine(monkeypatch: pytest.MonkeyPatch, *, ahead: timedelta) -> Iterator[None]:
    """Its clock, and identifiers that follow on none of this machine's."""
    monkeypatch.setattr(ids, "_last", 0)
    with time_machine.travel(now() + ahead):
        yield
    monkeypatch.setattr(ids, "_last", 0)


def renumber(tenant: Tenant, draft: Certificate, number: str) -> Certificate:
    changed = content(number=number)
    return edit_draft(tenant=tenant, actor=ISSUER, number=draft.number, content=changed, version=int(draft.version))


def test_a_draft_of_a_machine_an_hour_ahead_hides_nothing_of_what_others_do_meanwhile(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_machine(monkeypatch, ahead=HOUR):
        draft = make_draft(tenant)
    edit_draft(tenant=tenant, actor=ISSUER, number=NUMBER, content=content(scope="Less"), version=1)

    assert sorted(actions_on(tenant, draft)) == ["certificate.drafted", "certificate.edited"]


def test_a_number_freed_by_a_machine_an_hour_ahead_brings_no_foreign_history(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_machine(monkeypatch, ahead=HOUR):
        renumbered = renumber(tenant, make_draft(tenant), "FM 2")
    with another_machine(monkeypatch, ahead=2 * HOUR):
        certificate = make_certificate(tenant)

    assert actions_on(tenant, certificate) == ["certificate.drafted", "certificate.submitted", "certificate.issued"]
    assert actions_on(tenant, renumbered) == ["certificate.drafted", "certificate.edited"]
    assert get_certificate(tenant=tenant, number="FM 2").generation != certificate.generation


def test_a_draft_that_gets_its_first_number_again_tells_all_of_it_once(tenant: Tenant) -> None:
    draft = make_draft(tenant)

    again = renumber(tenant, renumber(tenant, draft, "FM 2"), NUMBER)

    assert again.generation == draft.generation
    assert actions_on(tenant, again) == ["certificate.drafted", "certificate.edited", "certificate.edited"]
