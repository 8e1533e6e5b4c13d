"""Every address of the portal by URL name: who may go there, with what in it, and what a form there looks like.

A new view needs an entry here, or the walk in ``test_tenant_isolation`` fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from defiso.accounts.permissions import Permission
from defiso.core.clock import today
from tests.flows.world import Place
from tests.staff import PASSWORD

Arguments = Callable[[Place, str], list[str]]
Form = dict[str, str]


@dataclass(frozen=True)
class Address:
    """``permission`` None is public. ``arguments`` takes a place and the role of whoever asks.

    ``get`` and ``post`` are what a person with the permission is answered, for objects of their own; None where the
    method is refused with 405. ``foreign`` is the answer when the objects are another tenant's.
    """

    permission: Permission | None = None
    arguments: Arguments = lambda place, role: []
    get: frozenset[int] | None = frozenset({200})
    post: frozenset[int] | None = None
    form: Form | None = None
    foreign: int = 404


DONE = frozenset({302})
CHANGED_OR_REFUSED = frozenset({302, 409, 422})  # the walk meets an object in whatever state earlier steps left it
REASON = {"reason": "Walked through by a test.", "version": "1"}
REVIEW = {"review_on": (today() + timedelta(days=30)).isoformat()}
P = Permission


def active(place: Place, role: str) -> list[str]:
    return [place.active]


def suspended(place: Place, role: str) -> list[str]:
    return [place.suspended]


def draft(place: Place, role: str) -> list[str]:
    return [place.draft]


def batch(place: Place, role: str) -> list[str]:
    return [place.batch_id]


def session(place: Place, role: str) -> list[str]:
    return [place.another_session(role)]


ADDRESSES: dict[str, Address] = {
    "healthz": Address(get=frozenset({200, 503})),
    "theme": Address(get=frozenset({200, 404})),
    "portal:home": Address(),
    "credentials:did": Address(),
    "credentials:profile": Address(),
    "verification:lookup": Address(),
    "verification:certificate": Address(arguments=active),
    "verification:verdict": Address(arguments=active),
    "verification:credential": Address(arguments=active),
    "verification:proof": Address(arguments=active),
    "accounts:login": Address(
        get=frozenset({200, 302}),
        post=frozenset({302, 422}),
        form={"email": "owner@acme.example", "password": PASSWORD},
    ),
    "accounts:logout": Address(P.VIEW, get=None, post=DONE),
    "accounts:password": Address(
        P.VIEW,
        post=frozenset({302, 422}),
        form={"current": PASSWORD, "new": "a different set of words", "repeated": "a different set of words"},
    ),
    "accounts:sessions": Address(P.VIEW),
    "accounts:revoke": Address(P.VIEW, arguments=session, get=None, post=DONE),
    "accounts:revoke_others": Address(P.VIEW, get=None, post=DONE),
    "audit:list": Address(P.READ_AUDIT),
    "staff:dashboard": Address(P.VIEW),
    "certificates:list": Address(P.VIEW),
    "certificates:new": Address(P.PREPARE, post=frozenset({302, 422}), form={"number": "WALK-1"}),
    "certificates:detail": Address(P.VIEW, arguments=active),
    "certificates:edit": Address(P.PREPARE, arguments=draft, post=CHANGED_OR_REFUSED, form={"number": "WALK-2"}),
    "certificates:issue": Address(P.DECIDE, arguments=draft, post=CHANGED_OR_REFUSED, form=REASON),
    "certificates:suspend": Address(P.SUSPEND, arguments=active, post=CHANGED_OR_REFUSED, form=REASON | REVIEW),
    "certificates:restore": Address(P.DECIDE, arguments=suspended, post=CHANGED_OR_REFUSED, form=REASON),
    "certificates:withdraw": Address(P.WITHDRAW, arguments=active, post=CHANGED_OR_REFUSED, form=REASON),
    "anchoring:batches": Address(P.READ_CHAIN),
    "anchoring:batch": Address(P.READ_CHAIN, arguments=batch),
}
