"""The public PDF: drawn from what was verified as signed, as the certificate stands now, and of nothing else."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from defiso.audit.actions import Action
from defiso.certificates.acts.changing import changed, unchanged
from defiso.certificates.acts.draft import draft_certificate
from defiso.certificates.acts.suspend import suspend_certificate
from defiso.certificates.acts.withdraw import withdraw_certificate
from defiso.certificates.dictionaries import dictionary_of
from defiso.certificates.heads import add_revision, changed_head, columns_of, make_issue, record_change
from defiso.certificates.services import get_certificate
from defiso.core.clock import now, today
from defiso.documents import keeping
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.certificates.making import content
from tests.documents.reading import read, words_of
from tests.issuing import OWNER, anchor_everything, issue
from tests.memory import forget_everything
from tests.staff import browser_at
from tests.verification.stored import HEAD, NUMBER, REVISION, Row, change, replace_in_document, set_text

PDF = f"/certificates/{NUMBER}/certificate.pdf"


@pytest.fixture
def anchored(acme: Tenant, anvil: Anvil) -> Tenant:
    issue(acme, NUMBER)
    anchor_everything()
    return acme


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be drawn any more."""

    def refuse(sheet: object) -> bytes:
        raise AssertionError("drawn again")

    monkeypatch.setattr(keeping, "draw_pdf", refuse)


def test_it_is_what_was_signed_with_the_credential_attached(anchored: Tenant) -> None:
    browser = browser_at(anchored)
    answer = browser.get(PDF)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{NUMBER}.pdf"'
    assert "Gießerei Müller GmbH & Co. KG" in words_of(answer.content)
    assert f"/certificates/{NUMBER}" in words_of(answer.content)
    (attached,) = read(answer.content).attachments["credential.json"]
    assert attached == browser.get(f"/certificates/{NUMBER}/credential.json").content
    assert {proof["type"] for proof in json.loads(attached)["proof"]} == {"DataIntegrityProof", "MerkleProof2019"}


def test_the_page_links_to_it(anchored: Tenant) -> None:
    assert f'href="{PDF}"' in browser_at(anchored).get(f"/certificates/{NUMBER}").content.decode()


def test_one_made_before_is_not_drawn_again_nor_sent_to_whoever_has_it(
    anchored: Tenant, request: pytest.FixtureRequest
) -> None:
    first = browser_at(anchored).get(PDF)
    request.getfixturevalue("undrawn")
    forget_everything()

    again = browser_at(anchored).get(PDF)
    unchanged = browser_at(anchored).get(PDF, headers={"if-none-match": first["ETag"]})

    assert again.content == first.content
    assert again["Cache-Control"] == "no-cache"
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == first["ETag"]


def test_it_costs_one_read_once_made_as_the_page_does(anchored: Tenant) -> None:
    browser = browser_at(anchored)
    made = browser.get(PDF)

    with counted_calls() as calls:
        again = browser.get(PDF)

    assert (again.content, calls) == (made.content, ["BatchGetItem"])


def test_a_suspended_one_says_so_at_once_and_so_does_a_withdrawn_one(anchored: Tenant) -> None:
    in_force = browser_at(anchored).get(PDF)
    suspend_certificate(
        tenant=anchored, actor=OWNER, number=NUMBER, reason="late", review_on=today() + timedelta(days=30)
    )
    anchor_everything()
    suspended = browser_at(anchored).get(PDF, headers={"if-none-match": in_force["ETag"]})
    withdraw_certificate(tenant=anchored, actor=OWNER, number=NUMBER, reason="late")
    anchor_everything()
    withdrawn = browser_at(anchored).get(PDF)

    assert suspended.status_code == 200
    assert "SUSPENDED" in words_of(suspended.content)
    assert "Suspended since" in words_of(suspended.content)
    assert "WITHDRAWN" in words_of(withdrawn.content)


def test_an_expired_one_says_so_though_nothing_was_written(anchored: Tenant) -> None:
    browser_at(anchored).get(PDF)

    expires = date.fromisoformat(content()["expiryDate"])
    with time_machine.travel(expires + timedelta(days=1), tick=False):
        forget_everything()
        words = words_of(browser_at(anchored).get(PDF).content)

    assert "EXPIRED" in words
    assert "Do not rely on it." in words


def test_one_that_waits_for_its_anchor_is_printed_and_once_anchored_with_its_proof(acme: Tenant, anvil: Anvil) -> None:
    issue(acme, NUMBER)
    waiting = browser_at(acme).get(PDF)
    anchor_everything()
    anchored = browser_at(acme).get(PDF)

    assert waiting.status_code == anchored.status_code == 200
    assert waiting["ETag"] != anchored["ETag"]


