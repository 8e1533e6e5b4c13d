"""A walk of the whole portal: two tenants, every role and nobody, on both hosts, with own and with foreign ids.

Views are found by walking the URLconf. What is expected of each is in ``addresses``; one without an entry fails here.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from defiso.accounts.permissions import ROLES, Permission
from defiso.credentials.services import forget_cached_keys
from defiso.tenants.services import forget_cached_tenants
from defiso.web.access import STAFF_AREA
from tests.conftest import every_row
from tests.flows.addresses import ADDRESSES, Address
from tests.flows.world import SHARED_NUMBER, Place, make_place, rows_of
from tests.staff import begin_session_of, browser_at, log_in_as

PORTAL = "defiso.urls.portal"
NOBODY = "nobody"
EVERYONE = [*ROLES, NOBODY]
LOG_IN = "/staff/login"


def views_of(patterns: list[Any], namespace: str = "", route: str = "/") -> Iterator[tuple[str, str, Any]]:
    """(qualified URL name, route, view) of every pattern, however deeply included."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from views_of(pattern.url_patterns, inside, here)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"the address {here} has no name"
            yield namespace + pattern.name, here, pattern.callback


VIEWS = list(views_of(get_resolver(PORTAL).url_patterns))


@pytest.fixture
def places() -> Iterator[tuple[Place, Place]]:
    forget_cached_tenants()
    forget_cached_keys()
    yield make_place("acme"), make_place("globex")
    forget_cached_tenants()
    forget_cached_keys()


def test_every_view_of_the_portal_is_covered_by_the_walk_and_nothing_else_is() -> None:
    assert sorted(name for name, _route, _view in VIEWS) == sorted(ADDRESSES)


@pytest.mark.parametrize(("name", "route", "view"), VIEWS, ids=[name for name, _route, _view in VIEWS])
def test_a_view_asks_for_the_permission_that_the_table_says(name: str, route: str, view: Any) -> None:
    address = ADDRESSES[name]
    in_staff_area = route.startswith(STAFF_AREA)

    assert getattr(view, "permission", None) == address.permission
    assert in_staff_area == hasattr(view, "permission"), "a staff view says whom it is for, a public one needs not"
    assert in_staff_area or address.permission is None


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("way", ["there", "back"])
def test_nobody_gets_anywhere_they_may_not(places: tuple[Place, Place], who: str, way: str) -> None:
    own, other = places if way == "there" else places[::-1]
    wrong: list[str] = []
    for name, address in ADDRESSES.items():
        for method in ("GET", "POST"):
            walker = Walker(own, other, who, name, address, method)
            wrong += walker.on_the_other_host() + walker.with_foreign_objects()
    for method in ("GET", "POST"):  # what changes something comes last
        for name, address in ADDRESSES.items():
            wrong += Walker(own, other, who, name, address, method).at_home()

    assert wrong == []


def test_a_number_that_both_have_shows_each_its_own(places: tuple[Place, Place]) -> None:
    for own, other in (places, places[::-1]):
        staff = log_in_as(own.staff["owner"], own.tenant)
        for page in (
            browser_at(own.tenant).get(f"/certificates/{quote(SHARED_NUMBER)}", follow=True),
            browser_at(own.tenant).get("/certificates/QM-2026-1/credential.json"),
            staff.get(reverse("certificates:detail", args=["QM-2026-1"], urlconf=PORTAL)),
        ):
            text = page.content.decode()
            assert page.status_code == 200
            assert own.name in text
            assert other.name not in text
            assert other.tenant.host not in text


