"""Staff accounts: making them, changing and closing them, giving a new password. Effective at the very next request.

Proving who somebody is lives in ``authentication``, what follows from it in ``sessions``.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pynamodb.expressions.condition import Condition

from defiso.accounts.addresses import LONGEST_EMAIL, normalise_email
from defiso.accounts.errors import EmailInUseError, InvalidUserError, OwnAccountError, UnknownUserError
from defiso.accounts.lockout import account_counter, clear
from defiso.accounts.models import EmailClaim, User, email_key, user_key
from defiso.accounts.owners import is_active_owner, keep_an_owner, require_owner
from defiso.accounts.passwords import hash_password, problem_with_password
from defiso.audit.actions import Action
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
from defiso.core.characters import problem_with_name
from defiso.core.clock import iso, now
from defiso.core.errors import ChangedMeanwhileError, RefusedError
from defiso.core.ids import new_id
from defiso.core.permissions import Role
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes, transaction
from defiso.tenants.models import Tenant

LONGEST_NAME = 100


def create_user(*, tenant: Tenant, actor: Actor, email: str, name: str, role: str, password: str) -> User:
    """Create a member of staff, the claim on the e-mail address and the event in one transaction.

    Raises InvalidUserError (``fields`` names the problems), EmailInUseError.
    """
    address, name = normalise_email(email), name.strip()
    _refuse_invalid(address, name, role, password)
    user_id, moment = new_id(), iso(now())
    user = User(
        tenant_key(tenant.slug),
        user_key(user_id),
        GSI1PK=email_key(address),
        GSI1SK=tenant_key(tenant.slug),
        id=user_id,
        email=address,
        name=name,
        role=role,
        password=hash_password(password),
        active=True,
        created_at=moment,
        password_changed_at=moment,
    )
    claim = EmailClaim(tenant_key(tenant.slug), email_key(address), user_id=user_id)
    with transaction() as writes:
        writes.create(claim, otherwise=EmailInUseError())
        writes.create(user, otherwise=EmailInUseError())
        _record(writes, tenant, actor, Action.USER_CREATED, user, after={"email": address, "name": name, "role": role})
    return user


def get_user(*, tenant: Tenant, user_id: str) -> User:
    """A member of this tenant's staff. Raises UnknownUserError."""
    user = User.find(tenant_key(tenant.slug), user_key(user_id), consistent=True)
    if user is None:
        raise UnknownUserError
    return user


def find_user(*, tenant: Tenant, email: str) -> User:
    """The member of this tenant's staff with this e-mail address. Raises UnknownUserError."""
    address = normalise_email(email)[:LONGEST_EMAIL]
    claim = EmailClaim.find(tenant_key(tenant.slug), email_key(address), consistent=True)
    if claim is None:
        raise UnknownUserError
    return get_user(tenant=tenant, user_id=claim.user_id)


def change_user(
    *, tenant: Tenant, actor: Actor, user_id: str, name: str | None = None, role: str | None = None
) -> User:
    """Give somebody another name or role; None leaves it as it is. Nobody changes the role of their own account.

    Raises InvalidUserError, OwnAccountError, LastOwnerError, NoOwnerError, UnknownUserError, ChangedMeanwhileError.
    """
    wanted = {"name": name and name.strip(), "role": role}
    problems = _problems({field: text for field, text in wanted.items() if text is not None})
    if problems:
        raise InvalidUserError(" ".join(problems.values()), problems)
    user = get_user(tenant=tenant, user_id=user_id)
    before = {"name": user.name, "role": user.role}
    after = {field: text for field, text in wanted.items() if text is not None and text != before[field]}
    if not after:
        raise RefusedError("This account has that name and role already.")
    with transaction() as writes:
        if "role" in after:
            _let_others_decide(writes, tenant, actor, user)
            if is_active_owner(user):
                keep_an_owner(writes, tenant=tenant, user=user)
        changes = [getattr(User, field).set(text) for field, text in after.items()]
        writes.update(user, changes, given=_as_read(user), otherwise=_changed())
        action = Action.USER_ROLE_CHANGED if "role" in after else Action.USER_RENAMED
        earlier = {field: before[field] for field in after}
        _record(writes, tenant, actor, action, user, before=earlier, after={**after, "account": user.email})
    return get_user(tenant=tenant, user_id=user_id)


