"""Who may do what: the names of permissions, and which role has which, as one table. Pure.

Views and acts name a permission, never a role; ``accounts.middleware`` refuses whoever lacks it.
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    VIEW = "VIEW"  # see certificates, drafts and the dashboard
    PREPARE = "PREPARE"  # draft and edit
    DECIDE = "DECIDE"  # issue and restore
    SUSPEND = "SUSPEND"
    WITHDRAW = "WITHDRAW"
    READ_AUDIT = "READ_AUDIT"
    READ_CHAIN = "READ_CHAIN"  # batches and their transactions
    MANAGE = "MANAGE"  # team and settings


class Role(StrEnum):
    OWNER = "owner"
    ISSUER = "issuer"
    DECISION_MAKER = "decision_maker"
    AUDITOR = "auditor"
    VIEWER = "viewer"


_EVERYBODY = {Permission.VIEW, Permission.READ_CHAIN}


ROLES: Mapping[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ISSUER: frozenset({*_EVERYBODY, Permission.PREPARE, Permission.SUSPEND}),
    Role.DECISION_MAKER: frozenset({*_EVERYBODY, Permission.DECIDE, Permission.SUSPEND, Permission.WITHDRAW}),
    Role.AUDITOR: frozenset({*_EVERYBODY, Permission.READ_AUDIT}),
    Role.VIEWER: frozenset(_EVERYBODY),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a stored role; none at all for a role this version does not know."""
    return ROLES.get(role, frozenset())