class Walker:
    """One person before one address; each method gives what went wrong, in words."""

    def __init__(self, own: Place, other: Place, who: str, name: str, address: Address, method: str) -> None:
        self.own, self.other, self.who = own, other, who
        self.name, self.address, self.method = name, address, method

    def at_home(self) -> list[str]:
        """Own host and own objects, with everything hostile added that a view might read."""
        before = rows_of(self.other.tenant)
        path = self.path_to(self.own, self.who if self.who != NOBODY else "viewer")
        response = self.send(self.own, f"{path}?tenant={self.other.tenant.slug}", self.hostile_form(), self.cookie())
        wrong = self.compare("at home", response, self.expected_at_home())
        if rows_of(self.other.tenant) != before:
            wrong.append(f"{self} at home: changed rows of the other tenant")
        return wrong + self.leaks("at home", response, self.other)

    def on_the_other_host(self) -> list[str]:
        """The own session carried to the other tenant's host: there it is nobody's."""
        if self.name == "accounts:login":
            return []
        path, cookie = self.path_to(self.other, "owner"), self.cookie()
        before = every_row()
        response = self.send(self.other, path, self.address.form or {}, cookie)
        public = self.expected(self.address.get if self.method == "GET" else self.address.post)
        wrong = self.compare("on the other host", response, public if self.is_public else {302})
        if every_row() != before:
            wrong.append(f"{self} on the other host: wrote something")
        return wrong + self.leaks("on the other host", response, self.own)

    def with_foreign_objects(self) -> list[str]:
        """The other tenant's ids in addresses of the own host."""
        if not self.address.arguments(self.other, "owner"):
            return []
        path, cookie = self.path_to(self.other, "owner"), self.cookie()
        before = every_row()
        response = self.send(self.own, path, self.address.form or {}, cookie)
        allowed = self.address.get if self.method == "GET" else self.address.post
        wrong = self.compare(
            "with foreign objects", response, self.gate() or self.expected(allowed, self.address.foreign)
        )
        if every_row() != before:
            wrong.append(f"{self} with foreign objects: wrote something")
        return wrong + self.leaks("with foreign objects", response, self.other)

    @property
    def is_public(self) -> bool:
        return self.address.permission is None

    def gate(self) -> set[int] | None:
        """What stops this person before the view is reached, if anything does."""
        if self.is_public:
            return None
        if self.who == NOBODY:
            return {302}
        return None if self.address.permission in ROLES[self.who] else {403}

    def expected_at_home(self) -> set[int]:
        return self.gate() or self.expected(self.address.get if self.method == "GET" else self.address.post)

    def expected(self, allowed: frozenset[int] | None, status: int | None = None) -> set[int]:
        if allowed is None:
            return {405}
        return {status} if status else set(allowed)

    def compare(self, where: str, response: Any, expected: set[int]) -> list[str]:
        wrong = []
        if response.status_code not in expected:
            wrong.append(f"{self} {where}: {response.status_code} instead of {sorted(expected)}")
        stopped = not self.is_public and (self.who == NOBODY or where == "on the other host")
        if stopped and not response.get("Location", "").startswith(LOG_IN):
            wrong.append(f"{self} {where}: was not asked to log in")
        return wrong

    def leaks(self, where: str, response: Any, place: Place) -> list[str]:
        """Names that only the other place knows, in the page or its headers."""
        text = response.content.decode() + repr(response.headers)
        secrets = [place.name, place.staff["owner"].email, place.staff["owner"].id, place.batch_id]
        return [f"{self} {where}: shows {secret}" for secret in secrets if secret in text and secret not in self.sent]

    def path_to(self, place: Place, role: str) -> str:
        return reverse(self.name, args=self.address.arguments(place, role), urlconf=PORTAL)

    def hostile_form(self) -> dict[str, str]:
        slug, host = self.other.tenant.slug, self.other.tenant.host
        forged = {
            **{"tenant": slug, "tenant_slug": slug, "slug": slug, "host": host, "PK": f"TENANT#{slug}"},
            **{"SK": f"CERT#{self.other.active}", "GSI1PK": f"DOMAIN#{host}", "user_id": self.other.staff["owner"].id},
            **{"role": "owner", "permission": Permission.MANAGE, "next": f"http://{host}/staff/"},
        }
        return {**forged, **(self.address.form or {})}

    def send(self, place: Place, path: str, form: dict[str, str], cookie: str) -> Any:
        browser = browser_at(place.tenant)
        if cookie:
            browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
        self.sent = path + repr(form)
        headers = {"x-forwarded-host": self.other.tenant.host, "x-tenant": self.other.tenant.slug}
        if self.method == "GET":
            return browser.get(path, headers=headers)
        return browser.post(path, form, headers=headers)

    def cookie(self) -> str:
        """A fresh session of this person at the own tenant; none of nobody."""
        return begin_session_of(self.own.staff[self.who], self.own.tenant) if self.who != NOBODY else ""

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.name}"
