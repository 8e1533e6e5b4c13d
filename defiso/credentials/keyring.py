"""Whose key is which: a tenant's stored keys, cached 60 s, and its opened private keys, kept in the process.

What a key looks like is in ``keys``; what is signed with it in ``services``.
"""

import logging
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.core.cache import TimedCache
from defiso.core.clock import iso, now
from defiso.core.multikeys import ed25519_multikey
from defiso.credentials.endorsing import endorse, is_endorsed, key_statement, value_in_use, value_of_key
from defiso.credentials.errors import KeyUnavailableError, NoSigningKeyError, SigningKeyExistsError
from defiso.credentials.key_events import record_key_event
from defiso.credentials.keys import seal, unseal
from defiso.credentials.models import KEY_PREFIX, SigningKey, signing_key_sk
from defiso.credentials.platform_map import platform_values
from defiso.store.items import readable
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant
from defiso.transparency.entries import signing_key_key
from defiso.transparency.errors import BrokenLogError

PUBLIC_SECONDS = 60
REREAD_SECONDS = 5
MOST_TENANTS = 4096
MOST_OPENED = 1024
OPENED_SECONDS = 3600
TOLD_SECONDS = 60

_stored: TimedCache["_Keys"] = TimedCache(size=MOST_TENANTS, seconds=PUBLIC_SECONDS)
_reread: TimedCache[bool] = TimedCache(size=MOST_TENANTS, seconds=REREAD_SECONDS)
_opened: TimedCache[Ed25519PrivateKey] = TimedCache(size=MOST_OPENED, seconds=OPENED_SECONDS)
_told: TimedCache[bool] = TimedCache(size=MOST_OPENED, seconds=TOLD_SECONDS)
log = logging.getLogger(__name__)


def add_signing_key(*, tenant: Tenant, actor: Actor, did: str, writes: Writes) -> SigningKey:
    """Make a key pair; add its row, and the platform's event of it, to ``writes``. Once committed, it is what signs.

    Raises PlatformKeyMissingError.
    """
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
    statement = key_statement(key)
    key.endorsement = endorse(statement)
    writes.create(key, otherwise=SigningKeyExistsError())
    record_key_event(writes, actor=actor, action=Action.KEY_CREATED, statement=statement)
    _stored.forget(tenant.slug)
    return key


def keys_of(tenant: Tenant) -> tuple[SigningKey, ...]:
    """The tenant's keys that count, oldest first, as they were at most 60 s ago: one query."""
    return _known(tenant).counting


def read_keys(tenant: Tenant) -> tuple[SigningKey, ...]:
    """The tenant's keys that count as they are now, oldest first: one query."""
    return _read(tenant).counting


def read_key_rows(tenant: Tenant) -> list[SigningKey]:
    """Every row of a key, whether the key counts or not, oldest first: one query. What is no such row is left out."""
    rows = SigningKey.query(tenant_key(tenant.slug), SigningKey.SK.startswith(KEY_PREFIX), consistent_read=True)
    return sorted(readable(rows), key=lambda key: (key.created_at, key.kid))


def find_key(tenant: Tenant, kid: str) -> SigningKey | None:
    """The tenant's key of this id, if it counts.

    An unknown id reads again, at most every 5 s: another process may have made it meanwhile.
    """
    for keys in (keys_of, keys_read_again):
        found = next((key for key in keys(tenant) if key.kid == kid), None)
        if found is not None:
            return found
    return None


def is_without_endorsement(tenant: Tenant, kid: str) -> bool:
    """Whether there is a row of this key, but none that counts."""
    known = _known(tenant)
    return kid in known.not_counting and all(key.kid != kid for key in known.counting)


def is_missing(tenant: Tenant, kid: str) -> bool:
    """Whether the platform's log has this key of the tenant's, of which no row counts: then one is gone or was changed.

    Also where that log cannot be read, so that nobody can say that there never was such a key.
    """
    if find_key(tenant, kid):
        return False
    key = signing_key_key(f"{tenant.slug} {kid}")
    try:
        return key in platform_values([key])
    except BrokenLogError:
        return True


