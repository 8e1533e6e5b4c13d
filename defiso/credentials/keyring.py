"""Whose key is which: a tenant's stored keys, cached 60 s, and its opened private keys, kept in the process.

What a key looks like is in ``keys``; what is signed with it in ``services``.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.core.cache import TimedCache
from defiso.core.clock import iso, now
from defiso.credentials.errors import NoSigningKeyError, SigningKeyExistsError
from defiso.credentials.keys import ed25519_multikey, seal, unseal
from defiso.credentials.models import KEY_PREFIX, SigningKey, signing_key_sk
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant

PUBLIC_SECONDS = 60
REREAD_SECONDS = 5
MOST_TENANTS = 4096
MOST_OPENED = 1024
OPENED_SECONDS = 3600

_stored: TimedCache[tuple[SigningKey, ...]] = TimedCache(size=MOST_TENANTS, seconds=PUBLIC_SECONDS)
_reread: TimedCache[bool] = TimedCache(size=MOST_TENANTS, seconds=REREAD_SECONDS)
_opened: TimedCache[Ed25519PrivateKey] = TimedCache(size=MOST_OPENED, seconds=OPENED_SECONDS)


def add_signing_key(*, tenant: Tenant, did: str, writes: Writes) -> SigningKey:
    """Make a key pair and add its row to ``writes``; once committed, it is the one that signs."""
    private = Ed25519PrivateKey.generate()
    kid = ed25519_multikey(private.public_key())
    key = SigningKey(
        tenant_key(tenant.slug),
        signing_key_sk(kid),
        kid=kid,
        did=did,
        public_multikey=kid,
        sealed_private=seal(private, tenant_slug=tenant.slug, kid=kid),
        created_at=iso(now()),
    )
    writes.create(key, otherwise=SigningKeyExistsError())
    _stored.forget(tenant.slug)
    return key


def keys_of(tenant: Tenant) -> tuple[SigningKey, ...]:
    """All keys of the tenant, oldest first, as they were at most 60 s ago: one query."""
    if stored := _stored.get(tenant.slug):
        return stored
    return read_keys(tenant)


def read_keys(tenant: Tenant) -> tuple[SigningKey, ...]:
    """All keys of the tenant as they are now, oldest first: one query."""
    condition = SigningKey.SK.startswith(KEY_PREFIX)
    rows = SigningKey.query(tenant_key(tenant.slug), condition, consistent_read=True)
    keys = tuple(sorted(rows, key=lambda key: (key.created_at, key.kid)))
    if keys:
        _stored.put(tenant.slug, keys)
    return keys


def find_key(tenant: Tenant, kid: str) -> SigningKey | None:
    """The tenant's key of this id, if intact.

    An unknown id reads again, at most every 5 s: another process may have made it meanwhile.
    """
    for keys in (keys_of, _read_again):
        found = next((key for key in keys(tenant) if key.kid == kid and key.is_intact), None)
        if found is not None:
            return found
    return None


def signing_key_of(tenant: Tenant) -> tuple[SigningKey, Ed25519PrivateKey]:
    """The newest key in use, opened. Raises NoSigningKeyError, KeyUnavailableError."""
    key = _newest(keys_of(tenant)) or _newest(_read_again(tenant))
    if key is None:
        raise NoSigningKeyError
    opened = _opened.get(key.PK + key.SK)
    if opened is None:
        opened = unseal(key.sealed_private, tenant_slug=tenant.slug, kid=key.kid)
        _opened.put(key.PK + key.SK, opened)
    return key, opened


def forget_cached_keys() -> None:
    """Read and open every key afresh: for tests, and after a change of the master key."""
    for cache in (_stored, _reread, _opened):
        cache.clear()


def _newest(keys: tuple[SigningKey, ...]) -> SigningKey | None:
    return next((key for key in reversed(keys) if key.retired_at is None), None)


def _read_again(tenant: Tenant) -> tuple[SigningKey, ...]:
    if _reread.get(tenant.slug):
        return ()
    _reread.put(tenant.slug, True)
    return read_keys(tenant)
