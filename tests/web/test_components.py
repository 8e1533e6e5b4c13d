"""Every page and partial of the design draws, keeps the rules of templates, and is documented."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from jinja2 import UndefinedError

from defiso.core.permissions import Permission
from defiso.web.components import FUNCTIONS
from defiso.web.filters import FILTERS
from defiso.web.icons import draw_icon
from defiso.web.jinja import COMPONENTS, compile_pages, macros_of
from defiso.web.refusals import answer_failure
from tests.web.conftest import stylesheet
from tests.web.gallery import PAGES, draw

TEMPLATES = Path(settings.BASE_DIR) / "templates"
DOCUMENTATION = (Path(settings.BASE_DIR) / "docs/components.md").read_text()
ALL = sorted(TEMPLATES.rglob("*.html"))
PARTIALS = [path for path in ALL if path.name.startswith("_")]


def named(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("name", PAGES)
def test_a_sample_page_draws_with_one_heading_and_no_inline_code(name):
    html = draw(name)

    assert html.count("<h1") == 1
    assert "<title>" in html
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("path", PARTIALS, ids=named)
def test_a_partial_opens_with_what_it_needs(path):
    assert path.read_text().startswith("{# Needs: ")


@pytest.mark.parametrize("path", ALL, ids=named)
def test_a_template_is_short_and_has_no_inline_code(path):
    text = path.read_text()

    assert len(text.splitlines()) <= 80
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|safe\b|autoescape off", text)


def test_there_is_one_template_language_for_pages_and_forms():
    assert [engine["BACKEND"].rpartition(".")[2] for engine in settings.TEMPLATES] == ["Jinja2"]
    assert settings.FORM_RENDERER.rpartition(".")[2] == "Jinja2"


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_filter_is_documented(name):
    assert f"|{name}`" in DOCUMENTATION


@pytest.mark.parametrize("file", COMPONENTS)
def test_a_component_is_documented(file):
    for name in macros_of(engines["jinja2"].env, file):
        assert f"{{{{ {name}(" in DOCUMENTATION


def test_no_component_takes_the_name_of_another_or_of_a_function():
    names = [*FUNCTIONS, *(name for file in COMPONENTS for name in macros_of(engines["jinja2"].env, file))]

    assert len(names) == len(set(names))


def test_a_name_that_no_view_gave_is_a_mistake_and_a_key_that_a_document_leaves_out_is_empty():
    draw_text = engines["jinja2"].from_string

    with pytest.raises(UndefinedError):
        draw_text("{{ contemt }}").render({"content": {}})
    assert draw_text("{{ content.standard.title }}|{{ content.items }}").render({"content": {}}) == "|"


def test_what_a_view_gives_is_escaped():
    assert engines["jinja2"].from_string("{{ name }}").render({"name": "<b>"}) == "&lt;b&gt;"


def test_no_visitor_waits_for_a_template_to_be_compiled():
    compile_pages()

    pages = engines["jinja2"].env
    assert {name for _loader, name in pages.cache} >= set(pages.list_templates(extensions=["html"]))


def test_every_icon_a_template_names_is_drawn():
    for path in ALL:
        for name in re.findall(r'icon\("([a-z]+)"\)', path.read_text()):
            assert f"icon-{name}" in draw_icon(name)


def test_an_error_page_draws_with_nothing_but_a_status():
    assert "Something went wrong on our side" in draw_error(status=500, code="failed")


def test_an_error_page_shows_the_sentence_of_the_refusal():
    html = draw_error(status=409, code="conflict", sentence="Somebody changed <it> meanwhile.")

    assert "Somebody changed &lt;it&gt; meanwhile." in html
    assert "That cannot be done now" in html


def draw_error(**failure: object) -> str:
    return answer_failure(RequestFactory().get("/"), **failure).content.decode()


def test_the_rail_leaves_out_what_a_person_may_not_see():
    source = engines["jinja2"].from_string('{% include "web/_rail.html" %}')
    request = RequestFactory().get("/")

    request.staff = SimpleNamespace(permissions={Permission.READ_AUDIT})
    assert "Audit log" in source.render({}, request)
    request.staff = SimpleNamespace(permissions={Permission.VIEW})
    assert "Audit log" not in source.render({}, request)


def test_a_pending_answer_asks_again_and_a_settled_one_does_not():
    assert 'data-waiting hx-get="/staff/certificates/?status=active" hx-trigger="look-again"' in draw("pending")
    assert "js/waiting.js" in draw("pending")
    assert "hx-trigger" not in draw("valid")
    assert "js/waiting.js" not in draw("valid")
    assert "htmx-2" not in draw("valid")


def test_a_page_weighs_under_100_kilobytes_with_everything_it_loads():
    static = Path(settings.BASE_DIR) / "static"
    shared = len(stylesheet()) + (static / "js/defiso.js").stat().st_size + (static / "img/favicon.svg").stat().st_size

    heaviest = max(len(draw(name).encode()) for name in PAGES)

    assert shared + heaviest < 100_000