@pytest.mark.parametrize(
    ("place", "edit", "status"),
    [
        (HEAD, set_text("status", "withdrawn"), 404),  # as the credential: nothing of a row without its seal
        (REVISION, replace_in_document("grey iron", "white gold"), 409),
    ],
)
def test_what_somebody_changed_in_the_database_is_never_printed(
    anchored: Tenant, place: tuple[str, str], edit: Callable[[Row], None], status: int
) -> None:
    browser_at(anchored).get(PDF)
    change(place, edit)
    forget_everything()

    answer = browser_at(anchored).get(PDF)

    assert answer.status_code == status
    assert not answer.content.startswith(b"%PDF")


def test_letter_is_there_for_who_asks_and_no_other_paper(anchored: Tenant) -> None:
    letter = browser_at(anchored).get(f"{PDF}?paper=letter")
    other = browser_at(anchored).get(f"{PDF}?paper=a3")

    assert round(read(letter.content).pages[0].mediabox.width) == 612
    assert other.status_code == 422
    assert "The paper is a4 or letter." in other.content.decode()


def issue_revision_two(tenant: Tenant, **changes: Any) -> None:
    """A second revision with these changes, as an act would decide it."""
    head = get_certificate(tenant=tenant, number=NUMBER, consistent=True)
    said: Any = {**dictionary_of(head), "revision": 2, **changes}
    fresh = changed_head(head, tenant, at=now(), revision=2, **columns_of(said))
    made = make_issue(tenant=tenant, head=fresh, content=said, was=head)
    with transaction() as writes:
        writes.put(made.certificate, given=unchanged(head), otherwise=changed(head))
        add_revision(writes, made, otherwise=changed(head))
        record_change(
            writes,
            tenant=tenant,
            actor=OWNER,
            action=Action.CERTIFICATE_ISSUED,
            was=head,
            head=made.certificate,
            after={"status": head.status, "revision": 2},
            credential=made.reference,
        )
    anchor_everything()


def test_an_older_revision_says_that_another_took_its_place_and_the_newest_is_the_certificate(anchored: Tenant) -> None:
    issue_revision_two(anchored, scope="Casting alone")
    browser = browser_at(anchored)

    older = words_of(browser.get(f"/certificates/{NUMBER}/revisions/1/certificate.pdf").content)
    newest = words_of(browser.get(f"/certificates/{NUMBER}/revisions/2/certificate.pdf").content)

    assert "SUPERSEDED" in older
    assert "Replaced by revision 2 on" in older
    assert "Casting and machining of grey iron" in older
    assert "SUPERSEDED" not in newest
    assert "2, replaces revision 1" in newest
    assert newest == words_of(browser.get(PDF).content)
    assert f'href="/certificates/{NUMBER}/revisions/1/certificate.pdf"' in (
        browser.get(f"/certificates/{NUMBER}/revisions/1").content.decode()
    )


def test_an_older_revision_that_was_altered_is_not_printed(anchored: Tenant) -> None:
    issue_revision_two(anchored, scope="Casting alone")
    change(REVISION, replace_in_document("grey iron", "white gold"))
    forget_everything()

    answer = browser_at(anchored).get(f"/certificates/{NUMBER}/revisions/1/certificate.pdf")

    assert answer.status_code == 409
    assert "altered" in answer.content.decode()


def test_a_revision_has_its_own_address_and_one_that_there_is_not_has_none(anchored: Tenant) -> None:
    first = browser_at(anchored).get(f"/certificates/{NUMBER}/revisions/1/certificate.pdf")
    second = browser_at(anchored).get(f"/certificates/{NUMBER}/revisions/2/certificate.pdf")

    assert first.content == browser_at(anchored).get(PDF).content
    assert second.status_code == 404


@pytest.mark.parametrize("confidential", [True, False])
def test_neither_a_draft_nor_a_confidential_one_is_public(acme: Tenant, anvil: Anvil, confidential: bool) -> None:
    if confidential:
        issue(acme, NUMBER, confidential=True, confidentialityReason="National security")
        anchor_everything()
    else:
        draft_certificate(tenant=acme, actor=OWNER, content=content(number=NUMBER))

    answer = browser_at(acme).get(PDF)

    assert answer.status_code == 404
    assert "Müller" not in answer.content.decode()
