"""Writes ``docs/tampering.md``, of the table and of what is in rows: ``python -m tests.tampering.document``."""

from pathlib import Path

from tests.tampering.rows import ANSWERED_OTHERWISE, IN_ROWS, IN_ROWS_OF_MOMENTS
from tests.tampering.table import ANSWERS, MOMENTS, TAMPERS, Answer, Moment, Tamper

DOCUMENT = Path(__file__).parents[2] / "docs" / "tampering.md"
TOLD = {0: "as it is", 1: "not genuine", 2: "could not be checked"}
WHY = {case.name: case.why for case in (*IN_ROWS, *IN_ROWS_OF_MOMENTS)}


def document() -> str:
    lines = [
        "# What the checks of a certificate notice",
        "",
        "Made from [the table](../tests/tampering/table.py) by `DJANGO_SETTINGS_MODULE=tests.settings python -m",
        "tests.tampering.document`. `make test` tries each line with a real pack, by `verify.py` and by the script",
        "of *Check in your browser* in Chromium, which have to give the same answer in the same step. Any byte",
        "changed in any file is noticed by the manifest, which the body signed. Here the manifest is signed again",
        "after each change, so that the other steps have to notice.",
        "",
        "The last column is what the register itself answers if the same is changed in [the",
        "rows](../tests/tampering/rows.py) of its database, by somebody who has no key. There it is less strict",
        "with what only proves something: rows of log, map and checkpoints can be damaged by anybody who writes",
        "rows, and a genuine certificate must not be called false for it. Where there is no such row, or none on",
        "which a check rests, the column is empty.",
        "",
        "| what is changed | in the line of | the answer | the register's |",
        "|---|---|---|---|",
        *map(_line, TAMPERS),
        "",
        "Parts of packs that were genuine at other moments, or of other certificates, put together:",
        "",
        "| what is done | in the line of | the answer | the register's |",
        "|---|---|---|---|",
        *map(_line, MOMENTS),
        "",
        "A node of the chain that is asked (`--rpc URL`, or named on the page) and answers so. Only what the chain",
        "positively says counts against a certificate: another content, a failure, or a block at that height, deep",
        "enough, that is another or lacks the transaction. It could not be checked by a node that is behind, of",
        "another chain or without the transaction that its own block has, nor while a block is not deep or final",
        "yet, nor after a fork put the transaction into another block. Of several nodes, those that contradict each",
        "other leave it open, and one that does not answer changes nothing if another does.",
        "",
        "| what it answers | the answer | the register's |",
        "|---|---|---|",
        *map(_line_of_answer, ANSWERS),
        "",
    ]
    return "\n".join(lines)


def _line(case: Tamper | Moment) -> str:
    told = _told(2 if WHY.get(case.name) else case.code, WHY[case.name]) if case.name in WHY else ""
    return f"| {case.name} | `{case.step}` | {TOLD[case.code]} | {told} |"


def _line_of_answer(case: Answer) -> str:
    return f"| {case.name} | {TOLD[case.code]} | {_told(*ANSWERED_OTHERWISE.get(case.name, (case.code, '')))} |"


def _told(code: int, why: str) -> str:
    return f"{TOLD[code]}: {why}" if why else TOLD[code]


if __name__ == "__main__":
    DOCUMENT.write_text(document())
