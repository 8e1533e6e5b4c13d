"""A tenant's colour: any colour becomes readable, none gets past as CSS."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from defiso.web.theme import (
    DARK_BACKGROUNDS,
    LIGHT_BACKGROUNDS,
    TEXT_ON_DARK_ACCENT,
    TEXT_ON_LIGHT_ACCENT,
    contrast,
    readable_accent,
    stylesheet_of,
    theme,
)

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--(?P<name>[a-z-]+): light-dark\((?P<light>#[0-9a-f]{6}), (?P<dark>#[0-9a-f]{6})\)")
COLOURS = {found["name"]: (found["light"], found["dark"]) for found in PAIR.finditer(TOKENS)}
TEXTS = ["ink", "muted", "accent", "ok", "warn", "stop", "wait", "neutral"]


def test_contrast_agrees_with_the_published_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_becomes_readable_in_light_and_dark(chosen):
    accent = readable_accent(chosen)

    assert min(contrast(accent.light, other) for other in (*LIGHT_BACKGROUNDS, TEXT_ON_LIGHT_ACCENT)) >= 4.5
    assert min(contrast(accent.dark, other) for other in (*DARK_BACKGROUNDS, TEXT_ON_DARK_ACCENT)) >= 4.5


def test_a_colour_that_is_readable_already_is_kept():
    assert readable_accent("#0F5F63").light == "#0f5f63"


def test_the_backgrounds_checked_are_those_of_the_stylesheet():
    backgrounds = [COLOURS[name] for name in ("paper", "surface", "raised")]

    assert tuple(zip(*backgrounds, strict=True)) == (LIGHT_BACKGROUNDS, DARK_BACKGROUNDS)
    assert COLOURS["on-accent"] == (TEXT_ON_LIGHT_ACCENT, TEXT_ON_DARK_ACCENT)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_colour_is_readable_on_every_background(name):
    light, dark = COLOURS[name]

    assert min(contrast(light, other) for other in LIGHT_BACKGROUNDS) >= 4.5
    assert min(contrast(dark, other) for other in DARK_BACKGROUNDS) >= 4.5


def test_body_text_reaches_the_strictest_level():
    light, dark = COLOURS["ink"]

    assert min(contrast(light, other) for other in LIGHT_BACKGROUNDS) >= 7
    assert min(contrast(dark, other) for other in DARK_BACKGROUNDS) >= 7


def test_the_edges_of_inputs_stand_out():
    light, dark = COLOURS["edge"]

    assert min(contrast(light, other) for other in LIGHT_BACKGROUNDS) >= 3
    assert min(contrast(dark, other) for other in DARK_BACKGROUNDS) >= 3


@pytest.mark.parametrize("chosen", [None, "", "red", "#fff", "#0f5f63;}", "#0f5f63\n", "url(//evil.example)"])
def test_what_is_not_a_hex_colour_never_reaches_the_stylesheet(chosen):
    assert stylesheet_of(chosen) == ""


def test_the_stylesheet_of_a_host_carries_its_tenants_colour():
    request = RequestFactory().get("/theme.css")
    request.tenant = SimpleNamespace(accent="#7b2d8b")

    response = theme(request)

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert b"--accent: light-dark(#7b2d8b, " in response.content


def test_the_apex_has_an_empty_stylesheet():
    request = RequestFactory().get("/theme.css")

    assert theme(request).content == b""
