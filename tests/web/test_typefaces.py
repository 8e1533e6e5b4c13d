"""The typefaces of the browser tests are those of their packages, and the extreme ones are extreme."""

import pytest

from tests.typefaces import GENERIC, NARROW, WIDE, misfits

SAMPLE = "Certification body of Acme"
WIDTH_IN_DEJAVU_SANS_BOLD = 240  # px at 16 px, as Chromium measures it
WIDTH_OF = """([font, text]) => {
    const context = document.createElement("canvas").getContext("2d");
    context.font = font;
    return context.measureText(text).width;
}"""


def test_the_wide_face_is_wider_than_dejavus_bold_and_the_narrow_one_much_narrower_than_the_usual(gallery):
    page = gallery().new_page()

    wide, narrow, usual = (
        page.evaluate(WIDTH_OF, [f"16px '{family}'", SAMPLE]) for family in (WIDE, NARROW, GENERIC["sans-serif"])
    )

    assert wide > WIDTH_IN_DEJAVU_SANS_BOLD
    assert narrow < 0.8 * usual


@pytest.mark.parametrize(("generic", "family"), GENERIC.items())
def test_a_generic_face_is_a_packages(gallery, generic, family):
    page = gallery().new_page()

    assert page.evaluate(WIDTH_OF, [f"16px {generic}", SAMPLE]) == page.evaluate(WIDTH_OF, [f"16px '{family}'", SAMPLE])


def test_a_face_of_the_machine_alone_is_not_found(gallery):
    page = gallery().new_page()

    unknown = page.evaluate(WIDTH_OF, ["16px 'No such face', serif", SAMPLE])

    assert page.evaluate(WIDTH_OF, ["16px 'DejaVu Sans', serif", SAMPLE]) == unknown


def test_a_box_that_needs_a_narrow_face_is_found(gallery):
    page = gallery().new_page()
    page.goto("/landing")
    page.evaluate(
        """() => {
            const box = Object.assign(document.createElement("p"), {textContent: "Certification body of Acme"});
            box.style.whiteSpace = "nowrap";
            box.style.width = "240px";
            document.querySelector("main").append(box);
        }"""
    )

    found = misfits(page)

    assert len(found) == 5
    assert all("in Unbounded" in complaint for complaint in found)
