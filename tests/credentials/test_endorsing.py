"""A key counts only as the platform endorsed it: what somebody with the database, but without its key, does is seen."""

import base64
import logging
import os
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from defiso.audit.actors import SYSTEM
from defiso.audit.models import Event
from defiso.audit.services import PLATFORM, list_events
from defiso.core.canonical import canonical_json, sha256
from defiso.core.multikeys import ed25519_multikey
from defiso.credentials.endorsing import key_statement, value_of_key
from defiso.credentials.errors import KeyUnavailableError, NoSigningKeyError, PlatformKeyMissingError
from defiso.credentials.keys import seal
from defiso.credentials.models import SigningKey, signing_key_sk
from defiso.credentials.retiring import retire_signing_key
from defiso.credentials.services import (
    check_statement,
    create_signing_key,
    did_document,
    forget_cached_keys,
    sign_statement,
)
from defiso.store.keys import tenant_key
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from defiso.tenants.services import create_tenant, reinstate_tenant, suspend_tenant
from tests.conftest import every_row
from tests.credentials.signing import change_key, checked, results, signed, stored_keys

NOT_ENDORSED = "The signing key is not one that the platform has endorsed."


def put_key(tenant: Tenant, private: Ed25519PrivateKey, **members: Any) -> SigningKey:
    """A key put into the tenants table by somebody who even has the master key."""
    kid = ed25519_multikey(private.public_key())
    genuine = stored_keys(tenant)[0]
    key = SigningKey(tenant_key(tenant.slug), signing_key_sk(kid), kid=kid, did=genuine.did, public_multikey=kid)
    key.sealed_private = seal(private, tenant_slug=tenant.slug, kid=kid)
    key.created_at = "2039-01-01T00:00:00.000Z"
    key.endorsement = genuine.endorsement
    for name, value in members.items():
        setattr(key, name, value)
    with transaction() as writes:
        writes.create(key, otherwise=AssertionError("there is such a key"))  # type: ignore[arg-type]
    forget_cached_keys()
    return key


def test_a_signing_key_put_into_the_tenants_table_neither_signs_nor_counts(tenant: Tenant, monkeypatch):
    private = Ed25519PrivateKey.generate()
    planted = put_key(tenant, private)
    monkeypatch.setattr("defiso.credentials.services.signing_key_of", lambda _tenant: (planted, private))
    forged = signed(tenant)
    statement = sign_statement(tenant=tenant, statement={"status": "active"})
    monkeypatch.undo()

    check = checked(tenant, forged.text, forged)

    assert (results(check), check.issuer.reason) == (("pass", "fail"), NOT_ENDORSED)
    assert not check_statement(tenant=tenant, statement={"status": "active"}, signature=statement)
    assert signed(tenant).key_id != planted.kid
    assert planted.kid not in str(did_document(tenant))


def test_a_key_moved_to_another_tenant_does_not_count_there(tenant: Tenant, other: Tenant):
    credential = signed(tenant)
    moved = stored_keys(tenant)[0]
    copy = {name: getattr(moved, name) for name in ("kid", "did", "public_multikey", "created_at", "endorsement")}
    with transaction() as writes:
        row = SigningKey(tenant_key(other.slug), moved.SK, sealed_private=moved.sealed_private, **copy)
        writes.create(row, otherwise=AssertionError("there is such a key"))  # type: ignore[arg-type]
    forget_cached_keys()

    check = checked(other, credential.text, credential)

    assert (results(check), check.issuer.reason) == (("pass", "fail"), NOT_ENDORSED)
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_a_key_un_retired_by_editing_its_row_does_not_count(tenant: Tenant):
    credential = signed(tenant)
    retire_signing_key(tenant=tenant, actor=SYSTEM)
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")

    change_key(next(key for key in stored_keys(tenant) if key.retired_at), retired_at=None)
    forget_cached_keys()

    check = checked(tenant, credential.text, credential)
    assert (results(check), check.issuer.reason) == (("pass", "fail"), NOT_ENDORSED)


@pytest.mark.parametrize(
    "changes",
    [
        {"did": "did:web:evil.example"},
        {"created_at": "2020-01-01T00:00:00.000Z"},
        {"retired_at": "2039-01-01T00:00:00.000Z"},
        {"endorsement": None},
        {"endorsement": "z1"},
        {"endorsement": "x" * 200_000},
        {"public_multikey": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},
    ],
)
def test_a_key_whose_row_was_altered_does_not_count(tenant: Tenant, changes: dict[str, Any]):
    credential = signed(tenant)
    change_key(stored_keys(tenant)[0], **changes)
    forget_cached_keys()

    check = checked(tenant, credential.text, credential)

    assert (results(check), check.issuer.reason) == (("pass", "fail"), NOT_ENDORSED)
    with pytest.raises(NoSigningKeyError):
        signed(tenant)


