"""Proving who somebody is: log-in, log-out and change of password, each with its event.

An unknown address, a wrong password and a closed account take the same calls and hashing, and get the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Change

from defiso.accounts import lockout
from defiso.accounts.addresses import LONGEST_EMAIL, network_of, normalise_email
from defiso.accounts.devices import known_device, remember_device
from defiso.accounts.models import EmailClaim, Failures, Session, User, email_key, user_key
from defiso.accounts.passwords import hash_password, is_right
from defiso.accounts.sessions import begin_session, end_earlier_sessions, end_session
from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

NOBODY = "nobody"
CHANGED = "Your account was changed at this moment. Please try again."


@dataclass(frozen=True)
class Begun:
    """A session just begun: ``cookie`` goes to the browser and is kept nowhere else.

    ``device`` goes there too, to know the browser again; "" leaves what it has.
    """

    user: User
    cookie: str
    device: str = ""


def log_in(
    *, tenant: Tenant, actor: Actor, email: str, password: str, device: str = "", replaces: Session | None = None
) -> Begun | None:
    """Begin a session, ending the one that this browser had; None if e-mail address and password do not fit.

    ``device`` is the cookie by which the browser may be known. Raises LockedOutError after repeated failures.
    """
    address = normalise_email(email)[:LONGEST_EMAIL]
    claim = EmailClaim.find(tenant_key(tenant.slug), email_key(address), consistent=True)
    user_id = claim.user_id if claim else NOBODY
    user = User.find(tenant_key(tenant.slug), user_key(user_id), consistent=True)
    attempt = _count_attempt(tenant, actor, address, user, device)
    usable = user if user and user.active else None
    right, wants_renewing = is_right(password, usable.password if usable else None)
    if usable is None or not right:
        _record_failure(tenant, actor, user, attempt, Action.USER_LOG_IN_FAILED)
        return None
    begun = _begin(tenant, actor, usable, attempt, replaces, hash_password(password) if wants_renewing else None)
    return replace(begun, device=remember_device(device, tenant_slug=tenant.slug, user_id=usable.id))


def log_out(*, tenant: Tenant, actor: Actor, session: Session) -> None:
    """End this session."""
    with transaction() as writes:
        end_session(writes, tenant_slug=tenant.slug, user_id=session.user_id, key=session.key)
        _record(writes, tenant, actor, Action.USER_LOGGED_OUT, session.user_id)


def change_password(
    *, tenant: Tenant, actor: Actor, user: User, current: str, new: str, device: str = "", replaces: Session | None
) -> Begun | None:
    """Change the password, end every session of the user and begin a new one; None if ``current`` is wrong.

    ``new`` is acceptable already (``passwords.problem_with_password``). Raises LockedOutError as log-in does.
    """
    attempt = _count_attempt(tenant, actor, user.email, user, device)
    if not is_right(current, user.password)[0]:
        _record_failure(tenant, actor, user, attempt, Action.USER_PASSWORD_CHANGE_FAILED)
        return None
    changes = [User.password.set(hash_password(new)), User.password_changed_at.set(iso(now()))]
    with transaction() as writes:
        lockout.forget(writes, attempt)
        cookie = _begin_only_session(writes, tenant, actor, user, replaces, changes)
        _record(writes, tenant, actor, Action.USER_PASSWORD_CHANGED, user.id)
    return Begun(user, cookie)


def end_other_sessions(*, tenant: Tenant, actor: Actor, user: User, replaces: Session | None) -> Begun:
    """End every session of the user and begin a new one for the browser at hand."""
    with transaction() as writes:
        cookie = _begin_only_session(writes, tenant, actor, user, replaces, [])
        _record(writes, tenant, actor, Action.SESSION_OTHERS_REVOKED, user.id)
    return Begun(user, cookie)


def _count_attempt(tenant: Tenant, actor: Actor, address: str, user: User | None, device: str) -> lockout.Attempt:
    """Count this attempt on the account, for the browser alone if the user has logged in with it before."""
    known = known_device(device, tenant_slug=tenant.slug, user_id=user.id if user else NOBODY)
    counter = user and known and lockout.device_counter(tenant.slug, user.id, known, user.password_changed_at)
    account = lockout.account_counter(tenant.slug, address)
    network = lockout.network_counter(tenant.slug, network_of(actor.ip))
    return lockout.count_attempt(counter or None, account=account, network=network)


def _begin(
    tenant: Tenant, actor: Actor, user: User, attempt: lockout.Attempt, replaces: Session | None, renewed: str | None
) -> Begun:
    person = Actor(user.id, "user", user.name, actor.ip, actor.user_agent, actor.request_id)
    unchanged, otherwise = _unchanged(user), ChangedMeanwhileError(CHANGED)
    with transaction() as writes:
        if renewed:
            writes.update(user, [User.password.set(renewed)], given=unchanged, otherwise=otherwise)
        else:
            writes.check(User, user.PK, user.SK, given=unchanged, otherwise=otherwise)
        lockout.forget(writes, attempt)
        cookie = begin_session(writes, tenant=tenant, user=user, actor=person, number=int(user.sessions_from))
        end_earlier_sessions(writes, tenant=tenant, user=user, replaced=replaces)
        _record(writes, tenant, person, Action.USER_LOGGED_IN, user.id)
    return Begun(user, cookie)


def _begin_only_session(
    writes: Writes, tenant: Tenant, actor: Actor, user: User, replaces: Session | None, changes: Sequence[Change]
) -> str:
    number = int(user.sessions_from) + 1
    changes = [*changes, User.sessions_from.set(number)]
    writes.update(user, changes, given=_unchanged(user), otherwise=ChangedMeanwhileError(CHANGED))
    end_earlier_sessions(writes, tenant=tenant, user=user, replaced=replaces)
    return begin_session(writes, tenant=tenant, user=user, actor=actor, number=number)


def _unchanged(user: User) -> Condition:
    """That the account is still the one whose password was checked."""
    unchanged: Condition = (User.password == user.password) & (User.sessions_from == user.sessions_from)
    unchanged &= User.active == True  # noqa: E712  an expression for the store
    return unchanged


def _record_failure(tenant: Tenant, actor: Actor, user: User | None, attempt: lockout.Attempt, action: Action) -> None:
    """The events of the failure and of the waiting it brings, with its count for the network address of a stranger."""
    target = user.id if user else NOBODY
    account = {"account": user.email if user else "unknown e-mail address"}

    def events(writes: Writes, network: Failures | None) -> None:
        _record(writes, tenant, actor, action, target, after=account)
        if attempt.counted.locked_until:
            after = {**account, **_waiting(attempt.counted)}
            _record(writes, tenant, actor, attempt.counter.action, target, after=after)
        if network and network.locked_until:
            _record(
                writes,
                tenant,
                actor,
                Action.NETWORK_LOCKED_OUT,
                network_of(actor.ip),
                after=_waiting(network),
                kind="NETWORK",
            )

    if attempt.network is not None:
        lockout.count(attempt.network, also=events, even_if_locked=True)
        return
    with transaction() as writes:
        events(writes, None)


def _waiting(counted: Failures) -> dict[str, Any]:
    return {"failures": int(counted.failures), "until": counted.locked_until}


def _record(
    writes: Writes,
    tenant: Tenant,
    actor: Actor,
    action: Action,
    target: str,
    *,
    after: dict[str, Any] | None = None,
    kind: str = "USER",
) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind=kind,
        target_id=target,
        after=after,
    )
