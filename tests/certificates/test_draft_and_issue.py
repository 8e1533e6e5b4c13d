"""From a draft to an issued certificate: one transaction each, refused with a reason and nothing written otherwise."""

import json
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from defiso.audit.actors import Actor
from defiso.audit.models import Event
from defiso.certificates.acts.draft import edit_draft
from defiso.certificates.acts.issue import issue_certificate
from defiso.certificates.acts.refuse import refuse_certificate
from defiso.certificates.acts.submit import submit_certificate
from defiso.certificates.content import to_json
from defiso.certificates.dictionaries import dictionary_of, digest_of
from defiso.certificates.errors import (
    CertificateNotFoundError,
    DocumentMissingError,
    NumberInUseError,
    TransitionRefusedError,
)
from defiso.certificates.heads import changed_head
from defiso.certificates.models import Revision, revision_key
from defiso.certificates.services import get_certificate, history_of
from defiso.certificates.states import Status, status_of
from defiso.core.clock import now, today
from defiso.core.errors import ChangedMeanwhileError, InvalidError
from defiso.credentials.errors import MalformedCredentialError
from defiso.credentials.packing import unpack
from defiso.credentials.services import check_credential, check_statement
from defiso.store.connection import connection, counted_calls
from defiso.store.keys import tenant_key
from defiso.tenants.models import Tenant
from tests.certificates.making import DECIDER, ISSUER, actions_on, content, in_days, make_certificate, make_draft
from tests.conftest import every_row


def test_a_draft_without_a_number_is_given_one(tenant: Tenant) -> None:
    draft = make_draft(tenant, number=None)

    assert draft.number.startswith(f"ISO9001-{today().year}-")
    assert (draft.status, draft.revision, draft.version) == (Status.DRAFT, 0, 1)
    assert get_certificate(tenant=tenant, number=draft.number.lower()).number == draft.number


def test_a_draft_may_have_gaps(tenant: Tenant) -> None:
    draft = make_draft(tenant, scope=None, expiryDate=None, organisation__country=None)

    assert actions_on(tenant, draft) == ["certificate.drafted"]


def test_a_draft_keeps_what_is_wrong_but_is_not_submitted_with_it(tenant: Tenant) -> None:
    wrong = make_draft(tenant, iafCodes=["99"], effectiveDate=in_days(-11).isoformat(), expiryDate="soon")
    assert dictionary_of(wrong)["expiryDate"] == "soon"
    before = every_row()

    with pytest.raises(InvalidError) as refused:
        submit_certificate(tenant=tenant, actor=ISSUER, number=wrong.number)

    assert set(refused.value.fields) == {"iafCodes.0", "effectiveDate", "expiryDate"}
    assert every_row() == before


def test_a_draft_with_a_value_that_no_row_can_hold_is_not_kept(tenant: Tenant) -> None:
    before = every_row()

    with pytest.raises(InvalidError) as refused:
        make_draft(tenant, scope="Casting\u202e", certificationType="Unheard of", organisation__clientId="1" * 46)

    assert set(refused.value.fields) == {"scope", "certificationType", "organisation.clientId"}
    assert every_row() == before


@pytest.mark.parametrize("number", ["FM 12345/A", "fm-12345-a", "Fm_12345(A)"])
def test_a_number_in_use_is_refused_however_it_is_written(tenant: Tenant, number: str) -> None:
    make_draft(tenant, number="FM 12345/A")
    before = every_row()

    with pytest.raises(NumberInUseError):
        make_draft(tenant, number=number)

    assert every_row() == before


def test_two_tenants_may_have_the_same_number(tenant: Tenant, other: Tenant) -> None:
    make_draft(tenant)
    make_draft(other, organisation__legalName="Another one")

    assert get_certificate(tenant=tenant, number=content()["number"]).organisation_name != "Another one"


