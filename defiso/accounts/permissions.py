"""Which role may do what: the one table. Views name a permission, never a role."""

from collections.abc import Mapping
from enum import StrEnum

from defiso.web.access import Permission

__all__ = ["ROLES", "Permission", "Role", "permissions_of"]


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
