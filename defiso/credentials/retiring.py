"""Taking a signing key out of use, so that another signs. What it signed stays checkable."""

from dataclasses import dataclass
from datetime import timedelta

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.credentials.did import did_of
from defiso.credentials.endorsing import endorse, key_statement
from defiso.credentials.errors import KeyRetiredError, NoSigningKeyError, UnknownKeyError
from defiso.credentials.key_events import record_key_event
from defiso.credentials.keyring import PUBLIC_SECONDS, add_signing_key, read_keys
from defiso.credentials.models import SigningKey
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

SETTLED_AFTER = timedelta(seconds=2 * PUBLIC_SECONDS)


@dataclass(frozen=True)
class Retired:
    """The ids of the key that was retired and of the one that signs instead; ``made``: that one is new."""

    kid: str
    signs_now: str
    made: bool


def retire_signing_key(*, tenant: Tenant, actor: Actor, kid: str = "") -> Retired:
    """Retire the key ``kid``, or the one that signs now; make another in the same transaction if it was the last.

    Other processes know of it within PUBLIC_SECONDS and sign with the old key until then, so its signatures are good
    until SETTLED_AFTER from now. Raises UnknownKeyError, KeyRetiredError, NoSigningKeyError, PlatformKeyMissingError,
    ChangedMeanwhileError.
    """
    keys = read_keys(tenant)
    in_use = [key for key in keys if key.retired_at is None]
    key = _key_meant(kid, keys, in_use)
    others = [other for other in in_use if other.kid != key.kid]
    with transaction() as writes:
        given, until = SigningKey.retired_at.does_not_exist(), iso(now() + SETTLED_AFTER)
        statement = key_statement(key) | {"retired_at": until}
        retiring = [SigningKey.retired_at.set(until), SigningKey.endorsement.set(endorse(statement))]
        writes.update(key, retiring, given=given, otherwise=KeyRetiredError())
        heir = others[-1] if others else add_signing_key(tenant=tenant, actor=actor, did=did_of(tenant), writes=writes)
        if others:
            writes.check(SigningKey, heir.PK, heir.SK, given=given, otherwise=_changed())
        else:
            _record(writes, tenant, actor, Action.KEY_CREATED, heir.kid, {})
        record_key_event(writes, actor=actor, action=Action.KEY_RETIRED, statement=statement, before={"retired_at": ""})
        _record(writes, tenant, actor, Action.KEY_RETIRED, key.kid, {"signs_now": heir.kid, "good_until": until})
    read_keys(tenant)
    return Retired(kid=key.kid, signs_now=heir.kid, made=not others)


def _key_meant(kid: str, keys: tuple[SigningKey, ...], in_use: list[SigningKey]) -> SigningKey:
    meant = [key for key in keys if key.kid == kid] if kid else in_use[-1:]
    if not meant:
        raise UnknownKeyError if kid else NoSigningKeyError
    if meant[0] not in in_use:
        raise KeyRetiredError
    return meant[0]


def _changed() -> ChangedMeanwhileError:
    return ChangedMeanwhileError("Another key of this tenant was retired at the same moment. Please try again.")


def _record(writes: Writes, tenant: Tenant, actor: Actor, action: Action, kid: str, after: dict[str, str]) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="KEY",
        target_id=kid,
        after=after or None,
    )
