"""A signed credential passes both checks as stored, and fails one of them as soon as anything about it changed."""

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import base58
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from defiso.core.canonical import canonical_json, sha256
from defiso.credentials import keyring
from defiso.credentials.errors import NoSigningKeyError, UnsignableError
from defiso.credentials.services import check_credential, create_signing_key, forget_cached_keys
from defiso.store.connection import counted_calls
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.credentials.contents import ORDINARY, subject_with_sites
from tests.credentials.published import canonical_by_pyld
from tests.credentials.signing import change_and_endorse, change_key, checked, results, signed, stored_keys


def test_a_credential_passes_both_checks_as_stored(tenant: Tenant):
    credential = signed(tenant)

    check = checked(tenant, credential.text, credential)

    assert results(check) == ("pass", "pass")
    assert (check.digest, check.subject) == (credential.digest, ORDINARY)
    assert json.loads(credential.text) == credential.document
    assert credential.document["credentialSubject"] == ORDINARY
    assert credential.document["issuer"] == "did:web:acme.localhost%3A8000"


def test_an_independent_verifier_accepts_the_signature_and_finds_the_same_digest(tenant: Tenant):
    """Only PyLD, the published contexts, the DID's key and the text of the specification."""
    credential = signed(tenant)
    document = json.loads(credential.text)
    proof = document["proof"]
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    options = {"@context": document["@context"], **{key: value for key, value in proof.items() if key != "proofValue"}}
    multikey = base58.b58decode(proof["verificationMethod"].partition("#z")[2])

    hashed = sha256(canonical_by_pyld(options)) + sha256(canonical_by_pyld(unsigned))

    Ed25519PublicKey.from_public_bytes(multikey[2:]).verify(base58.b58decode(proof["proofValue"][1:]), hashed)
    assert sha256(canonical_by_pyld(document)).hex() == credential.digest


def test_flipping_any_character_of_the_stored_text_fails_a_check(tenant: Tenant):
    credential = signed(tenant)
    alphabet = [chr(code) for code in range(32, 127)]
    chance = random.Random(20261123)

    for position, character in enumerate(credential.text):
        replacement = chance.choice([other for other in alphabet if other != character])
        changed = credential.text[:position] + replacement + credential.text[position + 1 :]
        assert "fail" in results(checked(tenant, changed, credential)), (position, character, replacement)


def test_flipping_any_bit_of_the_stored_bytes_fails_a_check(tenant: Tenant):
    credential = signed(tenant)
    data = credential.text.encode()
    chance = random.Random(20261123)

    for _attempt in range(3000):
        position, bit = chance.randrange(len(data)), 1 << chance.randrange(8)
        changed = data[:position] + bytes([data[position] ^ bit]) + data[position + 1 :]
        text = changed.decode(errors="surrogateescape")
        assert "fail" in results(checked(tenant, text, credential)), (position, bit)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + " ",
        lambda text: " " + text,
        lambda text: text.replace('":', '": ', 1),
        lambda text: text.replace("ß", "\\u00df", 1),
        lambda text: text.replace('"revision":1', '"revision":1.0'),
        lambda text: text.replace('"revision":1', '"revision":1e0'),
        lambda text: text.replace('"main":true', '"main":"true"'),
        lambda text: text.replace('"name":"Headquarters"', '"name":"Other","name":"Headquarters"'),
        lambda text: text.replace('"revision":1', '"revision":1,"secret":"added"'),
        lambda text: text.replace('"revision":1', '"revision":' + "9" * 5000),
        lambda text: text.replace('"revision":1', '"revision":NaN'),
        lambda text: text.replace('"scopeLanguage":"en"', '"scopeLanguage":null'),
        lambda text: text.replace("/credentials/v2", "/credentials/v9"),
        lambda text: text.replace('"type":"recertification"', '"type":"unheard-of"'),
        lambda text: text.replace('"id":"http:', '"id":"not a web address'),
        lambda text: "[" * 900_000,
        lambda text: '{"a":' * 150_000,
        lambda text: '"' + '\\"' * 450_000 + "[" * 1000,
        lambda text: "",
        lambda text: "null",
        lambda text: "{}",
        lambda text: '{"@context":[]}',
        lambda text: text + " " * 2_000_000,
    ],
)
def test_a_text_not_written_as_we_write_it_is_damaged_and_never_an_error(tenant: Tenant, change: Callable[[str], str]):
    """Also where a library has raised the recursion limit, so that Python would not stop the parser in time."""
    sys.setrecursionlimit(max(100_000, sys.getrecursionlimit()))
    credential = signed(tenant)
    changed = change(credential.text)
    assert changed != credential.text

    check = checked(tenant, changed, credential)

    assert results(check) == ("fail", "unknown")
    assert (check.digest, check.subject) == ("", {})


def test_brackets_in_a_text_are_no_depth(tenant: Tenant):
    credential = signed(tenant, {**ORDINARY, "scope": "[{" * 5000 + '\\"' * 100})

    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_another_certificate_of_the_same_body_in_its_place_fails_the_content_check(tenant: Tenant):
    credential, another = signed(tenant), signed(tenant, {**ORDINARY, "number": "ISO9001-2026-XYZ789"})

    assert results(checked(tenant, another.text, credential)) == ("fail", "pass")


