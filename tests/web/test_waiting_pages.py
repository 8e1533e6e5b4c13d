"""A page that waits for the blockchain looks again ever more seldom, and in the end says so and stops."""

import re

import pytest
from playwright.sync_api import expect

LOOK = re.compile(r"/staff/certificates/")
LATER = "[data-look-later]"


@pytest.fixture
def waiting(gallery):
    """The page of a certificate that is never anchored, with a clock of the test's, and the seconds of each look."""
    context = gallery()
    page = context.new_page()
    page.clock.install(time=0)
    looks = []
    page.on("request", lambda request: looks.append(request.url) if LOOK.search(request.url) else None)
    return context, page, looks


def pass_time(page, seconds):
    """A second at a time, so that every answer arrives before the clock goes on."""
    for _ in range(seconds):
        page.clock.run_for(1000)


@pytest.mark.parametrize("status", [204, 503])
def test_it_looks_often_at_first_then_seldom_then_not_at_all(waiting, status):
    context, page, looks = waiting
    context.route(LOOK, lambda route: route.fulfill(status=status))
    page.goto("/pending")
    counts = []

    for seconds in (12, 60, 540, 3600):
        pass_time(page, seconds) if seconds < 3600 else page.clock.fast_forward(3600_000)
        counts.append(len(looks))

    assert 3 <= counts[0] <= 6
    assert counts[1] - counts[0] <= 6
    assert counts[2] == counts[3] <= 16
    expect(page.locator(LATER)).to_be_visible()
    expect(page.locator(LATER)).to_contain_text("Look again later")


def test_while_it_looks_nothing_says_that_it_has_stopped(waiting):
    context, page, looks = waiting
    context.route(LOOK, lambda route: route.fulfill(status=204))
    page.goto("/pending")

    pass_time(page, 30)

    assert looks
    expect(page.locator(LATER)).to_be_hidden()


def test_nobody_looks_for_a_page_that_nobody_sees(waiting):
    context, page, looks = waiting
    context.route(LOOK, lambda route: route.fulfill(status=204))
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => window.away !== false})")
    page.goto("/pending")
    pass_time(page, 30)
    unseen = len(looks)

    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    pass_time(page, 1)

    assert unseen == 0
    assert len(looks) == 1
