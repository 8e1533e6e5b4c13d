"""The one box of the registry: a number leads to its page, to a choice of bodies, or to what its absence may mean."""

import re

import pytest

from defiso.certificates.states import Status
from defiso.store.connection import counted_calls
from defiso.tenants.models import Tenant
from tests.anchoring.anvil import Anvil
from tests.certificates.making import make_certificate
from tests.conftest import every_row
from tests.issuing import anchor_everything, issue
from tests.staff import browser_at

Bodies = tuple[Tenant, Tenant]


@pytest.mark.parametrize("typed", ["FM 12345/A", "fm-12345-a", "  FM  12345 a "])
def test_a_number_of_one_body_leads_to_its_page_however_it_is_typed(bodies: Bodies, anvil: Anvil, typed: str) -> None:
    issue(bodies[0], number="FM 12345/A")
    anchor_everything()

    with counted_calls() as calls:
        answer = browser_at(None).get("/certificates/", {"number": typed})

    address = "http://acme.localhost:8000/certificates/FM-12345-A"
    assert answer.status_code == 200
    assert answer["Refresh"] == f"0; url={address}"
    assert f'href="{address}"' in answer.content.decode()
    assert "Acme Certification" in answer.content.decode()
    assert calls == ["Query"]


def test_a_number_that_several_bodies_have_is_a_choice_between_them(bodies: Bodies, anvil: Anvil) -> None:
    issue(bodies[0], number="FM 12345/A")
    issue(bodies[1], number="fm-12345-a")
    anchor_everything()

    page = browser_at(None).get("/certificates/", {"number": "FM 12345/A"})

    text = page.content.decode()
    assert page.status_code == 200
    addresses = re.findall(r'href="(http://\w+\.localhost:8000/certificates/[^"]+)"', text)
    assert sorted(addresses) == [f"http://{slug}.localhost:8000/certificates/FM-12345-A" for slug in ("acme", "globex")]
    assert all(body.name in text for body in bodies)
    assert "Refresh" not in page


def test_a_number_that_nobody_shows_is_a_page_on_what_that_may_mean(bodies: Bodies, anvil: Anvil) -> None:
    make_certificate(bodies[0], status=Status.DRAFT, number="FM-DRAFT")
    issue(bodies[0], number="FM-HIDDEN", confidential=True, confidentialityReason="National security")
    anchor_everything()
    stored = every_row()

    for number in ("FM-NOBODY", "FM-DRAFT", "FM-HIDDEN"):
        page = browser_at(None).get("/certificates/", {"number": number})

        text = page.content.decode()
        assert page.status_code == 404
        assert all(word in text for word in ("not been entered yet", "confidential", "never issued", "How to ask"))
    assert every_row() == stored


@pytest.mark.parametrize("typed", ["", "   ", "///", "x" * 5000])
def test_what_is_no_number_is_answered_and_never_an_error(bodies: Bodies, typed: str) -> None:
    page = browser_at(None).get("/certificates/", {"number": typed})

    assert page.status_code in (404, 422)


def test_a_number_cannot_smuggle_markup_or_another_host(bodies: Bodies) -> None:
    for typed in ("<script>alert(1)</script>", "//evil.example/x", "https://evil.example", "\r\nLocation: x"):
        page = browser_at(None).get("/certificates/", {"number": typed})

        assert page.status_code == 404
        assert "<script>alert" not in page.content.decode()


def test_the_landing_page_and_a_bodys_home_have_the_box(bodies: Bodies) -> None:
    landing, home = browser_at(None).get("/").content.decode(), browser_at(bodies[0]).get("/").content.decode()

    for text in (landing, home):
        assert 'action="/certificates/"' in text
        assert 'name="number"' in text
    assert "Acme Certification" in home
    assert "Acme" not in landing


def test_a_bodys_own_box_leads_to_its_own_page_only(bodies: Bodies, anvil: Anvil) -> None:
    issue(bodies[1], number="FM 12345/A")
    anchor_everything()

    answer = browser_at(bodies[0]).get("/certificates/", {"number": "FM 12345/A"}, follow=True)

    assert answer.redirect_chain == [("/certificates/FM-12345-A", 302)]
    assert answer.status_code == 404
    assert "Acme Certification has no public certificate" in answer.content.decode()


def test_who_a_body_says_to_ask_is_shown_with_the_missing_number(bodies: Bodies) -> None:
    page = browser_at(bodies[0]).get("/certificates/FM-NOBODY").content.decode()

    assert "How to ask" in page
    assert "at an address you found yourself" in page