def is_recorded_key(tenant: Tenant, kid: str) -> bool:
    """Whether the platform's log has this key, which counts."""
    return kid in _known(tenant).recorded or kid in _read_again(tenant).recorded


def signing_key_of(tenant: Tenant) -> tuple[SigningKey, Ed25519PrivateKey]:
    """The newest key in use that can be opened, opened. Raises NoSigningKeyError, KeyUnavailableError if none can."""
    in_use = _in_use(keys_of(tenant)) or _in_use(keys_read_again(tenant))
    if not in_use:
        raise NoSigningKeyError
    for key in reversed(in_use):
        try:
            return key, _open(tenant, key)
        except KeyUnavailableError:
            _tell_unopened(tenant, key)
    raise KeyUnavailableError


def forget_cached_keys() -> None:
    """Read and open every key afresh: for tests, and after a change of the master key."""
    for cache in (_stored, _reread, _opened, _told):
        cache.clear()


@dataclass(frozen=True)
class _Keys:
    """A tenant's keys as read: those that the platform endorsed as they stand, and the ids of other rows.

    ``recorded`` are the ids of those that the platform's log has.
    """

    counting: tuple[SigningKey, ...]
    not_counting: frozenset[str]
    recorded: frozenset[str]


def _known(tenant: Tenant) -> _Keys:
    return _stored.get(tenant.slug) or _read(tenant)


def _read(tenant: Tenant) -> _Keys:
    """Whether a key counts is decided here, once for all the time that it is kept."""
    rows = read_key_rows(tenant)
    endorsed = [key for key in rows if is_endorsed(key)]
    newest = _recorded_values(endorsed)
    counting = {key.SK: key for key in endorsed if _is_newest(key, newest.get(_map_key(key)))}
    keys = _Keys(
        counting=tuple(counting.values()),
        not_counting=frozenset(key.kid for key in rows if key.SK not in counting),
        recorded=frozenset(key.kid for key in counting.values() if _map_key(key) in newest),
    )
    if keys.not_counting:
        some = sorted(keys.not_counting)[:5]
        log.error("tenant=%s rows of keys that do not count, among them %s", tenant.slug, some)
    if rows:
        _stored.put(tenant.slug, keys)
    return keys


def _recorded_values(keys: list[SigningKey]) -> dict[bytes, bytes]:
    """What the platform's map has of these keys. While the map is broken, that none is recorded: what they sign is
    pending at best until it is mended, and no checkpoint is signed.
    """
    try:
        return platform_values(_map_key(key) for key in keys)
    except BrokenLogError as error:
        log.error("whether keys are recorded cannot be told: %s", error.sentence)
        return {}


def _map_key(key: SigningKey) -> bytes:
    return signing_key_key(f"{key.PK.removeprefix(tenant_key(''))} {key.kid}")


def _is_newest(key: SigningKey, recorded: bytes | None) -> bool:
    """Whether the row stands as the platform's log has it, or one step on: just made, or just retired."""
    return recorded in (None, value_of_key(key)) or (bool(key.retired_at) and recorded == value_in_use(key))


def _in_use(keys: tuple[SigningKey, ...]) -> list[SigningKey]:
    return [key for key in keys if key.retired_at is None]


def _open(tenant: Tenant, key: SigningKey) -> Ed25519PrivateKey:
    opened = _opened.get(key.PK + key.SK)
    if opened is None:
        opened = unseal(key.sealed_private, tenant_slug=tenant.slug, kid=key.kid)
        _opened.put(key.PK + key.SK, opened)
    return opened


def _tell_unopened(tenant: Tenant, key: SigningKey) -> None:
    if not _told.get(key.PK + key.SK):
        _told.put(key.PK + key.SK, True)
        log.error("tenant=%s key=%s cannot be opened; an older one signs if there is one", tenant.slug, key.kid)


def keys_read_again(tenant: Tenant) -> tuple[SigningKey, ...]:
    """The tenant's keys that count, read once more, at most every 5 s: then none."""
    return _read_again(tenant).counting


def _read_again(tenant: Tenant) -> _Keys:
    if _reread.get(tenant.slug):
        return _Keys((), frozenset(), frozenset())
    _reread.put(tenant.slug, True)
    return _read(tenant)
