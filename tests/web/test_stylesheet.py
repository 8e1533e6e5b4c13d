"""One stylesheet is served: the imports are joined, hashed and compressed by collectstatic."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from defiso.web.stylesheet import join_imports

CSS = Path(settings.BASE_DIR) / "static/css"


def test_an_import_becomes_its_file_inside_its_layer():
    css = '/* why */\n@layer a, b;\n@import url("x.css") layer(b);\n'

    assert (
        join_imports(css, {"x.css": "p { margin: 0; }\n"}.__getitem__)
        == "@layer a, b;\n@layer b {\np { margin: 0; }\n}\n"
    )


def test_an_import_of_another_form_is_an_error():
    with pytest.raises(ValueError, match="An import of the stylesheet"):
        join_imports('@import "x.css";', lambda path: "")


def test_every_source_file_is_imported_once():
    imported = re.findall(r'url\("([^"]+)"\)', (CSS / "defiso.css").read_text())
    sources = [str(path.relative_to(CSS)) for path in CSS.rglob("*.css") if path.name != "defiso.css"]

    assert sorted(imported) == sorted(sources)


def test_collectstatic_serves_one_hashed_and_compressed_stylesheet(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "defiso.web.stylesheet.OneStylesheetStorage"}}

    call_command("collectstatic", interactive=False, verbosity=0)

    served = tmp_path / staticfiles_storage.stored_name("css/defiso.css")
    css = served.read_text()
    assert re.fullmatch(r"defiso\.[0-9a-f]{12}\.css", served.name)
    assert "@import" not in css
    assert css.startswith("@layer reset, tokens, base, layout, components, utilities;")
    assert ".verify-box" in css
    assert served.with_suffix(".css.gz").exists()


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)])
def test_a_static_file_is_served_in_the_smallest_form_that_the_browser_takes(tmp_path, settings, accepted, encoding):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "defiso.web.stylesheet.OneStylesheetStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    address = f"/static/{staticfiles_storage.stored_name('css/defiso.css')}"

    answer = Client().get(address, headers={"host": "localhost", "accept-encoding": accepted})

    assert answer.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer["Vary"]


def test_collecting_twice_gives_the_same_file(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "defiso.web.stylesheet.OneStylesheetStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    first = staticfiles_storage.stored_name("css/defiso.css")

    call_command("collectstatic", interactive=False, verbosity=0)

    assert staticfiles_storage.stored_name("css/defiso.css") == first
