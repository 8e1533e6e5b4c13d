"""Marks: a body's own and one it has a licence for, kept as files that must be what their digest says."""

from pathlib import Path

import pytest

from defiso.documents.drawing import draw_page, draw_pdf
from defiso.documents.errors import InvalidMarkError, MarkMissingError
from defiso.documents.marks import MOST_BYTES, PNG, keep_mark
from tests.documents.pngs import png
from tests.documents.reading import read, words_of
from tests.documents.sheets import body, sheet


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    options = {"location": tmp_path, "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {**settings.STORAGES, "documents": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


def test_both_are_printed_and_the_licence_is_told() -> None:
    marks = {"logo": {"digest": keep_mark(png())}, "mark": {"digest": keep_mark(png(30, 30)), "licence": "UKAS 0042"}}

    document = draw_pdf(sheet(tenant=body(**marks)))

    assert len(read(document).pages[0].images) == 2
    assert "The mark is used under licence UKAS 0042." in words_of(document)
    assert draw_page(sheet(tenant=body(**marks))).count(b"data:image/") == 3  # with the QR code


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"GIF89a", "is a PNG"),
        (b"<svg/>", "is a PNG"),
        (PNG + bytes(MOST_BYTES), "at most 300 KB"),
        (PNG, "pixels"),
        (png(3001, 1), "pixels"),
        (png()[:-30], "cannot be read"),
    ],
)
def test_what_is_no_small_png_is_refused_and_not_kept(folder: Path, octets: bytes, sentence: str) -> None:
    with pytest.raises(InvalidMarkError, match=sentence):
        keep_mark(octets)

    assert list(folder.rglob("*.png")) == []


def test_nothing_is_printed_with_a_mark_that_is_gone_or_another(folder: Path) -> None:
    made = sheet(tenant=body(logo={"digest": keep_mark(png())}))
    (file,) = folder.rglob("*.png")

    file.write_bytes(png(10, 10))
    with pytest.raises(MarkMissingError):
        draw_pdf(made)
    file.unlink()
    with pytest.raises(MarkMissingError):
        draw_pdf(made)


def test_another_mark_is_another_document() -> None:
    one, other = keep_mark(png()), keep_mark(png(30, 30))

    assert sheet(tenant=body(logo={"digest": one})).digest != sheet(tenant=body(logo={"digest": other})).digest
