"""One person's walk through every address of the portal, and what went wrong on it, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from defiso.core.permissions import ROLES, Permission
from tests.conftest import every_row
from tests.flows.addresses import ADDRESSES, Address
from tests.flows.world import Place, keys_that_differ, rows_of
from tests.staff import begin_session_of, browser_at

PORTAL = "defiso.urls.portal"
NOBODY = "nobody"
LOG_IN = "/staff/login"
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Step:
    """A request, what it must be answered, and the place whose secrets the answer must not show."""

    name: str
    host: Place
    method: str
    path: str
    form: dict[str, str]
    expected: int
    asked_to_log_in: bool
    secrets_of: Place


class Walker:
    """A member of the staff of ``own``, by role, or nobody, with ``other`` being the tenant they are not of."""

    def __init__(self, own: Place, other: Place, who: str) -> None:
        self.own, self.other, self.who = own, other, who

    def walk_abroad(self) -> list[str]:
        """The own session on the other tenant's host, and the other's objects on the own host: nothing is written."""
        cookie = self._cookie()
        steps = [*self._on_the_other_host(), *self._with_foreign_objects()]
        before = every_row()
        wrong = [complaint for step in steps for complaint in self._take(step, cookie)]
        return wrong + [f"{self.who} abroad wrote {key}" for key in keys_that_differ(before, every_row())]

    def walk_at_home(self) -> list[str]:
        """Own host and own objects, with everything hostile added: nothing of the other tenant is written."""
        before = rows_of(self.other.tenant)
        wrong = [complaint for step in self._at_home() for complaint in self._take(step, self._cookie())]
        changed = keys_that_differ(before, rows_of(self.other.tenant))
        return wrong + [f"{self.who} at home wrote the other tenant's {key}" for key in changed]

    def _on_the_other_host(self) -> Iterator[Step]:
        for name, address in ADDRESSES.items():
            path = _path(name, address, self.other, "owner")
            for method in METHODS:
                if (name, method) == ("accounts:login", "POST"):
                    continue  # anybody may log in anywhere, with that tenant's account
                public = address.permission is None
                expected = _answer(address, method) if public else 302
                form = address.form(self.other)
                yield Step(name, self.other, method, path, form, expected, not public, self.own)

    def _with_foreign_objects(self) -> Iterator[Step]:
        for name, address in ADDRESSES.items():
            if not address.arguments(self.other, "owner") or address.each_has_one:
                continue
            path = _path(name, address, self.other, "owner")
            for method in METHODS:
                expected = self._stopped_with(address) or (404 if _answer(address, method) != 405 else 405)
                stopped = address.permission is not None and self.who == NOBODY
                yield Step(name, self.own, method, path, address.form(self.other), expected, stopped, self.other)

    def _at_home(self) -> Iterator[Step]:
        role = self.who if self.who != NOBODY else "viewer"
        for method in METHODS:
            for name, address in ADDRESSES.items():
                path = f"{_path(name, address, self.own, role)}?tenant={self.other.tenant.slug}"
                form = self._hostile() | address.form(self.own)
                expected = self._stopped_with(address) or _answer(address, method)
                if (name, method) == ("accounts:login", "GET") and self.who != NOBODY:
                    expected = 302  # on to the staff area: there is a session already
                stopped = address.permission is not None and self.who == NOBODY
                yield Step(name, self.own, method, path, form, expected, stopped, self.other)

    def _take(self, step: Step, cookie: str) -> list[str]:
        browser = browser_at(step.host.tenant)
        if cookie:
            browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
        headers = {"x-forwarded-host": self.other.tenant.host, "x-tenant": self.other.tenant.slug}
        send: Any = browser.get if step.method == "GET" else browser.post
        response = send(step.path, *([step.form] if step.method == "POST" else []), headers=headers)
        here = f"{self.who} {step.method} {step.name} at {step.host.tenant.slug}"
        wrong = []
        if response.status_code != step.expected:
            wrong.append(f"{here}: {response.status_code} instead of {step.expected}")
        if step.asked_to_log_in and not response.get("Location", "").startswith(LOG_IN):
            wrong.append(f"{here}: was not asked to log in")
        text = response.getvalue().decode(errors="replace") + repr(response.headers)
        sent = step.path + repr(step.form)
        return wrong + [
            f"{here}: shows {one}" for one in _secrets_of(step.secrets_of) if one in text and one not in sent
        ]

    def _stopped_with(self, address: Address) -> int | None:
        """What stops this person before the view is reached, if anything does."""
        if address.permission is None:
            return None
        if self.who == NOBODY:
            return 302
        return None if address.permission in ROLES[self.who] else 403

    def _hostile(self) -> dict[str, str]:
        """What somebody might add to any form in the hope that a view reads it."""
        slug, host = self.other.tenant.slug, self.other.tenant.host
        return {
            **{"tenant": slug, "tenant_slug": slug, "slug": slug, "host": host, "next": f"http://{host}/staff/"},
            **{"PK": f"TENANT#{slug}", "SK": f"CERT#{self.other.number('shown')}", "GSI1PK": f"DOMAIN#{host}"},
            **{"user_id": self.other.staff["owner"].id, "role": "owner", "permission": Permission.MANAGE},
        }

    def _cookie(self) -> str:
        """A fresh session of this person at the own tenant; none of nobody."""
        return begin_session_of(self.own.staff[self.who], self.own.tenant) if self.who != NOBODY else ""


def _path(name: str, address: Address, place: Place, role: str) -> str:
    return reverse(name, args=address.arguments(place, role), urlconf=PORTAL)


def _answer(address: Address, method: str) -> int:
    return (address.get if method == "GET" else address.post) or 405


def _secrets_of(place: Place) -> list[str]:
    return [place.name, place.batch_id, place.staff["owner"].email, place.staff["owner"].id, place.tenant.name]
