"""The environment of all templates: Jinja2, with our filters, functions and components built in.

A name that no view gave is a mistake and fails; a key that a document leaves out is empty.
"""

from functools import cache
from typing import Any, cast

import jinja2
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse

from defiso.web.components import FUNCTIONS
from defiso.web.filters import FILTERS
from defiso.web.icons import draw_icon

# The files whose macros every template may call; docs/components.md shows each macro.
COMPONENTS = (
    *("web/_states.html", "web/_forms.html", "web/_lists.html", "web/_facts.html", "web/_checking.html"),
    "web/_differences.html",
)


class Pages(jinja2.Environment):
    """Jinja2's environment, which tells what is missing by mistake from what is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``document.key`` is the key and never a method of dict, so ``items`` and ``title`` may be keys."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else jinja2.ChainableUndefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def environment(**options: Any) -> Pages:
    """Called once by Django's Jinja2 backend, see ``TEMPLATES``."""
    pages = Pages(**options)
    pages.filters.update(FILTERS)
    pages.globals.update(FUNCTIONS)
    pages.globals.update(icon=draw_icon, static=cache(static), url=url)
    for file in COMPONENTS:
        pages.globals.update(macros_of(pages, file))
    return pages


def compile_pages() -> None:
    """Compile every template now rather than at its first visitor's cost: 150 ms in all."""
    pages = cast(Jinja2, engines["jinja2"]).env
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)


def macros_of(pages: Pages, file: str) -> dict[str, Any]:
    """The macros of one file by name; those that start with ``_`` are its own."""
    module = pages.get_template(file).module
    return {name: macro for name, macro in vars(module).items() if isinstance(macro, jinja2.runtime.Macro)}


def url(name: str, *parts: object) -> str:
    """``url("certificates:detail", slug)``."""
    return reverse(name, args=parts)
