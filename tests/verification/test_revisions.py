"""Older revisions: readable, with what replaced them, and in force on the days that were theirs."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from defiso.certificates.acts.revise import revise_certificate
from defiso.core.clock import now, today
from defiso.tenants.models import Tenant
from defiso.verification.errors import UnknownCertificateError
from defiso.verification.revisions import PastRevision, find_revision
from defiso.verification.services import verify_certificate
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import log_in_as, make_user
from tests.verification.stored import REVISION, remove

NUMBER = "ISO9001-2026-ABC123"
OTHER_SCOPE = "Design and sale of castings, and their repair."


@pytest.fixture
def revised(acme: Tenant, chain: object) -> Tenant:
    issue(acme, NUMBER)
    revise_certificate(tenant=acme, actor=OWNER, number=NUMBER, scope=OTHER_SCOPE, reason="Repair was added.")
    anchor_everything()
    return acme


def test_an_older_revision_says_what_replaced_it_and_what_that_changed(revised: Tenant) -> None:
    found = find_revision(tenant=revised, number=NUMBER, revision=1)

    assert isinstance(found, PastRevision)
    assert (found.number, found.replaced.revision) == (1, 2)
    assert {name: check.result for name, check in found.verdicts.items()} == dict.fromkeys(
        ("content", "issuer", "anchor"), "pass"
    )
    assert "Scope" in [difference.label for difference in found.differences]


def test_its_page_warns_and_leads_to_the_newest_whose_own_address_is_the_certificate(
    revised: Tenant, client: Client
) -> None:
    older = client.get(f"/certificates/{NUMBER}/revisions/1", headers={"host": revised.host})
    newest = client.get(f"/certificates/{NUMBER}/revisions/2", headers={"host": revised.host})

    page = older.content.decode()
    assert older.status_code == 200
    assert "Revision 1, replaced by revision 2 on" in page
    assert "<ins>" in page
    assert (newest.status_code, newest["Location"]) == (302, f"/certificates/{NUMBER}")


@pytest.mark.parametrize("revision", [0, 3, 99])
def test_a_revision_that_there_is_not_is_not_found(revised: Tenant, revision: int) -> None:
    with pytest.raises(UnknownCertificateError):
        find_revision(tenant=revised, number=NUMBER, revision=revision)


def test_a_past_day_is_answered_with_the_revision_in_force_then(acme: Tenant, chain: object) -> None:
    with time_machine.travel(now() - timedelta(days=10)):
        issue(acme, NUMBER)
    revise_certificate(tenant=acme, actor=OWNER, number=NUMBER, scope=OTHER_SCOPE, reason="Repair was added.")
    anchor_everything()

    then = verify_certificate(tenant=acme, number=NUMBER, on=today() - timedelta(days=3))
    today_ = verify_certificate(tenant=acme, number=NUMBER)

    assert (then.overall, then.revision, then.subject["scope"] == OTHER_SCOPE) == ("valid", 1, False)
    assert (today_.overall, today_.revision, today_.subject["scope"]) == ("valid", 2, OTHER_SCOPE)


def test_an_older_document_that_is_gone_could_not_be_checked_and_nothing_it_said_is_shown(revised: Tenant) -> None:
    remove(REVISION)
    forget_everything()

    found = find_revision(tenant=revised, number=NUMBER, revision=1)

    assert isinstance(found, PastRevision)
    assert found.verdicts["content"].result == "unknown"
    assert found.differences == []


def test_staff_read_what_a_revision_changed(revised: Tenant) -> None:
    page = log_in_as(make_user(revised), revised).get(f"/staff/certificates/{NUMBER}?tab=revisions").content.decode()

    assert "What revision 2 changed" in page
    assert "<ins>" in page
