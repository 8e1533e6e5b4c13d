"""Printing a certificate: PDF/s of ours beside reportlab drawing the same page, which attaches and tags nothing.

Run: .venv/bin/python -m benchmarks documents
"""

import os
import time
from collections.abc import Callable
from itertools import count

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")  # read by the imports below

from benchmarks.drawn_by_reportlab import draw_by_reportlab
from benchmarks.report import Report
from defiso.documents.drawing import draw_pdf
from defiso.documents.sheet import Sheet
from tests.documents.sheets import sheet

ROUNDS, SECONDS_EACH = 3, 1.0
JAPANESE = {"legalName": "佐藤情報有限会社", "address": "東京都千代田区丸の内1-1-1", "country": "JP"}
SITES = [
    {"name": f"Works {n}", "address": f"Hafenweg {n}, Dortmund", "country": "DE", "scope": "Casting and machining"}
    for n in range(40)
]
CREDENTIAL = '{"a": "credential of the usual length"}' + " " * 5000
MOST_DIFFERENT = count()


def measure(report: Report) -> None:
    report.section("Printing")
    kinds = {"one page": {}, "40 sites": {"sites": SITES}, "a Japanese name": {"organisation": JAPANESE}}
    rows = []
    for name, changes in kinds.items():
        rounds = [_round(changes, with_reportlab=name != "a Japanese name") for _round_number in range(ROUNDS)]
        ours, theirs, ratio = sorted(rounds, key=lambda one: one[2])[ROUNDS // 2]
        rows.append([name, f"{ours:.0f}", f"{theirs:.0f}" if theirs else "–", f"{ratio:.1f}" if theirs else "–"])
        if name == "one page":
            report.measure("printing", ratio)
    report.table(("", "ours PDF/s", "reportlab PDF/s", "ratio"), rows)


def _round(changes: dict[str, object], *, with_reportlab: bool) -> tuple[float, float, float]:
    """PDF/s of each in turn, and their ratio; reportlab cannot print Noto's Han face, whose outlines are CFF."""
    ours = _per_second(lambda: draw_pdf(_another(changes)))
    theirs = _per_second(lambda: draw_by_reportlab(_another(changes))) if with_reportlab else 0.0
    return ours, theirs, ours / theirs if theirs else 0.0


def _another(changes: dict[str, object]) -> Sheet:
    """Never the same twice: what a drawing program remembers of the last one must not draw the next."""
    number = next(MOST_DIFFERENT)
    differing = {"number": f"QM-{number}", "scope": f"Casting and machining of grey iron, line {number}"}
    return sheet(**{**changes, **differing}, printed={"credential": CREDENTIAL})


def _per_second(draw: Callable[[], bytes]) -> float:
    """By processor time, so that what else the machine does falls on neither."""
    draw()
    drawn, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS_EACH:
        draw()
        drawn += 1
    return drawn / spent
