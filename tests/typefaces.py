"""The typefaces of the browser tests, the same on every machine, and whether a page fits the screen in extreme ones.

Fontconfig is told of these packages' files alone, so nothing that a machine has or lacks changes a test or a picture.
"""

from importlib.resources import files
from pathlib import Path

import fontpkg
from playwright.sync_api import Page

# What pages are drawn with, by the generic name that fontconfig answers with it.
GENERIC = {"sans-serif": "Noto Sans", "serif": "Noto Serif", "monospace": "Roboto Mono"}
NARROW = "PT Sans Narrow"
WIDE = "Unbounded"  # wider than even the bold of DejaVu, the widest that systems come with
WIDTHS = (320, 390, 700, 840, 1280)  # WCAG 1.4.10's, a phone's, beside the places where layouts change, a desk's

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
{preferences}
</fontconfig>
"""
PREFERENCE = "<alias><family>{generic}</family><prefer><family>{family}</family></prefer></alias>"

SET_FACE = """face => document.querySelectorAll("[lang]").forEach(
    element => ["--sans", "--serif", "--mono"].forEach(
        token => face ? element.style.setProperty(token, `"${face}"`) : element.style.removeProperty(token)))"""
WIDER_THAN_THE_SCREEN = """() => {
    const sticksOut = element => element.getBoundingClientRect().right > innerWidth + 0.5;
    if (document.documentElement.scrollWidth <= innerWidth) return "";
    const all = [...document.body.querySelectorAll("*")].filter(sticksOut);
    return (all.find(element => ![...element.children].some(sticksOut)) ?? document.body).outerHTML.slice(0, 200);
}"""
# Meant: what only screen readers see is clipped to a pixel, and a line of input scrolls inside its field.
OUT_OF_THEIR_BOXES = """() => {
    const style = element => getComputedStyle(element);
    const isClipped = element => element && (style(element).clipPath !== "none" || isClipped(element.parentElement));
    const sticksOut = element => element.scrollWidth > element.clientWidth + 1 && style(element).display !== "inline";
    return [...document.body.querySelectorAll(":not(input)")]
        .filter(element => sticksOut(element) && element.checkVisibility() && !isClipped(element))
        .map(element => element.outerHTML.slice(0, 120));
}"""


def write_configuration(folder: Path) -> Path:
    """A fontconfig file in ``folder`` that knows the packages' typefaces and no other of the machine."""
    faces = [fontpkg.path(family).parent for family in (*GENERIC.values(), NARROW, WIDE)]
    faces.append(Path(str(files("noto_cjk_sans_jp_regular"))))
    configuration = folder / "fonts.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folders="\n".join(f"<dir>{face}</dir>" for face in faces),
            cache=folder / "cache",
            preferences="\n".join(
                PREFERENCE.format(generic=generic, family=family) for generic, family in GENERIC.items()
            ),
        )
    )
    return configuration


def misfits(page: Page) -> list[str]:
    """What is wider than the screen or than its own box, in a wide and a narrow face, at each of ``WIDTHS``."""
    size = page.viewport_size
    assert size is not None
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": size["height"]})
        for face in (WIDE, NARROW):
            page.evaluate(SET_FACE, face)
            if culprit := page.evaluate(WIDER_THAN_THE_SCREEN):
                found.append(f"wider than {width} px in {face}: {culprit}")
            found += [f"out of its box at {width} px in {face}: {box}" for box in page.evaluate(OUT_OF_THEIR_BOXES)]
    page.evaluate(SET_FACE, None)
    page.set_viewport_size(size)
    return found
