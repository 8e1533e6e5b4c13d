"""Endorsing tenants' keys anew, once PLATFORM_KEY is another one: what the former key endorsed, or what a person knows.

Never simply every row that there is: one that was planted would count from then on.
"""

from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.core.errors import ChangedMeanwhileError
from defiso.credentials.endorsing import endorse, is_endorsed, key_statement
from defiso.credentials.errors import UnknownKeyError
from defiso.credentials.key_events import record_key_event
from defiso.credentials.keyring import read_key_rows, read_keys
from defiso.credentials.models import SigningKey
from defiso.store.transactions import transaction
from defiso.tenants.models import Tenant


def endorse_again(*, tenant: Tenant, actor: Actor, former: str) -> list[str]:
    """Endorse the keys that the platform key with the multikey ``former`` endorsed, as they stand; returns their ids.

    Raises PlatformKeyMissingError, ChangedMeanwhileError.
    """
    rows = read_key_rows(tenant)
    theirs = [key for key in rows if not is_endorsed(key) and is_endorsed(key, by=former)]
    return _endorse(tenant, actor, theirs)


def vouch_for(*, tenant: Tenant, actor: Actor, kid: str) -> list[str]:
    """Endorse the key ``kid`` as its row stands, because ``actor`` knows it to be the tenant's.

    Raises UnknownKeyError, PlatformKeyMissingError, ChangedMeanwhileError.
    """
    known = [key for key in read_key_rows(tenant) if key.kid == kid and key.is_intact]
    if not known:
        raise UnknownKeyError
    return _endorse(tenant, actor, [key for key in known if not is_endorsed(key)])


def _endorse(tenant: Tenant, actor: Actor, keys: list[SigningKey]) -> list[str]:
    for key in keys:
        statement = key_statement(key)
        given = SigningKey.created_at == key.created_at
        changed = ChangedMeanwhileError("This signing key was changed at the same moment. Please try again.")
        with transaction() as writes:
            writes.update(key, [SigningKey.endorsement.set(endorse(statement))], given=given, otherwise=changed)
            record_key_event(writes, actor=actor, action=Action.KEY_ENDORSED, statement=statement)
    read_keys(tenant)
    return [key.kid for key in keys]
