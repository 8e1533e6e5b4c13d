"""The page of a certificate as reportlab draws it: the same texts, faces, table and code, laid out by its platypus."""

import io
from functools import cache
from typing import Any

import fontpkg
import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from defiso.documents.sheet import Sheet

INK, QUIET, LINE = HexColor("#16202e"), HexColor("#56606e"), HexColor("#c9c4b8")


def draw_by_reportlab(sheet: Sheet) -> bytes:
    _register_faces()
    octets = io.BytesIO()
    document = SimpleDocTemplate(
        octets, pagesize=A4, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=20 * mm, bottomMargin=22 * mm
    )
    document.title = sheet.title
    document.build(_story(sheet), onFirstPage=_foot(sheet), onLaterPages=_foot(sheet))
    return octets.getvalue()


@cache
def _register_faces() -> None:
    for family in ("Noto Sans", "Noto Serif"):
        pdfmetrics.registerFont(TTFont(family, str(fontpkg.path(family, nearest=True))))


def _style(size: float, *, face: str = "Noto Sans", colour: Any = INK) -> ParagraphStyle:
    return ParagraphStyle(f"{face} {size}", fontName=face, fontSize=size, leading=size * 1.4, textColor=colour)


def _text(spoken: Any) -> str:
    return spoken["text"] if spoken else ""


def _story(sheet: Sheet) -> list[Any]:
    accent, small = HexColor(sheet.accent), _style(8, colour=QUIET)
    organisation = sheet.organisation
    return [
        Paragraph(_text(sheet.body["name"]), _style(15, face="Noto Serif", colour=accent)),
        Paragraph(" · ".join(map(_text, sheet.body["lines"])), small),
        HRFlowable(width="100%", thickness=1.6, color=accent),
        Paragraph("Certificate", _style(26, face="Noto Serif")),
        Paragraph(sheet.opening, _style(9.5, colour=QUIET)),
        Paragraph(_text(organisation["name"]), _style(20, face="Noto Serif")),
        Paragraph(_text(organisation["english"]), _style(12)),
        Paragraph(f"{_text(organisation['address'])}, {organisation['country']}", _style(9.5)),
        Paragraph(organisation["ids"], small),
        Paragraph(sheet.finding, _style(9.5, colour=QUIET)),
        Paragraph(sheet.standard["title"], _style(20, face="Noto Serif", colour=accent)),
        Paragraph(sheet.standard["name"], _style(10.5)),
        Paragraph("SCOPE", small),
        Paragraph(_text(sheet.scope), _style(9.5)),
        Paragraph("SITES", small),
        _sites(sheet),
        HRFlowable(width="100%", thickness=0.5, color=LINE),
        _facts(sheet),
        *(Paragraph(note, _style(8.5)) for note in sheet.notes),
        Spacer(1, 14),
        _check(sheet),
    ]


def _sites(sheet: Sheet) -> Table:
    plain = _style(8.5)
    rows = [["", "PLACE", "ACTIVITIES THERE"]] + [
        [
            str(position),
            Paragraph(f"<b>{_text(site['name'])}</b><br/>{_text(site['address'])}, {site['country']}", plain),
            Paragraph(_text(site["scope"]), plain),
        ]
        for position, site in enumerate(sheet.sites, start=1)
    ]
    table = Table(rows, colWidths=[10 * mm, 80 * mm, 76 * mm], repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE), ("FONT", (0, 0), (-1, -1), "Noto Sans", 8)]))
    return table


def _facts(sheet: Sheet) -> Table:
    cells = [
        [Paragraph(label.upper(), _style(7.5, colour=QUIET)), Paragraph(text, _style(9.5))]
        for label, text in sheet.facts
    ]
    rows = [cells[start : start + 3] for start in range(0, len(cells), 3)]
    return Table([row + [""] * (3 - len(row)) for row in rows])


def _check(sheet: Sheet) -> Table:
    words = [
        Paragraph("Check the current status at", _style(9.5)),
        Paragraph(f'<link href="{sheet.address}">{sheet.address}</link>', _style(9.5)),
        Paragraph(sheet.advice, _style(8, colour=QUIET)),
    ]
    return Table([[_code(sheet.address), words]], colWidths=[33 * mm, None])


def _code(address: str) -> Drawing:
    matrix = segno.make_qr(address, error="m").matrix
    side = 27 * mm / len(matrix)
    drawing = Drawing(27 * mm, 27 * mm)
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                drawing.add(Rect(column * side, (len(matrix) - 1 - row) * side, side, side, strokeWidth=0))
    return drawing


def _foot(sheet: Sheet) -> Any:
    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont("Noto Sans", 7.5)
        canvas.drawString(22 * mm, 14 * mm, f"Certificate {sheet.number} · {sheet.revision}")
        canvas.drawRightString(A4[0] - 22 * mm, 14 * mm, f"Page {document.page}")

    return draw
