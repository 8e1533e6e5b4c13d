"""A tenant's own colour on its portal, as a stylesheet, because the Content-Security-Policy forbids style attributes.

The colour chosen is kept in hue and moved in lightness until it can be read; contrast as in WCAG 2.2, 1.4.3.
"""

import colorsys
import re
from functools import lru_cache
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# The backgrounds and button texts of static/css/tokens.css that the accent meets; a test keeps the two equal.
LIGHT_BACKGROUNDS = ("#fbfaf7", "#f3f0e8", "#ffffff")
DARK_BACKGROUNDS = ("#12161c", "#1a2029", "#212934")
TEXT_ON_LIGHT_ACCENT = "#ffffff"
TEXT_ON_DARK_ACCENT = "#12161c"
ENOUGH = 4.5  # AA for text

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
A_DAY = 86_400


class Accent(NamedTuple):
    """One accent as two hex colours, each readable on the backgrounds of its scheme."""

    light: str
    dark: str


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """``/theme.css``: the accent tokens of the host's tenant; empty where there is no tenant or no colour."""
    chosen = getattr(getattr(request, "tenant", None), "accent", None)
    response = HttpResponse(stylesheet_of(chosen), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={A_DAY}"  # pages link it with the colour in the query
    return response


def stylesheet_of(chosen: str | None) -> str:
    """The accent tokens for a chosen hex colour; empty for none and for anything that is not one."""
    if not HEX_COLOUR.fullmatch(chosen or ""):
        return ""
    accent = readable_accent(chosen or "")
    return f":root {{ --accent: light-dark({accent.light}, {accent.dark}); }}\n"


@lru_cache(maxsize=1024)
def readable_accent(chosen: str) -> Accent:
    """The nearest colours of the same hue with 4.5:1 on our backgrounds and under the text of a button."""
    return Accent(
        light=_moved(chosen, -0.01, (*LIGHT_BACKGROUNDS, TEXT_ON_LIGHT_ACCENT)),
        dark=_moved(chosen, 0.01, (*DARK_BACKGROUNDS, TEXT_ON_DARK_ACCENT)),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hex colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _moved(chosen: str, step: float, others: tuple[str, ...]) -> str:
    red, green, blue = _channels(chosen)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    colour = chosen.lower()
    while min(contrast(colour, other) for other in others) < ENOUGH:
        lightness += step
        rgb = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness)), saturation)
        colour = "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)
    return colour


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
