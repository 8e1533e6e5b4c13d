"""Sessions: begun at log-in, read with their user in one call, ended by log-out, revocation, time or a changed account.

The cookie is ``<user id>.<random token>``: the id lets session and user be read together, the token is what is secret.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from defiso.accounts.errors import UnknownSessionError
from defiso.accounts.models import METADATA, Session, SessionEntry, User, entry_key, session_key, user_key
from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.core.clock import iso, now, parse_iso
from defiso.core.errors import ChangedMeanwhileError, DomainError
from defiso.core.ids import new_token
from defiso.store.items import find_all
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant
from defiso.tenants.services import refuse_if_suspended

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)  # how exactly idleness is known; each update costs a write
MOST_SESSIONS = 20  # of one user; the oldest end first
USER_AGENT_LENGTH = 300
CHANGED = "Your sessions changed at this moment. Please try again."

_KEY = re.compile(r"[0-9a-f]{64}")
_COOKIE = re.compile(r"(?P<user_id>[0-9A-Z]{26})\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class OpenSession:
    """A session that holds now, and the user it is of."""

    session: Session
    user: User


def read_session(*, tenant: Tenant, cookie: str) -> OpenSession | None:
    """The session behind a cookie if it holds on this tenant's host, with its user: one BatchGetItem.

    Raises TenantSuspendedError if the tenant is suspended now, whatever the cached ``tenant`` says.
    Not every field of the cookie is trusted: the user is looked up under this tenant, and must be the session's own.
    """
    match = _COOKIE.fullmatch(cookie)
    if match is None:
        return None
    keys = [
        (Session, session_key(hash_of(cookie)), METADATA),
        (User, tenant_key(tenant.slug), user_key(match["user_id"])),
        (Tenant, tenant.PK, tenant.SK),
    ]
    found = cast("tuple[Session | None, User | None, Tenant | None]", tuple(find_all(keys, consistent=True)))
    session, user, place = found
    if place is not None:
        refuse_if_suspended(place)
    if session is None or user is None or not _holds(session, tenant, user):
        return None
    _note_seen(session)
    return OpenSession(session, user)


def begin_session(writes: Writes, *, tenant: Tenant, user: User, actor: Actor, number: int) -> str:
    """Add a new session to the transaction and give its cookie.

    ``number`` is the user's ``sessions_from`` as it is after the transaction.
    """
    cookie = f"{user.id}.{new_token()}"
    key, moment = hash_of(cookie), now()
    session = Session(
        session_key(key),
        METADATA,
        tenant_slug=tenant.slug,
        user_id=user.id,
        number=number,
        created_at=iso(moment),
        seen_at=iso(moment),
        expires_at=moment + LONGEST,
        ip=actor.ip or None,
        user_agent=actor.user_agent[:USER_AGENT_LENGTH] or None,
    )
    entry = SessionEntry(
        tenant_key(tenant.slug), entry_key(user.id, key), user_id=user.id, expires_at=iso(moment + LONGEST)
    )
    writes.create(session, otherwise=ChangedMeanwhileError(CHANGED))
    writes.create(entry, otherwise=ChangedMeanwhileError(CHANGED))
    return cookie


def end_session(writes: Writes, *, tenant_slug: str, user_id: str, key: str) -> None:
    """Add the end of a session to the transaction; it may have ended already, but may not be another tenant's."""
    ours = Session.PK.does_not_exist() | ((Session.tenant_slug == tenant_slug) & (Session.user_id == user_id))
    listed = SessionEntry.PK.does_not_exist() | (SessionEntry.user_id == user_id)
    session, entry = Session(session_key(key), METADATA), SessionEntry(tenant_key(tenant_slug), entry_key(user_id, key))
    writes.delete(session, given=ours, otherwise=UnknownSessionError())
    writes.delete(entry, given=listed, otherwise=UnknownSessionError())


def end_earlier_sessions(writes: Writes, *, tenant: Tenant, user: User, replaced: Session | None) -> None:
    """Add the end of what a new session displaces: one query.

    That is the session ``replaced``, which the same browser had, the user's expired ones, and the oldest beyond
    MOST_SESSIONS.
    """
    entries = sorted(_entries(tenant, user), key=lambda entry: entry.expires_at, reverse=True)
    surplus = [
        (user.id, _key_of(entry))
        for place, entry in enumerate(entries)
        if entry.expires_at <= iso(now()) or place >= MOST_SESSIONS - 1
    ]
    ending = set(surplus[:MOST_SESSIONS])
    if replaced is not None:
        ending.add((replaced.user_id, replaced.key))
    for user_id, key in sorted(ending):
        end_session(writes, tenant_slug=tenant.slug, user_id=user_id, key=key)


def list_sessions(*, tenant: Tenant, user: User) -> list[Session]:
    """The user's sessions that hold, the one seen last first: one query and one BatchGetItem."""
    keys = [(Session, session_key(_key_of(entry)), METADATA) for entry in _entries(tenant, user)]
    sessions = [row for row in find_all(keys, consistent=True) if isinstance(row, Session)] if keys else []
    return sorted((row for row in sessions if _holds(row, tenant, user)), key=lambda row: row.seen_at, reverse=True)


def revoke_session(*, tenant: Tenant, user: User, actor: Actor, key: str) -> None:
    """End one of the user's own sessions. Raises UnknownSessionError, also for a session of somebody else."""
    listed = _KEY.fullmatch(key) and SessionEntry.find(
        tenant_key(tenant.slug), entry_key(user.id, key), consistent=True
    )
    if not listed:
        raise UnknownSessionError
    with transaction() as writes:
        end_session(writes, tenant_slug=tenant.slug, user_id=user.id, key=key)
        record_event(
            writes,
            tenant_slug=tenant.slug,
            actor=actor,
            action=Action.SESSION_REVOKED,
            target_kind="USER",
            target_id=user.id,
        )


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _holds(session: Session, tenant: Tenant, user: User) -> bool:
    moment = now()
    return (
        session.tenant_slug == tenant.slug
        and session.user_id == user.id
        and user.active
        and session.number == user.sessions_from
        and moment < session.expires_at
        and moment - parse_iso(session.seen_at) < IDLE
    )


def _note_seen(session: Session) -> None:
    moment: datetime = now()
    if moment - parse_iso(session.seen_at) < SEEN_EVERY:
        return
    try:
        with transaction() as writes:
            writes.update(
                session,
                [Session.seen_at.set(iso(moment))],
                given=Session.seen_at == session.seen_at,
                otherwise=ChangedMeanwhileError(CHANGED),
            )
    except DomainError:
        return  # another request of the same browser noted it first, or the session just ended, or the store is busy


def _entries(tenant: Tenant, user: User) -> list[SessionEntry]:
    condition = SessionEntry.SK.startswith(entry_key(user.id))
    return list(SessionEntry.query(tenant_key(tenant.slug), condition, consistent_read=True, limit=90))


def _key_of(entry: SessionEntry) -> str:
    return entry.SK.rpartition("#")[2]
