"""Private keys lie sealed; only the right master key, tenant and key id open them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.core.multikeys import ed25519_key, ed25519_multikey
from defiso.credentials.errors import KeyUnavailableError
from defiso.credentials.keys import seal, unseal
from defiso.credentials.services import forget_cached_keys, sign_statement
from defiso.tenants.models import Tenant
from tests.conftest import every_row
from tests.credentials.signing import change_key, checked, results, signed, stored_keys


def test_a_sealed_key_opens_for_its_tenant_and_key_id_only():
    private = Ed25519PrivateKey.generate()
    sealed = seal(private, tenant_slug="acme", kid="z6Mk1")

    opened = unseal(sealed, tenant_slug="acme", kid="z6Mk1")

    assert opened.private_bytes_raw() == private.private_bytes_raw()
    for tenant_slug, kid in [("globex", "z6Mk1"), ("acme", "z6Mk2"), ("acme\nz6Mk1", "")]:
        with pytest.raises(KeyUnavailableError):
            unseal(sealed, tenant_slug=tenant_slug, kid=kid)


def test_sealing_twice_never_gives_the_same_bytes():
    private = Ed25519PrivateKey.generate()

    assert seal(private, tenant_slug="acme", kid="k") != seal(private, tenant_slug="acme", kid="k")


@pytest.mark.parametrize("damage", [lambda sealed: sealed[:-1], lambda sealed: sealed[:5], lambda _sealed: b""])
def test_a_damaged_sealed_key_is_refused_with_a_sentence(damage):
    sealed = seal(Ed25519PrivateKey.generate(), tenant_slug="acme", kid="k")

    with pytest.raises(KeyUnavailableError, match="cannot be opened"):
        unseal(damage(sealed), tenant_slug="acme", kid="k")


def test_under_another_master_key_nothing_is_signed_but_everything_can_still_be_checked(tenant: Tenant, settings):
    credential = signed(tenant)
    settings.MASTER_KEY = base64.b64encode(b"another master key of 32 bytes!!").decode()
    forget_cached_keys()

    with pytest.raises(KeyUnavailableError):
        signed(tenant)
    with pytest.raises(KeyUnavailableError):
        sign_statement(tenant=tenant, statement={})
    assert results(checked(tenant, credential.text, credential)) == ("pass", "pass")


def test_a_changed_sealed_key_in_the_store_signs_nothing(tenant: Tenant, other: Tenant):
    change_key(stored_keys(tenant)[0], sealed_private=stored_keys(other)[0].sealed_private)

    with pytest.raises(KeyUnavailableError):
        signed(tenant)


def test_no_private_key_is_stored_in_the_clear(tenant: Tenant):
    key = stored_keys(tenant)[0]
    private = unseal(key.sealed_private, tenant_slug="acme", kid=key.kid).private_bytes_raw()

    stored = repr(every_row())

    assert repr(private)[2:-1] not in stored
    assert private.hex() not in stored
    assert base64.b64encode(private).decode() not in stored


def test_a_key_id_is_the_public_key():
    private = Ed25519PrivateKey.generate()

    multikey = ed25519_multikey(private.public_key())

    assert multikey.startswith("z6Mk")
    assert ed25519_key(multikey).public_bytes_raw() == private.public_key().public_bytes_raw()


@pytest.mark.parametrize("text", ["", "z", "z6Mk", "u6Mk", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "z0"])
def test_what_is_not_an_ed25519_key_is_not_read_as_one(text: str):
    with pytest.raises(ValueError):
        ed25519_key(text)