def test_the_newest_key_cannot_be_opened_and_the_one_before_it_signs_with_one_line_in_the_log(
    tenant: Tenant, other: Tenant, caplog: pytest.LogCaptureFixture
):
    first = stored_keys(tenant)[0].kid
    with time_machine.travel("2039-01-01T00:00:00Z"), transaction() as writes:
        create_signing_key(tenant=tenant, writes=writes)
    newest = stored_keys(tenant)[-1]
    change_key(newest, sealed_private=stored_keys(other)[0].sealed_private)
    forget_cached_keys()

    with caplog.at_level(logging.ERROR):
        names = [signed(tenant).key_id for _ in range(3)]

    assert names == [first] * 3 != [newest.kid] * 3
    assert [record.getMessage() for record in caplog.records] == [
        f"tenant=acme key={newest.kid} cannot be opened; an older one signs if there is one"
    ]


def test_no_key_that_opens_is_a_refusal_and_no_silence(tenant: Tenant, other: Tenant, caplog):
    change_key(stored_keys(tenant)[0], sealed_private=stored_keys(other)[0].sealed_private)
    forget_cached_keys()

    with caplog.at_level(logging.ERROR), pytest.raises(KeyUnavailableError):
        signed(tenant)

    assert "cannot be opened" in caplog.text


def test_a_process_with_the_public_half_alone_signs_and_checks_but_makes_and_retires_no_key(tenant: Tenant, settings):
    settings.PLATFORM_KEY = ""
    forget_cached_keys()
    before = every_row()

    with pytest.raises(PlatformKeyMissingError, match="PLATFORM_KEY is not set here"):
        retire_signing_key(tenant=tenant, actor=SYSTEM)
    with pytest.raises(PlatformKeyMissingError):
        create_tenant(
            actor=SYSTEM,
            slug="initech",
            name="Initech",
            also=lambda writes, made: create_signing_key(tenant=made, writes=writes),
        )

    assert every_row() == before
    credential = signed(tenant)
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_a_warm_check_verifies_no_endorsement_again(tenant: Tenant, monkeypatch):
    credential = signed(tenant)
    monkeypatch.setattr("defiso.credentials.keyring.is_endorsed", lambda _key: pytest.fail("asked again"))

    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_what_is_endorsed_is_who_which_since_when_and_until_when(tenant: Tenant):
    key = stored_keys(tenant)[0]

    statement = key_statement(key)

    assert statement == {
        "tenant": "acme",
        "kid": key.kid,
        "did": "did:web:acme.localhost%3A8000",
        "created_at": key.created_at,
        "retired_at": "",
    }
    assert value_of_key(key) == sha256(canonical_json(statement))


def platform_events() -> list[Event]:
    """Oldest first."""
    return list_events(tenant_slug=PLATFORM).items[::-1]


def test_what_happens_to_tenants_and_keys_is_told_to_the_platforms_log_too(tenant: Tenant):
    suspend_tenant(actor=SYSTEM, slug="acme", reason="unpaid")
    reinstate_tenant(actor=SYSTEM, slug="acme")
    retired = retire_signing_key(tenant=tenant, actor=SYSTEM)

    events = platform_events()

    told = [(event.action, event.target_kind, event.target_id) for event in events]
    assert told == [
        ("tenant.created", "TENANT", "acme"),
        ("key.created", "KEY", f"acme {retired.kid}"),
        ("tenant.suspended", "TENANT", "acme"),
        ("tenant.reinstated", "TENANT", "acme"),
        ("key.created", "KEY", f"acme {retired.signs_now}"),
        ("key.retired", "KEY", f"acme {retired.kid}"),
    ]
    assert {event.GSI2PK for event in events} == {"PENDING#platform"}
    assert events[-1].after == key_statement(next(key for key in stored_keys(tenant) if key.retired_at))


def test_after_a_change_of_the_platforms_key_what_the_former_one_endorsed_is_endorsed_again_and_nothing_else(
    tenant: Tenant, settings, capsys
):
    credential, former = signed(tenant), settings.PLATFORM_PUBLIC_KEY
    planted = put_key(tenant, Ed25519PrivateKey.generate())
    give_platform_another_key(settings)
    assert checked(tenant, credential.text, credential).issuer.reason == NOT_ENDORSED

    call_command("endorse_keys", "acme", "--former", former)

    forget_cached_keys()
    assert capsys.readouterr().out == f"acme: {credential.key_id}\n"
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")
    assert signed(tenant).key_id == credential.key_id != planted.kid
    assert platform_events()[-1].action == "key.endorsed"


def test_a_key_that_a_person_vouches_for_by_its_id_is_endorsed(tenant: Tenant, settings):
    credential = signed(tenant)
    give_platform_another_key(settings)

    call_command("endorse_keys", "acme", "--key", credential.key_id)

    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")
    with pytest.raises(CommandError, match="no such signing key"):
        call_command("endorse_keys", "acme", "--key", "z6Mk")


def give_platform_another_key(settings: Any) -> None:
    seed = os.urandom(32)
    settings.PLATFORM_KEY = base64.b64encode(seed).decode()
    settings.PLATFORM_PUBLIC_KEY = ed25519_multikey(Ed25519PrivateKey.from_private_bytes(seed).public_key())
    forget_cached_keys()