def test_an_edit_tells_what_changed(tenant: Tenant) -> None:
    draft = make_draft(tenant)

    edited = edit_draft(
        tenant=tenant, actor=ISSUER, number=draft.number, content=content(scope="Casting"), version=int(draft.version)
    )

    event = history_of(tenant=tenant, certificate=edited)[-1]
    assert (event.before, event.after) == ({"scope": "Casting and machining of grey iron"}, {"scope": "Casting"})
    assert dictionary_of(edited)["scope"] == "Casting"


def test_a_draft_can_be_given_another_number(tenant: Tenant) -> None:
    draft = make_draft(tenant)

    edit_draft(tenant=tenant, actor=ISSUER, number=draft.number, content=content(number="B-2"), version=1)

    assert get_certificate(tenant=tenant, number="b 2").version == 2
    with pytest.raises(CertificateNotFoundError):
        get_certificate(tenant=tenant, number=draft.number)


def test_a_draft_cannot_take_the_number_of_another(tenant: Tenant) -> None:
    make_draft(tenant, number="A-1")
    make_draft(tenant, number="B-2")
    before = every_row()

    with pytest.raises(NumberInUseError):
        edit_draft(
            tenant=tenant, actor=ISSUER, number="A-1", content=content(number="b.2".replace(".", " ")), version=1
        )

    assert every_row() == before


def test_two_people_editing_at_once_do_not_overwrite_each_other(tenant: Tenant) -> None:
    draft = make_draft(tenant)
    edit_draft(tenant=tenant, actor=ISSUER, number=draft.number, content=content(scope="First"), version=1)
    before = every_row()

    with pytest.raises(ChangedMeanwhileError):
        edit_draft(tenant=tenant, actor=DECIDER, number=draft.number, content=content(scope="Second"), version=1)

    assert every_row() == before


def test_issuing_is_one_read_and_one_transaction(tenant: Tenant) -> None:
    make_certificate(tenant, number="first, which fetches the key")
    draft = make_certificate(tenant, status=Status.UNDER_REVIEW)

    with counted_calls() as calls:
        issue_certificate(tenant=tenant, actor=DECIDER, number=draft.number)

    assert calls == ["GetItem", "TransactWriteItems"]


def test_an_issued_certificate_has_a_revision_that_checks_and_an_event_to_anchor(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)

    revision = Revision.get(tenant_key("acme"), revision_key(certificate.slug, 1))
    check = check_credential(
        tenant=tenant, text=unpack(revision.credential), expected_digest=certificate.credential_digest or ""
    )
    listed = history_of(tenant=tenant, certificate=certificate)[-1]
    event = Event.get(listed.PK, listed.SK)
    assert (check.content.result, check.issuer.result) == ("pass", "pass")
    assert json.loads(unpack(revision.credential))["credentialSubject"]["revision"] == 1
    assert event.credential == {"number_slug": certificate.slug, "revision": 1, "digest": revision.digest}
    assert event.after == {
        "status": "active",
        "revision": 1,
        "decidedBy": "Decision-maker at Acme",
        "decidedByUser": "01DECIDER",
    }


def test_an_issued_certificate_says_once_what_it_says(tenant: Tenant) -> None:
    """In the signed document; beside it only what the document leaves out. Both together are the whole content."""
    certificate = make_certificate(tenant)

    rows = [
        connection().client.get_item(
            TableName="defiso-certificates", Key={"PK": {"S": "TENANT#acme"}, "SK": {"S": key}}
        )["Item"]
        for key in (certificate.SK, revision_key(certificate.slug, 1))
    ]
    whole = content(revision=1, decidedBy="Decision-maker at Acme", decidedByUser="01DECIDER")
    assert [sorted(row.keys() & {"content", "credential", "internal"}) for row in rows] == [
        [],
        ["credential", "internal"],
    ]
    assert dictionary_of(certificate) == whole
    assert certificate.content_digest == digest_of(whole)