def test_a_credential_re_signed_with_another_bodys_key_fails_the_issuer_check(tenant: Tenant, other: Tenant):
    forged = signed(other)

    check = check_credential(tenant=tenant, text=forged.text, expected_digest=forged.digest)

    assert results(check) == ("pass", "fail")
    assert "Acme Certification" in check.issuer.reason


def test_a_key_of_the_body_does_not_sign_in_the_name_of_another(tenant: Tenant, other: Tenant, monkeypatch):
    monkeypatch.setattr("defiso.credentials.services.did_of", lambda _tenant: "did:web:globex.localhost%3A8000")
    credential = signed(tenant)
    monkeypatch.undo()

    check = checked(tenant, credential.text, credential)

    assert check.issuer.result == "fail"
    assert "another issuer" in check.issuer.reason


def test_documents_of_a_body_that_moved_to_another_host_stay_genuine(tenant: Tenant, settings):
    credential = signed(tenant)
    settings.PORT = 9000

    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_a_changed_public_key_in_the_store_fails_the_issuer_check(tenant: Tenant, other: Tenant):
    credential = signed(tenant)
    change_key(stored_keys(tenant)[0], public_multikey=stored_keys(other)[0].kid)
    forget_cached_keys()

    assert results(checked(tenant, credential.text, credential)) == ("pass", "fail")


def test_what_a_retired_key_signed_before_stays_genuine_and_what_it_signs_later_is_not(tenant: Tenant):
    credential = signed(tenant)
    change_and_endorse(stored_keys(tenant)[0], retired_at=credential.document["proof"]["created"].replace("Z", ".000Z"))
    forget_cached_keys()
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")

    change_and_endorse(stored_keys(tenant)[0], retired_at="2020-01-01T00:00:00.000Z")
    forget_cached_keys()
    assert results(checked(tenant, credential.text, credential)) == ("pass", "fail")


def test_the_newest_key_signs_and_the_older_ones_still_check(tenant: Tenant):
    earlier = signed(tenant)
    with time_machine.travel("2030-01-01T00:00:00Z"):
        with transaction() as writes:
            create_signing_key(tenant=tenant, writes=writes)
        later = signed(tenant)

        assert later.key_id != earlier.key_id
        assert results(checked(tenant, earlier.text, earlier)) == ("pass", "pass")
        assert results(checked(tenant, later.text, later)) == ("pass", "pass")


def test_a_key_made_by_another_process_is_found_before_its_signature_is_called_forged(tenant: Tenant):
    stale = signed(tenant)
    with time_machine.travel("2030-01-01T00:00:00Z"):
        with transaction() as writes:
            create_signing_key(tenant=tenant, writes=writes)
        forget_cached_keys()
        fresh = signed(tenant)
    forget_cached_keys()
    _remember_only_the_oldest_key(tenant)

    assert results(checked(tenant, fresh.text, fresh)) == ("pass", "pass")
    assert results(checked(tenant, stale.text, stale)) == ("pass", "pass")


def test_signing_and_checking_read_the_keys_once_and_then_nothing(tenant: Tenant):
    forget_cached_keys()
    with counted_calls() as first:
        credential = signed(tenant)
    with counted_calls() as later:
        signed(tenant)
        checked(tenant, credential.text, credential)

    assert first == ["Query", "GetItem"]  # and what the platform's log says of them
    assert later == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": "red"}, "without a term: colour"),
        ({"scope": "with\ta tab"}, "content.scope must be a text"),
        ({"scope": "half a \ud800 pair"}, "content.scope must be a text"),
        ({"expiryDate": "2029-3-1"}, "content.expiryDate must be a date"),
        ({"revision": True}, "content.revision must be a whole number"),
        ({"scope": None}, "content.scope must be a text"),
        ({"sites": {}}, "content.sites must be a list"),
        ({"organisation": []}, "content.organisation must be an object"),
        ({"audits": [{"type": "unheard-of"}]}, r"content.audits\[0\].type must be initial"),
        ({"sites": [{"@id": "_:b0"}]}, "without a term: @id"),
    ],
)
def test_content_that_could_not_be_covered_by_the_signature_is_not_signed(
    tenant, change: dict[str, Any], sentence: str
):
    with pytest.raises(UnsignableError, match=sentence):
        signed(tenant, {**ORDINARY, **change})


def test_a_document_without_an_address_or_of_more_than_a_megabyte_is_not_signed(tenant: Tenant):
    with pytest.raises(UnsignableError, match="not a web address"):
        signed(tenant, credential_id="no address at all")
    with pytest.raises(UnsignableError, match="larger"):
        signed(tenant, subject_with_sites(20_000))


def test_a_body_without_a_key_signs_nothing(make_tenant: Callable[..., Tenant]):
    with pytest.raises(NoSigningKeyError):
        signed(make_tenant("keyless", with_key=False))


def test_a_certificate_without_an_end_has_no_valid_until(tenant: Tenant):
    credential = signed(tenant, valid_until=None)

    assert "validUntil" not in credential.document
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_signing_changes_nothing_about_the_content_it_is_given(tenant: Tenant):
    before = canonical_json(ORDINARY)

    signed(tenant, ORDINARY)

    assert canonical_json(ORDINARY) == before


def _remember_only_the_oldest_key(tenant: Tenant) -> None:
    keyring._stored.put(tenant.slug, keyring._Keys((stored_keys(tenant)[0],), frozenset(), frozenset()))
