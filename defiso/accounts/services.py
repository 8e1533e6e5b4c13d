"""Staff accounts: making them, changing their role, closing them. Effective at the very next request.

Proving who somebody is lives in ``authentication``, what follows from it in ``sessions``.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from defiso.accounts.addresses import LONGEST_EMAIL, normalise_email
from defiso.accounts.errors import EmailInUseError, InvalidUserError, OwnAccountError, UnknownUserError
from defiso.accounts.models import EmailClaim, User, email_key, user_key
from defiso.accounts.passwords import hash_password, problem_with_password
from defiso.audit.actors import Actor
from defiso.audit.services import record_event
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
        _record(writes, tenant, actor, "user.created", user, after={"email": address, "name": name, "role": role})
    return user


def get_user(*, tenant: Tenant, user_id: str) -> User:
    """A member of this tenant's staff. Raises UnknownUserError."""
    user = User.find(tenant_key(tenant.slug), user_key(user_id), consistent=True)
    if user is None:
        raise UnknownUserError
    return user


def change_role(*, tenant: Tenant, actor: Actor, user_id: str, role: str) -> User:
    """Give somebody else another role. Raises OwnAccountError, so that one owner always remains."""
    if role not in set(Role):
        raise InvalidUserError("There is no such role.", {"role": "Choose one of the roles."})
    user = _somebody_else(tenant, actor, user_id)
    before, after = {"role": user.role}, {"role": role, "account": user.email}
    with transaction() as writes:
        given = User.role == user.role
        writes.update(user, [User.role.set(role)], given=given, otherwise=_changed())
        _record(writes, tenant, actor, "user.role_changed", user, before=before, after=after)
    return get_user(tenant=tenant, user_id=user_id)


def deactivate_user(*, tenant: Tenant, actor: Actor, user_id: str, reason: str) -> User:
    """Close somebody else's account: no log-in, and no session of theirs holds from now on."""
    user = _somebody_else(tenant, actor, user_id)
    actions = [User.active.set(False), User.sessions_from.set(int(user.sessions_from) + 1)]
    with transaction() as writes:
        given = (User.active == True) & (User.sessions_from == user.sessions_from)  # noqa: E712
        writes.update(user, actions, given=given, otherwise=RefusedError("This account is closed already."))
        _record(writes, tenant, actor, "user.deactivated", user, after={"account": user.email}, reason=reason)
    return get_user(tenant=tenant, user_id=user_id)


def reactivate_user(*, tenant: Tenant, actor: Actor, user_id: str, reason: str) -> User:
    """Open a closed account again, with the password it had."""
    user = _somebody_else(tenant, actor, user_id)
    with transaction() as writes:
        given = User.active == False  # noqa: E712
        writes.update(
            user, [User.active.set(True)], given=given, otherwise=RefusedError("This account is open already.")
        )
        _record(writes, tenant, actor, "user.reactivated", user, after={"account": user.email}, reason=reason)
    return get_user(tenant=tenant, user_id=user_id)


def _somebody_else(tenant: Tenant, actor: Actor, user_id: str) -> User:
    if actor.id == user_id:
        raise OwnAccountError
    return get_user(tenant=tenant, user_id=user_id)


def _changed() -> ChangedMeanwhileError:
    return ChangedMeanwhileError("Somebody else changed this account at the same moment.")


def _refuse_invalid(address: str, name: str, role: str, password: str) -> None:
    problems = {}
    if len(address) > LONGEST_EMAIL or not _is_email(address):
        problems["email"] = (
            f"The e-mail address looks like name@example.org and has at most {LONGEST_EMAIL} characters."
        )
    if not 1 <= len(name) <= LONGEST_NAME:
        problems["name"] = f"The name has 1 to {LONGEST_NAME} characters."
    if role not in set(Role):
        problems["role"] = f"The role is one of {', '.join(Role)}."
    if problem := problem_with_password(password, email=address):
        problems["password"] = problem
    if problems:
        raise InvalidUserError(" ".join(problems.values()), problems)


def _is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _record(writes: Writes, tenant: Tenant, actor: Actor, action: str, user: User, **change: Any) -> None:
    record_event(
        writes,
        tenant_slug=tenant.slug,
        actor=actor,
        action=action,
        target_kind="USER",
        target_id=user.id,
        **change,
    )