@pytest.mark.parametrize("damage", [{"S": "of another kind"}, {"B": b"not deflated"}, {"B": zlib.compress(b"5")}])
def test_damaged_notes_beside_a_document_are_told_and_no_error(tenant: Tenant, damage: dict[str, Any]) -> None:
    certificate = make_certificate(tenant)
    client, key = connection().client, {"PK": {"S": "TENANT#acme"}, "SK": {"S": revision_key(certificate.slug, 1)}}
    row = client.get_item(TableName="defiso-certificates", Key=key)["Item"]
    client.put_item(TableName="defiso-certificates", Item=row | {"internal": damage})

    with pytest.raises(MalformedCredentialError, match="beside the document"):
        dictionary_of(certificate)


def test_an_issued_certificate_whose_document_is_gone_is_told(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    key = {"PK": {"S": "TENANT#acme"}, "SK": {"S": revision_key(certificate.slug, 1)}}
    connection().client.delete_item(TableName="defiso-certificates", Key=key)

    with pytest.raises(DocumentMissingError, match="missing from the registry"):
        dictionary_of(certificate)


@pytest.mark.parametrize(
    ("status", "changes", "is_public"),
    [
        (Status.DRAFT, {}, False),
        (Status.ACTIVE, {}, True),
        (Status.SUSPENDED, {}, True),
        (Status.WITHDRAWN, {}, True),
        (Status.ACTIVE, {"confidential": True, "confidentialityReason": "The client is a shelter."}, False),
    ],
)
def test_indexes_across_bodies_hold_issued_public_heads_only(
    tenant: Tenant, status: Status, changes: dict[str, Any], is_public: bool
) -> None:
    certificate = make_certificate(tenant, status=status, **changes)

    keys = (certificate.GSI1PK, certificate.GSI1SK, certificate.GSI2PK, certificate.GSI2SK)
    assert [key is not None for key in keys] == [is_public] * 4
    assert f"TENANT#acme#STATUS#{status}" == certificate.GSI3PK


@pytest.mark.parametrize("status", [Status.UNDER_REVIEW, Status.REFUSED, Status.VOID])
def test_what_is_not_in_force_yet_or_never_was_is_in_no_index_across_bodies(tenant: Tenant, status: Status) -> None:
    head = changed_head(make_certificate(tenant), tenant, at=now(), status=status)

    assert (head.GSI1PK, head.GSI2PK) == (None, None)


def test_the_status_is_sealed_with_what_it_is_judged_by(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    statement = certificate.sealed_state.statement

    assert check_statement(tenant=tenant, statement=statement, signature=certificate.status_seal or "")
    for member, value in {"status": "withdrawn", "expires": "2999-01-01", "revision": 2, "since": ""}.items():
        changed = statement | {member: value}
        assert not check_statement(tenant=tenant, statement=changed, signature=certificate.status_seal or "")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (lambda: {"scope": None}, "scope"),
        (lambda: {"decisionDate": None}, "decisionDate"),
        (lambda: dict.fromkeys(("decisionDate", "effectiveDate", "issueDate"), in_days(5).isoformat()), "decisionDate"),
        (lambda: {"issueDate": in_days(2).isoformat()}, "issueDate"),
        (lambda: {"effectiveDate": in_days(5).isoformat()}, "effectiveDate"),
        (lambda: {"expiryDate": in_days(-1).isoformat()}, "expiryDate"),
        (
            lambda: {
                "standard": {
                    "code": "27001",
                    "edition": "2013",
                    "title": "ISO/IEC 27001:2013",
                    "name": "Information security management systems",
                }
            },
            "standard.title",
        ),
    ],
)
def test_an_incomplete_or_untimely_draft_is_not_issued(
    tenant: Tenant, changes: Callable[[], dict[str, Any]], path: str
) -> None:
    draft = make_draft(tenant, **changes())
    rows = [every_row()]

    with pytest.raises(InvalidError) as refused:
        submit_certificate(tenant=tenant, actor=ISSUER, number=draft.number)
        rows.append(every_row())
        issue_certificate(tenant=tenant, actor=DECIDER, number=draft.number)

    assert path in refused.value.fields
    assert every_row() == rows[-1]


