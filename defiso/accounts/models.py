"""Staff, the uniqueness of their e-mail addresses, their sessions, and counts of failed log-ins.

Secrets are here only as hashes: the password by Argon2id, the session cookie by SHA-256.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute

from defiso.core.permissions import Permission, permissions_of
from defiso.store.items import SessionsItem, UsersItem

METADATA = "METADATA"
TEAM = "TEAM"


class User(UsersItem):
    """A member of staff of one tenant: ``PK TENANT#<slug>, SK USER#<id>, GSI1PK EMAIL#<address>``.

    ``sessions_from`` grows when all sessions but one end at once: a session of an earlier number is no session.
    """

    id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    password = UnicodeAttribute()
    active = BooleanAttribute()
    sessions_from = NumberAttribute(default=0)
    created_at = UnicodeAttribute()
    password_changed_at = UnicodeAttribute()

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.role)


class EmailClaim(UsersItem):
    """``SK EMAIL#<address>``: written with its user in one transaction, so an address has one account per tenant."""

    user_id = UnicodeAttribute()


class Team(UsersItem):
    """``SK TEAM``: written anew whenever an owner is taken away; two who do so compete for its ``operation``."""


class SessionEntry(UsersItem):
    """``SK SESSION#<user id>#<hash>``: finds a user's sessions; written and deleted with its Session."""

    user_id = UnicodeAttribute()
    expires_at = UnicodeAttribute()


class Session(SessionsItem):
    """``PK SESSION#<SHA-256 of the cookie>``. ``expires_at`` is also the TTL, but the clock decides."""

    tenant_slug = UnicodeAttribute()
    user_id = UnicodeAttribute()
    number = NumberAttribute()  # the user's ``sessions_from`` when it began
    created_at = UnicodeAttribute()
    seen_at = UnicodeAttribute()  # to within sessions.SEEN_EVERY
    expires_at = TTLAttribute()
    ip = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)

    @property
    def key(self) -> str:
        """The hash that names this session on pages; the cookie cannot be had from it."""
        return self.PK.removeprefix("SESSION#")


class Failures(SessionsItem):
    """``PK FAILURES#<SHA-256>``: failed log-ins by device, typed address or network address, each at one tenant."""

    failures = NumberAttribute()
    locked_until = UnicodeAttribute(null=True)
    expires_at = TTLAttribute()  # forgotten then, by the clock


def user_key(user_id: str) -> str:
    return f"USER#{user_id}"


def email_key(address: str) -> str:
    return f"EMAIL#{address}"


def session_key(cookie_hash: str) -> str:
    return f"SESSION#{cookie_hash}"


def entry_key(user_id: str, cookie_hash: str = "") -> str:
    return f"SESSION#{user_id}#{cookie_hash}"
