"""What a run prints, as Markdown: tables as they are measured, and at the end one of all goals beside this run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

BEGIN, END = "<!-- figures of one run -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Goal:
    """``before`` is what was measured before the work on it; ``wanted`` None is told without a goal."""

    words: str
    before: str
    sense: Literal["≥", "≤", ""] = ""
    wanted: float | None = None
    form: str = "{:.2f}"

    def met(self, value: float) -> str:
        if self.wanted is None:
            return ""
        reached = value >= self.wanted if self.sense == "≥" else value <= self.wanted
        return "met" if reached else "MISSED"

    def in_words(self) -> str:
        return "" if self.wanted is None else f"{self.sense} {self.form.format(self.wanted)}"


GOALS = {
    "verdict warm": Goal("`verdict.json` warm, requests/s of ORM on PostgreSQL", "0.32", "≥", 1.05),
    "verdict warm p99": Goal("`verdict.json` warm, p99 of ORM on PostgreSQL", "", "≤", 1.0),
    "page warm": Goal("page warm, requests/s of ORM on PostgreSQL", "", "≥", 0.9),
    "page warm of JSON": Goal("page warm, requests/s of that ORM's JSON", "0.13"),
    "verdict cold": Goal("`verdict.json` cold, CPU of ORM on PostgreSQL", "9.0", "≤", 3.5, "{:.1f}"),
    "page cold": Goal("page cold, CPU of ORM on PostgreSQL", "", "≤", 5, "{:.1f}"),
    "page cold of JSON": Goal("page cold, CPU of that ORM's JSON", "16.3", form="{:.1f}"),
    "dashboard wall": Goal("dashboard of the large register, wall of the small one's", "30", "≤", 1.5, "{:.1f}"),
    "dashboard calls": Goal("dashboard of the large register, DynamoDB calls", "16", "≤", 6, "{:.0f}"),
    "dashboard others": Goal("p99 of others' reads meanwhile, of without", "259", "≤", 2, "{:.1f}"),
    "load": Goal("register load with the web running, certificates/s", "470–550", "≥", 550, "{:.0f}"),
    "load ceiling": Goal("the engine alone, certificates/s", "760", form="{:.0f}"),
    "worker": Goal("worker, events/s", "222", "≥", 420, "{:.0f}"),
    "worker memory": Goal("worker's peak memory, of that with 400 pending", "", "≤", 1.25),
    "write units": Goal("write units of one anchored certificate, in bulk", "27.5", "≤", 17, "{:.1f}"),
    "write units alone": Goal("write units of one anchored certificate, alone", "", form="{:.1f}"),
    "log": Goal("log and map in the worker, events/s", "", "≥", 2000, "{:.0f}"),
    "reads of a proof": Goal("calls to DynamoDB for a proof of inclusion", "", "≤", 3, "{:.1f}"),
    "units of the log": Goal("write units of log and map for one certificate, in bulk", "", "≤", 3, "{:.2f}"),
    "units of the log alone": Goal("write units of log and map for one certificate, alone", "", "≤", 8, "{:.1f}"),
    "audit": Goal("full check, seconds for 100,000 events", "", "≤", 60, "{:.0f}"),
    "audit memory": Goal("memory of a full check, large register of small", "", "≤", 1.25),
    "printing": Goal("certificates printed, PDF/s of reportlab", "", "≥", 1.5, "{:.1f}"),
    "pdf cold": Goal("first download of a PDF, ms", "", form="{:.0f}"),
    "pdf warm": Goal("later download of a PDF, time of its page", "", form="{:.1f}"),
    "bytes": Goal("bytes kept a certificate, embedded", "31,000", "≤", 12_000, "{:,.0f}"),
}


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    def section(self, title: str) -> None:
        self.say("", f"## {title}", "")

    def say(self, *lines: str) -> None:
        for line in lines:
            print(line, flush=True)
        self.lines += lines

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.say(_row(head), "|" + "---|" * len(head), *map(_row, rows), "")

    def measure(self, name: str, value: float) -> None:
        """The value of one of GOALS."""
        assert name in GOALS, name
        self.measured[name] = value

    def goals(self) -> None:
        """The goals that this run has measured."""
        self.section("Goals")
        rows = [
            (goal.words, goal.before, goal.in_words(), goal.form.format(value), goal.met(value))
            for name, goal in GOALS.items()
            if (value := self.measured.get(name)) is not None
        ]
        self.table(("measure", "before", "goal", "this run", ""), rows)

    def paste_into(self, page: Path) -> None:
        """Put all that was printed between the two marks of a page."""
        before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        _old, end, after = rest.partition(END)
        assert end, f"{page} has not both marks: {BEGIN} and {END}"
        page.write_text("\n".join([before + begin, *self.lines, end + after]), encoding="utf-8")


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
