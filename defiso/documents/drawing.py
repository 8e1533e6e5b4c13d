"""Drawing a sheet with typst: PDF/A-3 to hand over, a page as SVG to look at. The same sheet gives the same bytes."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

import typst

from defiso.core.dates import read_when
from defiso.documents.errors import UnprintableError
from defiso.documents.marks import mark_as_svg
from defiso.documents.sheet import HERE, TEMPLATE, Sheet
from defiso.documents.typefaces import FALLBACKS, typefaces

STANDARD = "a-3a"  # PDF/A-3 with the structure that screen readers need; a missing glyph is an error in it


def draw_pdf(sheet: Sheet) -> bytes:
    """PDF/A-3a with the credential attached. Raises UnprintableError, MarkMissingError."""
    return _drawn(sheet, format="pdf", pdf_standards=[STANDARD], timestamp=_moment(sheet))[0]


def draw_page(sheet: Sheet, number: int = 1) -> bytes:
    """One page as SVG, the last where there are fewer."""
    pages = _drawn(sheet, format="svg")
    return pages[min(max(1, number), len(pages)) - 1]


def draw_picture(sheet: Sheet, *, dots_per_inch: int = 110) -> bytes:
    """The first page as PNG."""
    return _drawn(sheet, format="png", ppi=dots_per_inch)[0]


def _moment(sheet: Sheet) -> int:
    """What the file says of its making: the day of issue, since the time of drawing would change its bytes."""
    day = read_when(sheet.dated)
    return int(datetime.combine(day, time.min, UTC).timestamp()) if day else 0


def _drawn(sheet: Sheet, **options: Any) -> list[bytes]:
    marks = {
        name: mark_as_svg(digest) if digest else "" for name, digest in (("logo", sheet.logo), ("mark", sheet.mark))
    }
    values = {**asdict(sheet), **marks, "faces": FALLBACKS}
    inputs = {"sheet": json.dumps(values, ensure_ascii=False)}
    try:
        made = typst.compile(
            TEMPLATE,
            root=HERE,
            font_paths=typefaces(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            **options,
        )
    except typst.TypstError as error:
        if error.message.startswith("PDF/A"):  # the standard does not let a text be there that cannot be read
            raise UnprintableError(error.message) from error
        raise
    return [made] if isinstance(made, bytes) else list(made or [])
