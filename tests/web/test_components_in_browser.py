"""The sample pages in a browser: readable to axe, walkable by keyboard, whole without scripts, one sheet on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.typefaces import misfits
from tests.web.gallery import HASH, PAGES, draw_poll

VIEWS = [
    pytest.param({"width": 1280, "color_scheme": "light"}, id="wide-light"),
    pytest.param({"width": 390, "color_scheme": "dark"}, id="phone-dark"),
]


@pytest.mark.parametrize("view", VIEWS)
def test_no_sample_page_breaks_the_policy_or_fails_axe(gallery, view):
    context = gallery(**view)
    names = [name for name in PAGES if not name.startswith("error-") or name == "error-404"]  # they share a template
    complaints = {name: found for name in names if (found := complaints_of(context, name))}

    assert complaints == {}


def complaints_of(context, name):
    page = context.new_page()
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.goto(f"/{name}")
    found += [rule["id"] for rule in Axe().run(page).response["violations"]]
    page.close()
    return found


def test_no_sample_page_rests_on_the_width_of_a_typeface(gallery):
    page = gallery().new_page()
    found = {}

    for name in PAGES:
        page.goto(f"/{name}")
        found[name] = misfits(page)

    assert {name: boxes for name, boxes in found.items() if boxes} == {}


def test_the_answer_the_organisation_and_the_dates_fit_a_phones_first_screen(gallery):
    page = gallery(width=390, height=844).new_page()
    page.goto("/valid")

    for selector in (".banner", ".certificate-organisation", ".dates"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 844


def test_j_and_k_walk_the_rows_and_enter_opens_one(gallery):
    page = gallery().new_page()
    page.goto("/staff-list")

    for key in "jjk":
        page.keyboard.press(key)
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    assert first == "ISO9001-2024-ABC120"
    page.wait_for_url("**#ISO9001-2024-ABC121")


def test_j_in_a_text_box_is_just_a_letter(gallery):
    page = gallery().new_page()
    page.goto("/staff-form")

    page.fill("#id_client_id", "")
    page.type("#id_client_id", "jk")

    assert page.input_value("#id_client_id") == "jk"


def test_copying_a_code_gives_all_of_it(gallery):
    page = gallery(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto("/components")

    page.click("[data-copy]")

    assert page.evaluate("navigator.clipboard.readText()") == HASH
    assert page.get_attribute("[data-copy]", "aria-label") == "Copied"


def test_a_wrong_form_moves_the_focus_to_what_needs_correcting(gallery):
    page = gallery().new_page()

    page.goto("/staff-form")

    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click("text=Legal name: This field is required.")
    assert page.evaluate("document.activeElement.id") == "id_legal_name"


def test_the_rail_folds_into_a_menu_on_a_phone_and_escape_closes_it(gallery):
    page = gallery(width=390).new_page()
    page.goto("/staff-list")

    assert not page.is_visible("nav.rail >> text=Dashboard")
    page.click(".rail-menu summary")
    assert page.is_visible(".rail-menu >> text=Dashboard")
    page.keyboard.press("Escape")
    assert not page.is_visible(".rail-menu >> text=Dashboard")


def test_without_javascript_the_evidence_opens_and_no_dead_button_shows(gallery):
    page = gallery(java_script_enabled=False).new_page()
    page.goto("/valid")

    page.click("summary")

    assert page.is_visible("text=Credential digest")
    assert not page.is_visible("button.copy")


def test_a_pending_certificate_turns_valid_by_itself_and_stops_asking(gallery):
    context = gallery()
    asked = []
    context.route(re.compile(r"/staff/certificates/"), lambda route: (asked.append(1), answer_poll(route, len(asked))))
    page = context.new_page()
    page.goto("/pending")

    page.click("summary")
    page.wait_for_selector('[data-overall="valid"]', timeout=15_000)
    page.wait_for_timeout(2500)

    assert len(asked) == 3
    assert page.get_attribute('[data-verdict="anchor"]', "data-result") == "pass"
    assert page.is_visible("#anchor-facts >> text=Merkle root")


def answer_poll(route, times):
    """Nothing new, then the same again in full, then anchored."""
    if times == 1:
        route.fulfill(status=204)
    else:
        route.fulfill(body=draw_poll("valid" if times == 3 else "pending"), content_type="text/html")


def test_a_printed_certificate_is_one_sheet_with_every_code_in_full(gallery):
    page = gallery(color_scheme="dark").new_page()
    page.goto("/valid")

    sheet = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert re.findall(rb"/Count (\d+)", sheet) == [b"1"]
    assert page.is_visible(f".code-full >> text={HASH}")
    assert not page.is_visible("nav")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light only"


def test_every_target_is_large_enough_to_touch(gallery):
    page = gallery(width=390).new_page()
    small = []

    for name in ("landing", "staff-list", "components", "staff-form", "not-found"):
        page.goto(f"/{name}")
        for control in page.locator("nav a:visible, button:visible, summary:visible, .field input:visible").all():
            box = control.bounding_box()
            if box and (box["height"] < 24 or box["width"] < 24):
                small.append((name, control.inner_text(), box))

    assert small == []
