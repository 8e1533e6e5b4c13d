"""The icons, drawn for defiso on a 16 by 16 grid with a 1.75 stroke and round ends.

One drawing is one SVG path; ``{{ icon("check") }}`` puts it on a page.
"""

from markupsafe import Markup

ICONS = {
    "arrow": "M2.5 8h11M9.5 4l4 4-4 4",
    "badge": "M8 1.5l5 2v4c0 3.2-2 5.6-5 7-3-1.4-5-3.8-5-7v-4zM5.6 7.8l1.8 1.8 3-3.4",
    "blocks": "M2 2.5h5v5H2zM9 8.5h5v5H9zM7 5h4.5v3.5M4.5 7.5V11H9",
    "building": "M3.5 14.5v-13h9v13M1.5 14.5h13M6.5 14.5v-3h3v3M6 4.5h.1M9.9 4.5h.1M6 8h.1M9.9 8h.1",
    "certificate": "M3 1.5h7l3 3v10H3zM10 1.5v3h3M5.5 7.5h5M5.5 10h5M5.5 5h2",
    "check": "M2.5 8.5l3.5 3.5 7.5-8",
    "clock": "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5M8 4.5V8l2.5 1.75",
    "copy": "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
    "cross": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "dash": "M3 8h10",
    "dashboard": "M2 2h5v6H2zM9 2h5v3.5H9zM9 8h5v6H9zM2 10.5h5V14H2z",
    "download": "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
    "eye": "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3",
    "hourglass": "M4 1.75h8M4 14.25h8M5 1.75v2.5L8 8l-3 3.75v2.5M11 1.75v2.5L8 8l3 3.75v2.5",
    "info": "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5M8 7.25v4M8 4.75v.1",
    "key": "M5.5 7a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M8 8l5.5-5.5M11 5l2 2",
    "list": "M5.5 3.5h8M5.5 8h8M5.5 12.5h8M2.25 3.5h.1M2.25 8h.1M2.25 12.5h.1",
    "lock": "M3.5 7h9v7h-9zM5.5 7V4.75a2.5 2.5 0 0 1 5 0V7",
    "menu": "M2 4h12M2 8h12M2 12h12",
    "out": "M6.5 2.5h-4v11h4M6.5 8h7.5M11 5l3 3-3 3",
    "pause": "M5 3v10M11 3v10",
    "pencil": "M2.5 13.5l.75-3.25L11 2.5l2.5 2.5-7.75 7.75zM9 4.5L11.5 7",
    "person": "M8 2a2.75 2.75 0 1 0 0 5.5A2.75 2.75 0 0 0 8 2M2.75 14c.5-3 2.5-4.5 5.25-4.5s4.75 1.5 5.25 4.5",
    "plus": "M8 2.5v11M2.5 8h11",
    "print": "M4.5 6V2h7v4M4.5 11.5H2.5V6h11v5.5h-2M4.5 9.5h7V14h-7z",
    "question": "M5.25 5.5A2.75 2.75 0 1 1 8 8.25v1.5M8 12.9v.1",
    "search": "M7 2.25a4.75 4.75 0 1 0 0 9.5 4.75 4.75 0 0 0 0-9.5M10.5 10.5l3.25 3.25",
    "warning": "M8 2L14.5 13.5h-13zM8 6.5v3.25M8 11.6v.1",
}


AN_ICON = Markup(
    '<svg class="icon icon-{}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
    '<path d="{}"/></svg>'
)
DRAWN = {name: AN_ICON.format(name, drawing) for name, drawing in ICONS.items()}


def draw_icon(name: str) -> Markup:
    """The icon as inline SVG, hidden from screen readers: a word always stands beside it."""
    return DRAWN[name]