def deactivate_user(*, tenant: Tenant, actor: Actor, user_id: str, reason: str) -> User:
    """Close somebody else's account: no log-in, and no session of theirs holds from now on.

    Raises as ``change_user`` does, and RefusedError if it is closed already.
    """
    user = get_user(tenant=tenant, user_id=user_id)
    if not user.active:
        raise RefusedError("This account is closed already.")
    actions = [User.active.set(False), User.sessions_from.set(int(user.sessions_from) + 1)]
    with transaction() as writes:
        _let_others_decide(writes, tenant, actor, user)
        if is_active_owner(user):
            keep_an_owner(writes, tenant=tenant, user=user)
        writes.update(user, actions, given=_as_read(user), otherwise=_changed())
        _record(writes, tenant, actor, Action.USER_DEACTIVATED, user, after={"account": user.email}, reason=reason)
    return get_user(tenant=tenant, user_id=user_id)


def reactivate_user(*, tenant: Tenant, actor: Actor, user_id: str, reason: str) -> User:
    """Open a closed account again, with the password it had."""
    user = get_user(tenant=tenant, user_id=user_id)
    if user.active:
        raise RefusedError("This account is open already.")
    with transaction() as writes:
        _let_others_decide(writes, tenant, actor, user)
        writes.update(user, [User.active.set(True)], given=_as_read(user), otherwise=_changed())
        _record(writes, tenant, actor, Action.USER_REACTIVATED, user, after={"account": user.email}, reason=reason)
    return get_user(tenant=tenant, user_id=user_id)


def reset_password(*, tenant: Tenant, actor: Actor, user_id: str, new: str) -> User:
    """Give an open account another password, without the old one: its sessions end, its failed log-ins are forgotten.

    Raises InvalidUserError, OwnAccountError, NoOwnerError, UnknownUserError, RefusedError for a closed account.
    """
    user = get_user(tenant=tenant, user_id=user_id)
    if problem := problem_with_password(new, email=user.email):
        raise InvalidUserError(problem, {"password": problem})
    if not user.active:
        raise RefusedError("This account is closed. Open it first.")
    changes = [
        User.password.set(hash_password(new)),
        User.password_changed_at.set(iso(now())),
        User.sessions_from.set(int(user.sessions_from) + 1),
    ]
    with transaction() as writes:
        _let_others_decide(writes, tenant, actor, user)
        writes.update(user, changes, given=_as_read(user), otherwise=_changed())
        clear(writes, account_counter(tenant.slug, user.email))
        _record(writes, tenant, actor, Action.USER_PASSWORD_RESET, user, after={"account": user.email})
    return get_user(tenant=tenant, user_id=user_id)


def _let_others_decide(writes: Writes, tenant: Tenant, actor: Actor, user: User) -> None:
    """Whoever changes an account is an owner, and it is not their own."""
    if actor.id == user.id:
        raise OwnAccountError
    require_owner(writes, tenant=tenant, actor=actor)


def _as_read(user: User) -> Condition:
    """That nobody changed the account since it was read, as far as a decision rests on it."""
    unchanged: Condition = (User.role == user.role) & (User.active == user.active)
    unchanged &= (User.sessions_from == user.sessions_from) & (User.name == user.name)
    return unchanged


def _changed() -> ChangedMeanwhileError:
    return ChangedMeanwhileError("Somebody else changed this account at the same moment.")


def _refuse_invalid(address: str, name: str, role: str, password: str) -> None:
    problems = _problems({"email": address, "name": name, "role": role})
    if problem := problem_with_password(password, email=address):
        problems["password"] = problem
    if problems:
        raise InvalidUserError(" ".join(problems.values()), problems)


def _problems(given: dict[str, str]) -> dict[str, str]:
    return {field: problem for field, text in given.items() if (problem := PROBLEM_WITH[field](text))}


def _is_email(address: str) -> bool:
    if len(address) > LONGEST_EMAIL:
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _record(writes: Writes, tenant: Tenant, actor: Actor, action: Action, user: User, **change: Any) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="USER",
        target_id=user.id,
        **change,
    )


PROBLEM_WITH: dict[str, Callable[[str], str]] = {
    "email": lambda address: (
        ""
        if _is_email(address)
        else f"The e-mail address looks like name@example.org and has at most {LONGEST_EMAIL} characters."
    ),
    "name": lambda name: problem_with_name(name, longest=LONGEST_NAME),
    "role": lambda role: "" if role in set(Role) else f"The role is one of {', '.join(Role)}.",
}
