"""What staff see of a document: a draft as it will be printed, an issued one as it is, also a confidential one."""

import io
import threading
import zipfile

import pytest

from defiso.certificates.states import Status
from defiso.documents import keeping
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.anchoring.fixtures import anvil
from tests.certificates.making import make_certificate
from tests.documents.reading import words_of
from tests.issuing import anchor_everything, issue
from tests.staff import actions_of, log_in_as, make_user

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


def archive(answer) -> dict[str, bytes]:
    assert answer.streaming
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_many_are_one_archive_by_filter_and_the_log_says_who_took_them(tenant: Tenant, anvil: Anvil) -> None:
    for number in ("ONE 1", "TWO/2", "DRAFT 3"):
        make_certificate(tenant, number=number, status=Status.DRAFT if "DRAFT" in number else Status.ACTIVE)
    make_certificate(tenant, number="FOUR-4", status=Status.SUSPENDED)
    anchor_everything()
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    active = archive(staff.post("/staff/certificates/documents.zip?status=active"))
    everything = archive(staff.post("/staff/certificates/documents.zip"))
    chosen = archive(staff.post("/staff/certificates/documents.zip", {"number": ["FOUR-4", "four 4", "DRAFT 3"]}))

    assert set(active) == {"ONE-1.pdf", "TWO-2.pdf"}
    assert set(everything) == {"ONE-1.pdf", "TWO-2.pdf", "FOUR-4.pdf"}
    assert set(chosen) == {"FOUR-4.pdf", "DRAFT-3.pdf"}
    assert "SUSPENDED" in words_of(chosen["FOUR-4.pdf"])
    assert actions_of(tenant).count("documents.downloaded") == 3


def test_an_archive_leaves_none_out_because_others_are_being_made(
    tenant: Tenant, anvil: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_certificate(tenant, number="ONE 1", scope="Printed by nobody else yet")
    make_certificate(tenant, number="DRAFT 2", status=Status.DRAFT)
    anchor_everything()
    monkeypatch.setattr(keeping, "_seats", threading.Semaphore(0))
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    found = archive(staff.post("/staff/certificates/documents.zip", {"number": ["ONE 1", "DRAFT 2"]}))
    alone = staff.get("/staff/certificates/DRAFT-2/preview.pdf")

    assert set(found) == {"ONE-1.pdf", "DRAFT-2.pdf"}
    assert alone.status_code == 503
    assert alone["Retry-After"] == "2"


def test_an_archive_says_what_could_not_be_printed(tenant: Tenant) -> None:
    make_certificate(tenant, status=Status.DRAFT, number=NUMBER, organisation__legalName="Cuneiform 𒀀 Ltd")
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    found = archive(staff.post("/staff/certificates/documents.zip", {"number": [NUMBER, "NOBODY"]}))

    assert set(found) == {"not-printed.txt"}
    assert f"{NUMBER}: This certificate has characters" in found["not-printed.txt"].decode()
    assert "NOBODY: " in found["not-printed.txt"].decode()


def test_an_archive_of_too_many_is_refused_before_anything_is_written(tenant: Tenant) -> None:
    staff = log_in_as(make_user(tenant, "viewer"), tenant)

    answer = staff.post("/staff/certificates/documents.zip", {"number": [f"N-{n}" for n in range(201)]})

    assert answer.status_code == 422
    assert "at most 200" in answer.content.decode()
    assert "documents.downloaded" not in actions_of(tenant)
