"""What the outside reads: a DID document with every key, an issuer profile, and our terms."""

import base64
import json

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from defiso.chain.accounts import account_of_private_key, current_account, read_former_accounts
from defiso.credentials.contexts import TERMS_V1, TERMS_V2, context_bytes
from defiso.credentials.did import did_of
from defiso.credentials.services import create_signing_key, did_document, forget_cached_keys, issuer_profile
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant
from tests.credentials.signing import change_and_endorse, change_key, signed, stored_keys

ANVIL_ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"


def test_the_did_is_the_host_with_its_port_where_there_is_one(tenant: Tenant, settings):
    assert did_of(tenant) == "did:web:acme.localhost%3A8000"

    settings.BASE_DOMAIN = "registry.example"

    assert did_of(tenant) == "did:web:acme.localhost"


def test_the_did_document_has_the_signing_key_a_credential_names(tenant: Tenant):
    proof = signed(tenant).document["proof"]

    document = did_document(tenant)

    (method,) = [method for method in document["verificationMethod"] if method["id"] == proof["verificationMethod"]]
    assert method["id"] in document["assertionMethod"]
    assert method["controller"] == document["id"] == did_of(tenant)
    assert method["id"].endswith("#" + method["publicKeyMultibase"])
    raw = base58.b58decode(method["publicKeyMultibase"][1:])[2:]
    assert base64.urlsafe_b64decode(method["publicKeyJwk"]["x"] + "=") == raw


def test_the_did_document_has_the_key_of_the_account_that_anchors(tenant: Tenant):
    document = did_document(tenant)

    method = document["verificationMethod"][-1]
    assert method["id"] == f"{did_of(tenant)}#{ANVIL_ADDRESS}" == document["assertionMethod"][-1]
    x, y = (int.from_bytes(base64.urlsafe_b64decode(method["publicKeyJwk"][part] + "=")) for part in "xy")
    compressed = base58.b58decode(method["publicKeyMultibase"][1:])[2:]
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), compressed).public_numbers()
    assert (point.x, point.y) == (x, y)


def test_retired_keys_stay_in_the_did_document_and_damaged_ones_leave_it(tenant: Tenant, other: Tenant):
    retired = stored_keys(tenant)[0]
    change_and_endorse(retired, retired_at="2026-11-23T00:00:00.000Z")
    with transaction() as writes:
        create_signing_key(tenant=tenant, writes=writes)
    damaged = next(key for key in stored_keys(tenant) if key.kid != retired.kid)
    assert len(did_document(tenant)["verificationMethod"]) == 3

    change_key(damaged, public_multikey=stored_keys(other)[0].kid)
    forget_cached_keys()

    fragments = [method["id"].partition("#")[2] for method in did_document(tenant)["verificationMethod"]]
    assert fragments == [retired.kid, ANVIL_ADDRESS]


def test_the_issuer_profile_names_the_anchoring_account_since_before_the_first_anchor(tenant: Tenant):
    profile = issuer_profile(tenant)

    assert profile["type"] == "Profile"
    assert profile["id"] == did_document(tenant)["service"][0]["serviceEndpoint"]
    assert profile["id"] == "http://acme.localhost:8000/issuer.json"
    assert profile["publicKey"] == [
        {"id": f"ecdsa-koblitz-pubkey:{current_account().address}", "created": tenant.created_at}
    ]


def test_former_accounts_stay_in_the_did_document_and_the_profile_says_from_when_to_when_they_anchored(
    tenant: Tenant, settings
):
    account = account_of_private_key("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d")
    settings.FORMER_CHAIN_ACCOUNTS = read_former_accounts(
        f"1:{account.address}:{account.multikey}:2024-01-01:2025-06-30"
    )

    methods = did_document(tenant)["verificationMethod"]

    assert [method["id"].partition("#")[2] for method in methods[-2:]] == [account.address, ANVIL_ADDRESS]
    assert methods[-2]["publicKeyMultibase"] == account.multikey
    assert issuer_profile(tenant)["publicKey"][1:] == [
        {
            "id": f"ecdsa-koblitz-pubkey:{account.address}",
            "created": "2024-01-01T00:00:00Z",
            "expires": "2025-06-30T23:59:59Z",
        }
    ]


@pytest.mark.parametrize("path", ["/.well-known/did.json", "/issuer.json"])
def test_key_documents_are_served_on_the_tenants_host_to_any_origin(tenant: Tenant, other: Tenant, path: str):
    answer = Client(headers={"host": "acme.localhost:8000"}).get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    shown = json.loads(answer.content)
    assert shown == (did_document(tenant) if "did" in path else issuer_profile(tenant))
    assert "globex" not in answer.content.decode()


@pytest.mark.parametrize("terms", [TERMS_V1, TERMS_V2])
def test_our_terms_are_served_on_the_apex_byte_for_byte(terms):
    answer = Client(headers={"host": "localhost:8000"}).get(terms.removeprefix("https://defiso.com"))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/ld+json"
    assert answer.content == context_bytes(terms)
