"""A tenant's owners: one always remains, also when two people take away the last two at the same moment."""

from defiso.accounts.errors import LastOwnerError, NoOwnerError
from defiso.accounts.models import TEAM, Team, User, user_key
from defiso.audit.actors import Actor
from defiso.core.errors import ChangedMeanwhileError
from defiso.core.permissions import Role
from defiso.store.keys import tenant_key
from defiso.store.transactions import Writes
from defiso.tenants.models import Tenant

CHANGED = "Somebody else changed the team at the same moment. Look at it again before you go on."


def keep_an_owner(writes: Writes, *, tenant: Tenant, user: User) -> None:
    """Make the transaction, which takes away the owner ``user``, rest on another active one. Raises LastOwnerError.

    The team's row is read before the owners and written after: of two who saw the same owners, one is refused.
    """
    team = Team.find(tenant_key(tenant.slug), TEAM, consistent=True)
    active = (User.role == Role.OWNER) & (User.active == True)  # noqa: E712  an expression for the store
    owners = User.query(tenant_key(tenant.slug), User.SK.startswith("USER#"), active, consistent_read=True)
    if all(owner.id == user.id for owner in owners):
        raise LastOwnerError
    unchanged = Team.operation == team.operation if team else Team.PK.does_not_exist()
    writes.put(Team(tenant_key(tenant.slug), TEAM), given=unchanged, otherwise=ChangedMeanwhileError(CHANGED))


def require_owner(writes: Writes, *, tenant: Tenant, actor: Actor) -> None:
    """Make the transaction rest on the person who asked being an owner still; operators are none and need not be."""
    if actor.kind != "user":
        return
    given = (User.role == Role.OWNER) & (User.active == True)  # noqa: E712
    writes.check(User, tenant_key(tenant.slug), user_key(actor.id), given=given, otherwise=NoOwnerError())


def is_active_owner(user: User) -> bool:
    return bool(user.active and user.role == Role.OWNER)