@pytest.mark.parametrize(
    "actor_name",
    [
        "Lead auditor at Acme",
        "lead  AUDITOR at acme",
        "Dr. Lead-Auditor at Acme, PhD",
        "Acme, Lead auditor at",
        "Lеad аuditor аt Асmе",  # Cyrillic e and a
        "Lead auditor at Acrne",
        "Ｌｅａｄ\u2003auditor at Acme",
        "Lead\u200d auditor at Acme",
    ],
)
def test_who_was_in_the_audit_team_does_not_decide(tenant: Tenant, actor_name: str) -> None:
    submitted = make_certificate(tenant, status=Status.UNDER_REVIEW)
    before = every_row()
    actor = Actor("01X", "user", actor_name)

    for act in (issue_certificate, partial(refuse_certificate, reason="Not ready.")):
        with pytest.raises(InvalidError, match=r"audit team .* \(ISO/IEC 17021-1:2015, 9.5.1\)"):
            act(tenant=tenant, actor=actor, number=submitted.number)

    assert every_row() == before


def test_an_auditor_is_known_by_account_under_any_name(tenant: Tenant) -> None:
    audit = {"type": "initial", "date": "2026-02-10", "auditors": ["Before the wedding"], "auditorUsers": ["01X"]}
    submitted = make_certificate(tenant, status=Status.UNDER_REVIEW, audits=[audit])
    before = every_row()

    with pytest.raises(InvalidError, match="audit team"):
        issue_certificate(tenant=tenant, actor=Actor("01X", "user", "After the wedding"), number=submitted.number)

    assert every_row() == before


def test_the_decider_is_whoever_is_logged_in_whatever_the_draft_says(tenant: Tenant) -> None:
    issued = make_certificate(tenant, decidedBy="Somebody important")

    kept = dictionary_of(issued)

    assert (kept["decidedBy"], kept["decidedByUser"]) == ("Decision-maker at Acme", "01DECIDER")


def test_what_is_issued_is_not_edited_or_issued_again(tenant: Tenant) -> None:
    certificate = make_certificate(tenant)
    before = every_row()

    with pytest.raises(TransitionRefusedError, match="not a draft any more"):
        edit_draft(tenant=tenant, actor=ISSUER, number=certificate.number, content=content(), version=2)
    with pytest.raises(TransitionRefusedError, match=r"it is active, not under review \(ISO/IEC 17021-1:2015, 9.5.1\)"):
        issue_certificate(tenant=tenant, actor=DECIDER, number=certificate.number)

    assert every_row() == before


def test_a_certificate_expires_by_the_clock_alone(tenant: Tenant) -> None:
    certificate = make_certificate(tenant, expiryDate=in_days(30).isoformat())

    assert status_of(certificate.status, certificate.expires_on, in_days(30)) == Status.ACTIVE
    assert status_of(certificate.status, certificate.expires_on, in_days(30) + timedelta(days=1)) == Status.EXPIRED
    assert certificate.status == Status.ACTIVE


def test_a_certificate_of_another_tenant_is_not_found(tenant: Tenant, other: Tenant) -> None:
    certificate = make_certificate(tenant)

    with pytest.raises(CertificateNotFoundError):
        get_certificate(tenant=other, number=certificate.number)


@pytest.mark.parametrize("character", ["ü", '"', "語"])
def test_the_largest_content_that_passes_fits_into_its_rows(tenant: Tenant, character: str) -> None:
    size = len(json.dumps(character, ensure_ascii=False).encode()) - 2
    sites = [{"address": "A" + character * 499, "country": "DE", "scope": character * 490}] * (145_000 // (size * 990))
    draft = make_draft(tenant, sites=sites[:150])

    edited = edit_draft(
        tenant=tenant,
        actor=ISSUER,
        number=draft.number,
        content=content(sites=[{"address": "B", "country": "DE"}, *sites[1:150]]),
        version=1,
    )
    submit_certificate(tenant=tenant, actor=ISSUER, number=edited.number)
    issued = issue_certificate(tenant=tenant, actor=DECIDER, number=edited.number)

    assert len(to_json(dictionary_of(issued)).encode()) > 100_000
    event = history_of(tenant=tenant, certificate=issued)[1]
    assert "SHA-256" in (event.before or {})["sites"]
