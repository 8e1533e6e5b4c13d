"""Which certificates are a client's: one row a certificate, in every state, as lists show it.

A projection of heads, written by ``certificates.joining`` and moved when two clients are merged. Never a decision's
ground: whoever acts on a certificate reads its head.
"""

from collections.abc import Iterable
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from defiso.organisations.errors import ClientChangedError
from defiso.store.items import CertificatesItem, WholeNumber
from defiso.store.keys import tenant_key
from defiso.store.pages import Page, fetch_page
from defiso.store.transactions import Writes

LISTED = 50
NO_DATE = "none"  # sorts after every date


class Member(CertificatesItem):
    """``SK MEMBER#<slug of number>, GSI3PK TENANT#<slug>#CLIENT#<slug>, GSI3SK EXPIRY#<date>#<slug of number>``.

    ``joined`` is the id of the event by which it became this client's; ``came_from`` the client it was moved from when
    the two were merged; ``issued_at`` when its newest revision was issued. The other columns are the head's, as of
    ``version``.
    """

    client = UnicodeAttribute()
    joined = UnicodeAttribute()
    came_from = UnicodeAttribute(null=True)
    generation = UnicodeAttribute(attr_name="gen")
    version = WholeNumber()
    revision = WholeNumber()
    issued_at = UnicodeAttribute(null=True)
    number = UnicodeAttribute()
    status = UnicodeAttribute()
    review_on = UnicodeAttribute(null=True)
    organisation_name = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    standard_code = UnicodeAttribute()
    standard_title = UnicodeAttribute()
    expires_on = UnicodeAttribute(null=True)
    surveillance_due = UnicodeAttribute(null=True)
    confidential = BooleanAttribute(default=False)

    @property
    def slug(self) -> str:
        return str(self.SK).removeprefix(member_key(""))


def member_key(number_slug: str) -> str:
    return f"MEMBER#{number_slug}"


def client_partition(tenant_slug: str, client_slug: str) -> str:
    return f"TENANT#{tenant_slug}#CLIENT#{client_slug}"


def list_members(tenant_slug: str, client: str, *, cursor: str | None = None, size: int = LISTED) -> Page[Member]:
    """A client's certificates with the columns of lists, the next to expire first: one query."""
    return fetch_page(
        Member.GSI3,
        client_partition(tenant_slug, client),
        scope=f"{tenant_slug}:members:{client}",
        cursor=cursor,
        size=size,
    )


def make_member(tenant_slug: str, number_slug: str, client: str, **columns: Any) -> Member:
    member = Member(tenant_key(tenant_slug), member_key(number_slug), client=client, **columns)
    set_partition(member, tenant_slug)
    return member


def moved(member: Member, tenant_slug: str, *, to: str, came_from: str | None) -> Member:
    fresh = Member(**{**member.attribute_values, "client": to, "came_from": came_from})
    set_partition(fresh, tenant_slug)
    return fresh


def set_partition(member: Member, tenant_slug: str) -> None:
    member.GSI3PK = client_partition(tenant_slug, member.client)
    member.GSI3SK = f"EXPIRY#{member.expires_on or NO_DATE}#{member.slug}"


def write_members(writes: Writes, members: Iterable[Member]) -> None:
    """Each unless a later version of its certificate is there already, and all only if their clients are."""
    members = list(members)
    for member in members:
        not_later = (
            Member.PK.does_not_exist() | (Member.generation != member.generation) | (Member.version <= member.version)
        )
        writes.put(member, given=not_later, otherwise=ClientChangedError(member.number))
