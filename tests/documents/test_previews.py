"""What staff see of a document: a draft as it will be printed, an issued one as it is, also a confidential one."""

import pytest

from defiso.certificates.states import Status
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.anchoring.fixtures import anvil
from tests.certificates.making import make_certificate
from tests.documents.reading import words_of
from tests.issuing import anchor_everything, issue
from tests.staff import log_in_as, make_user

__all__ = ["anvil"]
NUMBER = "ISO9001-2026-ABC123"
PREVIEW = f"/staff/certificates/{NUMBER}/preview"


def test_a_draft_is_shown_as_it_will_be_printed_and_says_that_it_is_one(tenant: Tenant) -> None:
    make_certificate(tenant, status=Status.DRAFT, number=NUMBER)
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    answer = staff.get(f"{PREVIEW}.pdf")
    picture = staff.get(f"{PREVIEW}.svg")

    assert "DRAFT" in words_of(answer.content)
    assert "It certifies nothing." in words_of(answer.content)
    assert "Gießerei Müller GmbH & Co. KG" in words_of(answer.content)
    assert answer["Cache-Control"] == picture["Cache-Control"] == "no-store"
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg ")


def test_a_draft_with_hardly_anything_in_it_is_shown_too(tenant: Tenant) -> None:
    make_certificate(
        tenant, status=Status.DRAFT, number=NUMBER, scope=None, effectiveDate=None, expiryDate=None, accreditation=None
    )
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    assert "DRAFT" in words_of(staff.get(f"{PREVIEW}.pdf").content)


def test_a_confidential_one_is_printed_for_its_own_staff(tenant: Tenant, anvil: Anvil) -> None:
    issue(tenant, NUMBER, confidential=True, confidentialityReason="National security")
    anchor_everything()
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    words = words_of(staff.get(f"{PREVIEW}.pdf").content)

    assert "Gießerei Müller GmbH & Co. KG" in words
    assert "DRAFT" not in words
    assert "National security" not in words


@pytest.mark.parametrize("page", ["0", "2", "9999", "x", "-1", "²"])
def test_any_page_asked_for_is_one_that_there_is(tenant: Tenant, page: str) -> None:
    make_certificate(tenant, status=Status.DRAFT, number=NUMBER)
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    assert staff.get(f"{PREVIEW}.svg", {"page": page}).status_code == 200


def test_of_a_number_that_is_nobodys_there_is_nothing(tenant: Tenant) -> None:
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    assert staff.get(f"{PREVIEW}.pdf").status_code == 404
