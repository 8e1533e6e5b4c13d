"""A walk of the whole portal: two tenants, every role and nobody, on both hosts, with own and with foreign ids.

Views are found by walking the URLconf. What is expected of each is in ``addresses``; one without an entry fails here.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from defiso.core.permissions import Role
from defiso.web.access import STAFF_AREA
from tests.flows.addresses import ADDRESSES
from tests.flows.walking import NOBODY, PORTAL, Walker
from tests.flows.world import SHARED_NUMBER, Place, make_place
from tests.staff import browser_at, log_in_as


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
def places() -> tuple[Place, Place]:
    return make_place("acme"), make_place("globex")


def test_every_view_of_the_portal_is_covered_by_the_walk_and_nothing_else_is() -> None:
    assert sorted(name for name, _route, _view in VIEWS) == sorted(ADDRESSES)


@pytest.mark.parametrize(("name", "route", "view"), VIEWS, ids=[name for name, _route, _view in VIEWS])
def test_a_view_asks_for_the_permission_that_the_table_says(name: str, route: str, view: Any) -> None:
    in_staff_area = route.startswith(STAFF_AREA)

    assert getattr(view, "permission", None) == ADDRESSES[name].permission
    assert in_staff_area == hasattr(view, "permission"), "a staff view says whom it is for, a public one needs not"


@pytest.mark.parametrize("who", [*Role, NOBODY])
@pytest.mark.parametrize("way", ["acme", "globex"])
def test_nobody_gets_anywhere_they_may_not(places: tuple[Place, Place], who: str, way: str) -> None:
    own, other = places if way == "acme" else places[::-1]
    walker = Walker(own, other, who)

    assert walker.walk_abroad() == []
    assert walker.walk_at_home() == []


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
